"""Checks a roster, or people who are known already, part by part, and places them on the order in one transaction.

While one process reads, another checks, and the database looks up the people of a part or takes the rows of an earlier.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.errors import NotFound
from common.http import ServiceContext

from ..orders.models import Order, OrderStatus
from ..orders.repository import OrderRepository
from ..people.context import CheckContext
from ..people.reasons import ALREADY_ON_ORDER, reason_json
from ..people.repository import PeopleRepository
from ..register.known import Candidates, Known
from ..register.repository import KnowledgeRepository
from .ahead import Reading
from .errors import CheckCancelled
from .models import RosterImport
from .pool import Lane, roster_lane
from .repository import ImportRepository
from .tasks import PART, KeyMaterial, KnownRow, Part, RosterTask, check_part

PROGRESS_SECONDS = 0.5
AHEAD = 2
"""Parts that are being checked or wait for it while one is placed."""


@dataclass(frozen=True)
class Source:
    """Where the rows come from: a file with its import, or rows made from what is known."""

    order_id: UUID
    import_id: UUID | None = None
    path: Path | None = None
    rows: tuple[KnownRow, ...] = ()
    started_at: datetime | None = None


@dataclass
class Placed:
    """What a check has placed so far."""

    insurable: int = 0
    not_insurable: int = 0

    def add(self, part: Part, double: int) -> None:
        """Count a part of which `double` people were on the order already."""
        self.insurable += part.insurable - double
        self.not_insurable += part.not_insurable + double


class RosterCheck:
    """One check for one order."""

    def __init__(self, context: ServiceContext, actor: Actor, check: CheckContext) -> None:
        self._context, self._actor, self._rules = context, actor, check
        self._shown_at = 0.0

    async def run(self, source: Source) -> RosterImport:
        """Check a file and return its import; raises what refuses the file, CheckCancelled, OrderStateWrong."""
        async with (
            roster_lane(self._context) as lane,
            self._context.db.transaction(self._actor.tenant_id) as session,
        ):
            return await self._file(session, lane, source)

    async def run_rows(
        self, session: AsyncSession, lane: Lane, source: Source, *, again: bool = False
    ) -> Placed:
        """Check people who are known, within the caller's transaction; `again`: they stand on the order already.

        The caller takes the lane before it locks the order, so that nobody waits for that lock while it waits.
        """
        placed, _ = await self._load(session, lane, source, keep_raw=False, again=again)
        return placed

    async def _file(self, session: AsyncSession, lane: Lane, source: Source) -> RosterImport:
        staged = self._rules.staged
        await ImportRepository(session, self._actor.tenant_id).check_references_at_once()
        placed, order = await self._load(session, lane, source, keep_raw=staged)
        imports = ImportRepository(session, self._actor.tenant_id)
        assert source.import_id is not None  # noqa: S101 - a file has an import
        current = await imports.import_by_id(order.id, source.import_id, lock=True)
        if current is None or current.started_at != source.started_at or current.state != "checking":
            raise CheckCancelled
        current.finish(insurable=placed.insurable, not_insurable=placed.not_insurable, staged=staged)
        order.touch()
        return current

    async def _load(
        self, session: AsyncSession, lane: Lane, source: Source, *, keep_raw: bool, again: bool = False
    ) -> tuple[Placed, Order]:
        imports = ImportRepository(session, self._actor.tenant_id)
        task = RosterTask(
            rules=self._rules.rules,
            limits=self._rules.limits,
            material=KeyMaterial(self._actor.tenant_id, await imports.wrapped_keys()),
            keep_raw=keep_raw,
            part=PART,
        )
        reading = await Reading.begin(lane, task, source.path, source.rows)
        try:
            await self._show(source, done=0, total=0)
            order = await self._draft(session, source.order_id)
            await imports.stage()
            parts = self._parts(session, lane, order, task, reading)
            placed = await self._place(session, order, source, parts, reading, again=again, keep_raw=keep_raw)
            return placed, order
        finally:
            await reading.end()

    async def _place(
        self,
        session: AsyncSession,
        order: Order,
        source: Source,
        parts: AsyncGenerator[Part],
        reading: Reading,
        *,
        again: bool,
        keep_raw: bool,
    ) -> Placed:
        imports = ImportRepository(session, self._actor.tenant_id)
        people = PeopleRepository(session, self._actor.tenant_id)
        doubles = None if await people.nobody_on(order.id) else [reason_json(ALREADY_ON_ORDER)]
        placed = Placed()
        async with aclosing(parts):
            async for part in parts:
                if again:
                    await imports.replace_part(part.lines)
                    placed.add(part, 0)
                    continue
                double = await imports.place_part(
                    part.lines,
                    order_id=order.id,
                    import_id=source.import_id,
                    double=doubles,
                    keep_raw=keep_raw,
                )
                placed.add(part, double)
                done = placed.insurable + placed.not_insurable
                await self._show(source, done=done, total=reading.total)
        return placed

    async def _parts(
        self, session: AsyncSession, lane: Lane, order: Order, task: RosterTask, reading: Reading
    ) -> AsyncGenerator[Part]:
        """Yield the checked parts in their order; the processes work ahead while the caller places what it has.

        The reader checks too when it has read everything, and alone where that is one part.
        """
        working: deque[asyncio.Task[Part]] = deque()
        number = 0
        try:
            while (read := await reading.next()) is not None:
                known = await self._look_up(session, order, read.candidates)
                alone = read.last and number == 0
                process = lane.reader if alone or (reading.over and number % 2) else lane.checker
                working.append(asyncio.create_task(process.run(check_part, task, read, known)))
                number += 1
                if len(working) > AHEAD:
                    yield await working.popleft()
            while working:
                yield await working.popleft()
        finally:
            for check in working:
                check.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _draft(self, session: AsyncSession, order_id: UUID) -> Order:
        order = await OrderRepository(session, self._actor.tenant_id).visible(
            self._actor, order_id, lock=True
        )
        if order is None:
            raise NotFound
        order.require(OrderStatus.DRAFT)
        return order

    async def _look_up(self, session: AsyncSession, order: Order, candidates: Candidates) -> Known:
        if not candidates.keys:
            return {}
        return await KnowledgeRepository(session, self._actor.tenant_id).known(
            candidates,
            order_id=order.id,
            product=self._rules.product.code,
            blocks=self._rules.blocks,
            count_shares=self._rules.product.contribution.share_limit > 1,
        )

    async def _show(self, source: Source, *, done: int, total: int) -> None:
        """Say how far the check has come, in a transaction of its own; CheckCancelled if nobody wants it any more."""
        if source.import_id is None or source.started_at is None:
            return
        if done and time.monotonic() - self._shown_at < PROGRESS_SECONDS:
            return
        self._shown_at = time.monotonic()
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            imports = ImportRepository(session, self._actor.tenant_id)
            wanted = await imports.progress(
                source.import_id, started_at=source.started_at, done=done, total=total
            )
        if not wanted:
            raise CheckCancelled
