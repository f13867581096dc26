"""Use cases of a settlement file: receive it, look at its lines."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.identifiers import mask_id_number, mask_name
from common.ids import new_id
from common.text import Text, language

from ..intake.schemas import ReasonRead
from .errors import FeedEmpty
from .models import FeedFile, FeedLine
from .reading import open_feed
from .repository import FeedRepository
from .rules import LineReason, parse_line
from .schemas import FeedFileRead, FeedLineRead

FACTS = "claims.feed_line"
CHUNK = 2000
DIFFERING = LineReason(
    "feed.differs",
    Text(
        "同一结算流水号此前以不同内容导入，未作改动，请与医保核对",
        "the same line came before with other content; nothing was changed, ask the insurer",
    ),
)
Numbered = tuple[int, Mapping[str, object]]


async def import_feed(
    session: AsyncSession, *, actor: Actor, file: IO[bytes], sha256: bytes, keys: TenantKeys
) -> FeedFileRead:
    """Receive a settlement file: every line is checked and kept; what was here before counts nothing."""
    repository = FeedRepository(session, actor.tenant_id)
    form, lines = await asyncio.to_thread(open_feed, file)
    row = repository.add(
        FeedFile(
            id=new_id(),
            created_at=now(),
            version=1,
            format=form,
            sha256=sha256.hex(),
            imported_by=actor.id,
            lines=0,
            accepted=0,
            repeated=0,
            bad=0,
            differing=0,
        )
    )
    await session.flush()
    await repository.begin_lines()
    total = 0
    while records := await asyncio.to_thread(_records, lines, keys, today()):
        await repository.copy_lines(records)
        total += len(records)
    if total == 0:
        raise FeedEmpty
    bad, new, differing = await repository.end_lines(
        row.id, differing=orjson.dumps([DIFFERING.as_dict()]).decode()
    )
    row.count(lines=total, accepted=new, bad=bad, differing=differing)
    await record(
        session,
        actor_id=actor.id,
        action="feed.imported",
        subject=f"feed_file:{row.id}",
        detail={"lines": total, "accepted": new, "bad": bad},
    )
    return FeedFileRead.of(row, await repository.states(row.id))


def _records(lines: Iterator[Numbered], keys: TenantKeys, day: date) -> list[tuple[Any, ...]]:
    """Return the next lines as rows for COPY; runs in a thread, for it encrypts."""
    return list(_rows(islice(lines, CHUNK), keys, day))


def _rows(lines: Iterable[Numbered], keys: TenantKeys, day: date) -> Iterator[tuple[Any, ...]]:
    for number, raw in lines:
        parsed = parse_line(raw, today=day)
        reasons = orjson.dumps([fault.as_dict() for fault in parsed.faults]).decode()
        if parsed.faults:
            yield new_id(), number, parsed.source_id, "bad", reasons, None, None, parsed.digest
            continue
        facts = keys.seal(orjson.dumps(parsed.values).decode(), context=FACTS)
        index = keys.blind("document", parsed.values["id_number"])
        yield new_id(), number, parsed.source_id, "new", reasons, facts, index, parsed.digest


async def find_file(session: AsyncSession, *, actor: Actor, file_id: UUID) -> FeedFileRead:
    """Return a file's progress; NotFound if the tenant has none of this id."""
    repository = FeedRepository(session, actor.tenant_id)
    row = await repository.find(FeedFile, file_id)
    if row is None:
        raise NotFound
    return FeedFileRead.of(row, await repository.states(file_id))


async def list_files(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[FeedFileRead]:
    """Return files, the newest first."""
    repository = FeedRepository(session, actor.tenant_id)
    rows = await repository.files(cursor)
    states = {row.id: await repository.states(row.id) for row in rows}
    return cursor.page(rows, lambda row: FeedFileRead.of(row, states[row.id]))


async def list_lines(
    session: AsyncSession, *, actor: Actor, file_id: UUID, cursor: Cursor, states: list[str], keys: TenantKeys
) -> Page[FeedLineRead]:
    """Return a file's lines with their reasons."""
    await find_file(session, actor=actor, file_id=file_id)
    rows = await FeedRepository(session, actor.tenant_id).lines(cursor, file_id, states)
    return cursor.page(rows, lambda line: _line(line, keys))


def _line(line: FeedLine, keys: TenantKeys) -> FeedLineRead:
    facts = orjson.loads(keys.open(line.facts, context=FACTS)) if line.facts else {}
    return FeedLineRead(
        id=line.id,
        line_no=line.line_no,
        line_id=line.source_id,
        state=line.state,
        reasons=[
            ReasonRead(code=r["code"], text=r[language.get()], field=r.get("field", "")) for r in line.reasons
        ],
        name=mask_name(facts["name"]) if facts else None,
        id_number=mask_id_number(facts["id_number"]) if facts else None,
        claim_id=line.claim_id,
        decided_at=line.decided_at,
    )
