"""The use case of a roster upload: recognise the file, check it in a process of its own, place its people."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from common.auth import Actor
from common.clock import now
from common.errors import DomainError, NotFound
from common.http import ServiceContext

from ..orders.models import Order, OrderStatus
from ..orders.repository import OrderRepository
from ..register.known import Known
from ..register.repository import KnowledgeRepository
from .context import CheckContext, check_context
from .errors import RosterBeingChecked
from .incoming import Incoming
from .models import RosterImport
from .pool import RosterPool
from .reasons import ALREADY_ON_ORDER, reason_json
from .repository import Counts, PeopleRepository
from .tasks import Checked, KeyMaterial, RosterTask, check_roster, parse_roster, progress_file

ABANDONED_AFTER = timedelta(minutes=5)
PROGRESS_SECONDS = 0.5


@dataclass(frozen=True)
class Uploaded:
    """The import, the people of the whole order, and whether the file had been uploaded before."""

    roster: RosterImport
    counts: Counts
    repeated: bool


class RosterUpload:
    """One upload. Several short transactions, so that no connection waits while a large file is read and checked."""

    def __init__(self, context: ServiceContext, actor: Actor, order_id: Any) -> None:
        self._context = context
        self._actor = actor
        self._order_id = order_id
        self._pool: RosterPool = context.extras["roster_pool"]

    async def prepare(self) -> CheckContext:
        """Refuse before the file is read where the order is not the caller's or no draft."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            order = await self._draft(OrderRepository(session, self._actor.tenant_id))
            most: int = getattr(self._context.settings, "roster_max_bytes", 20_000_000)
            return await check_context(session, order, most_bytes=most)

    async def _draft(self, repository: OrderRepository, *, lock: bool = False) -> Order:
        order = await repository.visible(self._actor, self._order_id, lock=lock)
        if order is None:
            raise NotFound
        order.require(OrderStatus.DRAFT)
        return order

    async def run(self, file: Incoming, check: CheckContext) -> Uploaded:
        """Check the file and place its people; raises what refuses the file, and then nothing of it is stored."""
        begun = await self._begin(file)
        if isinstance(begun, Uploaded):
            return begun
        try:
            task = await self._task(file, check, begun)
            checked = await self._check(task, check, begun)
            return await self._place(begun, checked)
        except DomainError as error:
            await self._refuse(begun, error.code)
            raise

    async def _begin(self, file: Incoming) -> RosterImport | Uploaded:
        """Note that the file is being checked; the same file again gets the first answer."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            values = {
                "order_id": self._order_id,
                "id": file.id,
                "sha256": file.sha256,
                "size": file.size,
                "uploaded_by": self._actor.id,
            }
            begun = await people.begin_import(values)
            if begun is not None:
                return begun
            seen = await people.import_of(self._order_id, file.sha256, lock=True)
            if seen is None:
                raise RosterBeingChecked
            if seen.state == "done":
                return Uploaded(seen, await people.counts(self._order_id), repeated=True)
            if seen.state == "checking" and now() - seen.started_at < ABANDONED_AFTER:
                raise RosterBeingChecked
            seen.begin_again(self._actor.id)
            return seen

    async def _task(self, file: Incoming, check: CheckContext, begun: RosterImport) -> RosterTask:
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            wrapped = await PeopleRepository(session, self._actor.tenant_id).wrapped_keys()
        return RosterTask(
            path=file.path,
            rules=check.rules,
            limits=check.limits,
            material=KeyMaterial(self._actor.tenant_id, wrapped),
            order_id=self._order_id,
            import_id=begun.id,
        )

    async def _check(self, task: RosterTask, check: CheckContext, begun: RosterImport) -> Checked:
        total, candidates = await self._pool.run(parse_roster, task)
        await self._progress(begun, done=0, total=total)
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            repository = KnowledgeRepository(session, self._actor.tenant_id)
            known: Known = await repository.known(
                candidates, order_id=self._order_id, product=check.product.code, blocks=check.blocks
            )
        watcher = asyncio.create_task(self._watch(begun, task.path, total))
        try:
            return await self._pool.run(check_roster, task, known)
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher

    async def _watch(self, begun: RosterImport, path: Path, total: int) -> None:
        """Carry the progress of the roster process into the import's row."""
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            with suppress(OSError, ValueError):
                done = int(await asyncio.to_thread(progress_file(path).read_text))
                await self._progress(begun, done=done, total=total)

    async def _progress(self, begun: RosterImport, *, done: int, total: int) -> None:
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            await people.progress(begun.id, started_at=begun.started_at, done=done, total=total)

    async def _place(self, begun: RosterImport, checked: Checked) -> Uploaded:
        """Bring the checked rows onto the order, if it is still a draft and nobody has taken this upload over."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            order = await self._draft(OrderRepository(session, self._actor.tenant_id), lock=True)
            current = await people.import_of(order.id, begun.sha256, lock=True)
            if current is None or current.started_at != begun.started_at or current.state != "checking":
                raise RosterBeingChecked
            await people.place_staged(order.id, checked.path, double=[reason_json(ALREADY_ON_ORDER)])
            placed = await people.counts(order.id, import_id=begun.id)
            current.finish(insurable=placed.insurable, not_insurable=placed.not_insurable)
            order.touch()
            return Uploaded(current, await people.counts(order.id), repeated=False)

    async def _refuse(self, begun: RosterImport, code: str) -> None:
        """Note why the file was refused, unless another attempt has taken over."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            current = await people.import_of(self._order_id, begun.sha256, lock=True)
            if current is not None and current.started_at == begun.started_at and current.state == "checking":
                current.refuse(code)
