"""Moves stored values under the newest tenant key, batch by batch; stopped anywhere, it just goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.columns import TenantRow
from ..db.repository import unscoped
from .tenant import TenantKeys, key_version


@dataclass(frozen=True)
class SealedColumn:
    """A column of tokens: its context and, where it is searched, the column of its index and the kind."""

    token: str
    context: str
    index: str | None = None
    kind: str | None = None

    def __post_init__(self) -> None:
        if (self.index is None) != (self.kind is None):
            raise ValueError("an index column needs its kind, and a kind its column")


@dataclass(frozen=True)
class ResealProgress:
    """What one batch did. `after` is where the next begins; None when no row is left."""

    seen: int
    changed: int
    after: UUID | None


async def reseal_batch(
    session: AsyncSession,
    keys: TenantKeys,
    *,
    model: type[TenantRow],
    columns: Sequence[SealedColumn],
    after: UUID | None = None,
    limit: int = 500,
) -> ResealProgress:
    """Re-encrypt up to `limit` rows behind `after`, in the order of their ids, in the caller's transaction.

    Rows are locked; those under the newest key stay untouched, so starting again from None is harmless.
    Values stored in the meantime are under the newest key anyway. When all tables of all services report
    None, the old version may be removed.
    """
    if session.info.get("tenant_id") != keys.tenant_id:
        raise ValueError("the keys are not those of the session's tenant")
    statement = select(model).where(model.tenant_id == keys.tenant_id).order_by(model.id).limit(limit)
    if after is not None:
        statement = statement.where(model.id > after)
    statement = unscoped(
        statement.with_for_update().execution_options(populate_existing=True),
        why="scoped to the tenant of the keys; the model is the caller's",
    )
    rows = (await session.execute(statement)).scalars().all()
    changed = sum([_reseal_row(row, keys, columns) for row in rows])
    await session.flush()
    return ResealProgress(len(rows), changed, rows[-1].id if len(rows) == limit else None)


def _reseal_row(row: Any, keys: TenantKeys, columns: Sequence[SealedColumn]) -> bool:
    changed = False
    for column in columns:
        token = getattr(row, column.token)
        if token is None or key_version(token) == keys.newest:
            continue
        setattr(row, column.token, keys.reseal(token, context=column.context))
        if column.index is not None and column.kind is not None:
            setattr(row, column.index, keys.blind(column.kind, keys.open(token, context=column.context)))
        changed = True
    return changed
