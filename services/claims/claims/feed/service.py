"""Use cases of settlement files: receive one, take lines from the bus, look at what came of them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.contracts.settlement import LinesReported
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.identifiers import mask_id_number, mask_name
from common.text import language

from ..intake.schemas import ReasonRead
from .importing import FACTS, LINE, rows_of, take_rows
from .models import FeedFile, FeedLine
from .repository import FeedRepository
from .schemas import FeedFileRead, FeedLineRead, ReceivedFile

OBJECT_KEY = "claims.feed_file"


async def receive_file(
    session: AsyncSession, *, tenant_id: UUID, actor: Actor | None, received: ReceivedFile, keys: TenantKeys
) -> FeedFileRead:
    """Note that a settlement file came and where it is stored; the worker reads it."""
    repository = FeedRepository(session, tenant_id)
    row = repository.add(_new_file(received, actor, keys))
    await session.flush()
    await record(
        session,
        actor_id=actor.id if actor else "system",
        action="feed.received",
        subject=f"feed_file:{row.id}",
        detail={"bytes": row.size, "origin": row.origin},
    )
    return FeedFileRead.of(row, {})


def _new_file(received: ReceivedFile, actor: Actor | None, keys: TenantKeys) -> FeedFile:
    key = keys.seal_bytes(received.key, context=OBJECT_KEY) if received.key else None
    row = FeedFile(
        id=received.id,
        created_at=now(),
        version=1,
        format=received.format,
        sha256=received.sha256,
        origin=received.origin,
        name=received.name[:200] if received.name else None,
        imported_by=actor.id if actor else None,
        state="received",
        size=received.size,
        read_bytes=0,
        object_name=received.object_name,
        object_key=key,
        lines=0,
        accepted=0,
        repeated=0,
        bad=0,
        differing=0,
    )
    if received.problem:
        row.finish(problem=received.problem)
    return row


async def receive_lines(
    session: AsyncSession, *, tenant_id: UUID, event: LinesReported, keys: TenantKeys
) -> None:
    """Take lines that came by the bus; a batch is a file that has been read already."""
    repository = FeedRepository(session, tenant_id)
    if await repository.find(FeedFile, event.batch_id) is not None:
        return
    row = repository.add(_new_file(ReceivedFile(id=event.batch_id, format="jsonl", origin="bus"), None, keys))
    row.finish()
    await session.flush()
    opened = [
        (number, {**orjson.loads(keys.open_sealed(line.facts, context=LINE)), "line_id": line.line_id})
        for number, line in enumerate(event.lines, start=1)
    ]
    records = await asyncio.to_thread(lambda: list(rows_of(opened, keys, today())))
    await take_rows(repository, row, records)


async def wake_lines(session: AsyncSession, *, tenant_id: UUID, indexes: Sequence[str]) -> None:
    """People are covered now: lines that came before their policies are looked at again."""
    if indexes:
        await FeedRepository(session, tenant_id).wake(indexes)


async def find_file(session: AsyncSession, *, actor: Actor, file_id: UUID) -> FeedFileRead:
    """Return a file's progress; NotFound where the caller sees none of this id."""
    repository = FeedRepository(session, actor.tenant_id)
    row = await repository.find_visible(actor, file_id)
    if row is None:
        raise NotFound
    states = await repository.states_of(actor, [file_id])
    return FeedFileRead.of(row, states[file_id])


async def list_files(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[FeedFileRead]:
    """Return files, the newest first."""
    repository = FeedRepository(session, actor.tenant_id)
    rows = await repository.files(actor, cursor)
    states = await repository.states_of(actor, [row.id for row in rows])
    return cursor.page(rows, lambda row: FeedFileRead.of(row, states[row.id]))


async def list_lines(
    session: AsyncSession,
    *,
    actor: Actor,
    file_id: UUID | None,
    cursor: Cursor,
    states: list[str],
    keys: TenantKeys,
) -> Page[FeedLineRead]:
    """Return lines with their reasons: of a file, or of all files (in no states: those that need somebody)."""
    repository = FeedRepository(session, actor.tenant_id)
    if file_id is None and not states:
        rows = await repository.needing_work(actor, cursor)
    elif file_id is None:
        rows = await repository.page_of_states(actor, cursor, states)
    else:
        await find_file(session, actor=actor, file_id=file_id)
        rows = await repository.lines(actor, cursor, file_id, states)
    return cursor.page(rows, lambda line: _line(line, keys))


def _line(line: FeedLine, keys: TenantKeys) -> FeedLineRead:
    facts = orjson.loads(keys.open(line.facts, context=FACTS)) if line.facts else {}
    return FeedLineRead(
        id=line.id,
        file_id=line.file_id,
        line_no=line.line_no,
        line_id=line.source_id,
        state=line.state,
        reasons=[
            ReasonRead(code=r["code"], text=r[language.get()], field=r.get("field", "")) for r in line.reasons
        ],
        name=mask_name(facts["name"]) if facts else None,
        id_number=mask_id_number(facts["id_number"]) if facts else None,
        unit_name=facts.get("unit_name"),
        claim_id=line.claim_id,
        decided_at=line.decided_at,
    )
