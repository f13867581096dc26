"""Moves stored values under the newest tenant key, batch by batch; stopped anywhere, it just goes on.

Whatever text or JSON column of whatever table holds a token is found by its look, so no column can be forgotten.
Rows without an id are forgotten by themselves (events, answers kept for repeated requests) and stay as they are.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import (
    ColumnElement,
    TableClause,
    Text,
    Uuid,
    and_,
    cast,
    column,
    func,
    or_,
    select,
    table,
    text,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.repository import unscoped
from .sealed import SealedValues
from .tenant import TenantKeys, key_version

log = structlog.get_logger()
TOKEN = re.compile(r"s1\.[1-9][0-9]{0,8}\.[A-Za-z0-9_-]{38,}")
INDEX = re.compile(r"[1-9][0-9]{0,8}\.[A-Za-z0-9_-]{43}")
BATCH = 200
WHY = "scoped to the tenant of the keys; tables and columns are those of the catalogue"
COLUMNS = unscoped(
    text(
        """SELECT c.relname AS name, a.attname AS attribute, t.typname AS kind
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             JOIN pg_type t ON t.oid = a.atttypid
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
             AND t.typname IN ('text', 'varchar', 'jsonb') AND has_any_column_privilege(c.oid, 'UPDATE')
             AND (SELECT count(*) FROM pg_attribute k WHERE k.attrelid = c.oid AND NOT k.attisdropped
                  AND k.attname IN ('tenant_id', 'id')) = 2
           ORDER BY c.relname, a.attnum"""
    ),
    why="the catalogue: which columns there are, no rows",
)


class SealedTable(NamedTuple):
    """A table whose text and JSON columns may hold tokens."""

    source: TableClause
    texts: Sequence[str]
    jsons: Sequence[str]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.source.name

    def stale(self, keys: TenantKeys) -> ColumnElement[bool]:
        """The condition of the tenant's rows with a token under an older key."""
        newest = keys.newest
        held: list[ColumnElement[bool]] = [
            self.source.c[name].like("s1.%") & self.source.c[name].not_like(f"s1.{newest}.%")
            for name in self.texts
        ]
        held += [
            cast(self.source.c[name], Text).regexp_match(f'"s1[.](?!{newest}[.])[0-9]+[.]')
            for name in self.jsons
        ]
        return and_(self.source.c.tenant_id == keys.tenant_id, or_(*held))


class ResealProgress(NamedTuple):
    """What one batch did. `after` is where the next begins; None when no row is left behind it."""

    seen: int
    changed: int
    after: UUID | None


async def sealed_tables(session: AsyncSession) -> list[SealedTable]:
    """Return the tables of the session's database that may hold tokens and that its role may change."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for row in await session.execute(COLUMNS):
        texts, jsons = found.setdefault(row.name, ([], []))
        (jsons if row.kind == "jsonb" else texts).append(row.attribute)
    return [
        SealedTable(
            table(
                name,
                column("tenant_id", Uuid()),
                column("id", Uuid()),
                *(column(one, Text()) for one in texts),
                *(column(one, JSONB()) for one in jsons),
            ),
            texts,
            jsons,
        )
        for name, (texts, jsons) in found.items()
    ]


async def rows_left(session: AsyncSession, keys: TenantKeys, tables: Sequence[SealedTable]) -> dict[str, int]:
    """Return how many rows of each table still have a token under an older key; tables without any are left out."""
    left = {}
    for one in tables:
        statement = unscoped(select(func.count()).select_from(one.source).where(one.stale(keys)), why=WHY)
        left[one.name] = int((await session.execute(statement)).scalar_one())
    return {name: rows for name, rows in left.items() if rows}


async def reseal_batch(
    session: AsyncSession,
    keys: TenantKeys,
    *,
    table: SealedTable,
    values: SealedValues,
    after: UUID | None = None,
    limit: int = BATCH,
) -> ResealProgress:
    """Re-encrypt up to `limit` rows behind `after`, in the order of their ids, in the caller's transaction.

    Only rows with a token under an older key are looked at, so starting again from None is harmless, and values stored
    in the meantime are under the newest key anyway. Rows that somebody is changing are left for the next time.
    """
    if session.info.get("tenant_id") != keys.tenant_id:
        raise ValueError("the keys are not those of the session's tenant")
    source = table.source
    statement = select(source).where(table.stale(keys)).order_by(source.c.id).limit(limit)
    if after is not None:
        statement = statement.where(source.c.id > after)
    statement = unscoped(statement.with_for_update(skip_locked=True), why=WHY)
    rows = [dict(row._mapping) for row in await session.execute(statement)]
    changes = await asyncio.to_thread(lambda: [changes_of(row, table, keys, values) for row in rows])
    written = [(row["id"], changed) for row, changed in zip(rows, changes, strict=True) if changed]
    done = await _write(session, table, keys.tenant_id, written)
    return ResealProgress(len(rows), done, rows[-1]["id"] if len(rows) == limit else None)


def changes_of(
    row: dict[str, Any], table: SealedTable, keys: TenantKeys, values: SealedValues
) -> dict[str, Any]:
    """Return the columns of a row that change: tokens under an older key, and the indexes of what they hold."""
    opened: list[str] = []

    def moved(token: str) -> str:
        if not TOKEN.fullmatch(token) or key_version(token) == keys.newest:
            return token
        found = values.opened(token, keys, row_id=row["id"])
        if found is None:
            log.warning("value.not_resealed", table=table.name)
            return token
        context, content = found
        with suppress(UnicodeDecodeError):  # a key
            opened.append(content.decode())
        return keys.seal_bytes(content, context=context)

    changed = {name: moved(row[name]) for name in table.texts if row[name]}
    changed |= {name: _moved_in(row[name], moved) for name in table.jsons if row[name]}
    for name in table.texts:
        if row[name] and INDEX.fullmatch(row[name]):
            changed[name] = values.index_moved(row[name], opened, keys) or row[name]
    return {name: value for name, value in changed.items() if value != row[name]}


def _moved_in(value: Any, moved: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return moved(value)
    if isinstance(value, list):
        return [_moved_in(item, moved) for item in value]
    if isinstance(value, dict):
        return {name: _moved_in(item, moved) for name, item in value.items()}
    return value


async def _write(
    session: AsyncSession, table: SealedTable, tenant_id: UUID, written: Sequence[tuple[UUID, dict[str, Any]]]
) -> int:
    """Write a batch; if a row of it cannot be, all but that."""
    try:
        async with session.begin_nested():
            for row_id, changed in written:
                await session.execute(_update(table, tenant_id, row_id, changed))
        return len(written)
    except IntegrityError:
        done = 0
        for row_id, changed in written:
            try:
                async with session.begin_nested():
                    await session.execute(_update(table, tenant_id, row_id, changed))
                done += 1
            except IntegrityError:
                log.warning("row.not_resealed", table=table.name, row=str(row_id))
        return done


def _update(table: SealedTable, tenant_id: UUID, row_id: UUID, changed: dict[str, Any]) -> Any:
    source = table.source
    own = (source.c.tenant_id == tenant_id) & (source.c.id == row_id)
    return unscoped(update(source).where(own).values(**changed), why=WHY)
