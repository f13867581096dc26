"""Reading a stored settlement file: some lines at a time, each time in a transaction that also notes how far it is.

No transaction is open while lines are parsed and encrypted; a worker that is killed leaves the rest to another one.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import IO, Any
from uuid import UUID

import orjson

from common.clock import today
from common.crypto import TenantKeys
from common.errors import DomainError
from common.http import ServiceContext
from common.ids import new_id
from common.text import Text

from .models import FeedFile
from .reading import open_feed
from .repository import FeedRepository
from .rules import LineReason, parse_line

FACTS = "claims.feed_line"
LINE = "settlement.line"
CHUNK = 2000
DIFFERING = LineReason(
    "feed.differs",
    Text(
        "同一结算流水号此前以不同内容导入，未作改动，请与医保核对",
        "the same line came before with other content; nothing was changed, ask the insurer",
    ),
)
Numbered = tuple[int, Mapping[str, object]]


def rows_of(lines: Iterable[Numbered], keys: TenantKeys, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield checked and sealed lines as rows for COPY."""
    for number, raw in lines:
        parsed = parse_line(raw, today=day)
        reasons = orjson.dumps([fault.as_dict() for fault in parsed.faults]).decode()
        if parsed.faults:
            yield new_id(), number, parsed.source_id, "bad", reasons, None, None, parsed.digest
            continue
        facts = keys.seal(orjson.dumps(parsed.values).decode(), context=FACTS)
        index = keys.blind("document", parsed.values["id_number"])
        yield new_id(), number, parsed.source_id, "new", reasons, facts, index, parsed.digest


async def take_rows(repository: FeedRepository, file: FeedFile, records: Sequence[tuple[Any, ...]]) -> None:
    """Move checked lines into a file, in the caller's transaction; what was here before counts nothing."""
    await repository.begin_lines()
    await repository.copy_lines(records)
    bad, new, differing = await repository.end_lines(
        file.id, differing=orjson.dumps([DIFFERING.as_dict()]).decode()
    )
    file.count(lines=len(records), accepted=new, bad=bad, differing=differing)


class Reader:
    """Reads one stored file to its end, or until somebody else does."""

    def __init__(self, context: ServiceContext, tenant_id: UUID, file_id: UUID, keys: TenantKeys) -> None:
        self._context = context
        self._tenant_id = tenant_id
        self._file_id = file_id
        self._keys = keys

    async def read(self, source: IO[bytes], *, already: int) -> bool:
        """Go on behind the lines that were taken already; False if somebody else has the file now."""
        problem: dict[str, Any] | None = None
        position = already
        try:
            _, lines = await asyncio.to_thread(open_feed, source)
            await asyncio.to_thread(_skip, lines, already)
            while records := await asyncio.to_thread(self._records, lines):
                if not await self._store(records, position, source.tell()):
                    return False
                position += len(records)
        except DomainError as error:
            problem = {"code": error.code, "zh": error.sentence.zh, "en": error.sentence.en}
        return await self._finish(position, problem)

    def _records(self, lines: Iterator[Numbered]) -> list[tuple[Any, ...]]:
        """Return the next lines as rows for COPY; runs in a thread, for it encrypts."""
        return list(rows_of(islice(lines, CHUNK), self._keys, today()))

    async def _store(self, records: Sequence[tuple[Any, ...]], position: int, read_bytes: int) -> bool:
        async with self._context.db.transaction(self._tenant_id) as session:
            repository = FeedRepository(session, self._tenant_id)
            file = await repository.find(FeedFile, self._file_id, lock=True)
            if file is None or file.state != "reading" or file.lines != position:
                return False
            await take_rows(repository, file, records)
            file.read_bytes = min(read_bytes, file.size)
            file.lease()
        return True

    async def _finish(self, position: int, problem: dict[str, Any] | None) -> bool:
        async with self._context.db.transaction(self._tenant_id) as session:
            file = await FeedRepository(session, self._tenant_id).find(FeedFile, self._file_id, lock=True)
            if file is None or file.state != "reading" or file.lines != position:
                return False
            file.finish(problem=problem)
        return True


def _skip(lines: Iterator[Numbered], count: int) -> None:
    for _ in islice(lines, count):
        pass
