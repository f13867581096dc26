"""The worker's side: finds due tasks in fair turns, runs a few at a time, keeps them, ends them, clears up."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog
from prometheus_client import Gauge

from ..clock import now
from ..failures import is_infrastructure
from ..http.context import ServiceContext
from ..processes import ProcessPool
from .ending import end_run
from .errors import INTERRUPTED, LeaseLost, problem_of
from .files import TaskFiles
from .kinds import TaskKind
from .models import Task
from .repository import Place, TaskRepository, due_places
from .rules import is_hopeless
from .run import TaskRun

log = structlog.get_logger()
RUNNING = Gauge("huzhu_tasks_running", "Tasks that this process works on", ["service"])
POLL_SECONDS = 1.0


class TaskWorker:
    """Works on tasks of all tenants until cancelled; several workers share the table."""

    def __init__(
        self,
        context: ServiceContext,
        kinds: Sequence[TaskKind],
        *,
        slots: int | None = None,
        lease: timedelta | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._context = context
        self._kinds = {kind.name: kind for kind in kinds}
        self._slots = slots or context.settings.task_slots
        self._lease = lease or timedelta(seconds=context.settings.task_lease_seconds)
        self._poll = poll_seconds
        self._running: dict[Place, asyncio.Task[None]] = {}
        self._files = TaskFiles.of(context)
        self._pool = ProcessPool(
            processes=context.settings.task_processes,
            master_keys=context.settings.master_keys.get_secret_value(),
        )
        self._contended = False

    async def run(self) -> None:
        """Run until cancelled; tasks in progress are then put back and go on elsewhere."""
        try:
            while True:
                try:
                    await self._fill()
                except Exception as error:
                    if not is_infrastructure(error):
                        log.error("tasks.failed", service=self._context.service, exc_info=error)
                await self._pause()
        finally:
            for running in self._running.values():
                running.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            self._pool.close()

    async def _pause(self) -> None:
        """Wait for the next look: a moment, or until a slot becomes free."""
        if self._running:
            await asyncio.wait(
                self._running.values(), timeout=self._poll, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(self._poll)
        for place in [place for place, task in self._running.items() if task.done()]:
            del self._running[place]
        RUNNING.labels(self._context.service).set(len(self._running))

    async def _fill(self) -> None:
        """Begin due tasks while there are free slots; one tenant never takes all of them."""
        due = await due_places(self._context.relay_db, kinds=list(self._kinds), most=self._slots * 8)
        held = Counter(place.tenant_id for place in self._running)
        most = max(1, self._slots - 1)
        waiting = []
        for place in due:
            if place in self._running:
                continue
            if len(self._running) >= self._slots or held[place.tenant_id] >= most:
                waiting.append(place)
                continue
            held[place.tenant_id] += 1
            self._running[place] = asyncio.create_task(self._work(place), name=f"task-{place.task_id}")
        self._contended = bool(waiting) and len(self._running) >= self._slots

    async def _work(self, place: Place) -> None:
        """Take one task, run it and end it; nothing that fails here reaches another task."""
        try:
            run = await self._take(place)
            if run is not None:
                await self._run_one(run)
        except Exception as error:
            log.warning("task.not_ended", task=str(place.task_id), kind=type(error).__name__)

    async def _take(self, place: Place) -> TaskRun | None:
        async with self._context.db.transaction(place.tenant_id) as session:
            task = await TaskRepository.of(session).due(place.task_id)
            if task is None or self._gave_up(task):
                return None
            keys = await self._context.keyring.for_tenant(session)
            lease = task.take(self._lease)
            return TaskRun(
                self._context,
                task,
                lease=lease,
                keys=keys,
                files=self._files,
                pool=self._pool,
                contended=lambda: self._contended,
            )

    def _gave_up(self, task: Task) -> bool:
        """End a task that nobody should begin again."""
        if task.cancel_requested_at is not None:
            task.end_cancelled()
        elif is_hopeless(task.attempts):
            log.error("task.interrupted", task=str(task.id), task_kind=task.kind)
            task.end_failed(problem_of("task.interrupted", INTERRUPTED))
        return task.ended

    async def _run_one(self, run: TaskRun) -> None:
        work = asyncio.create_task(self._finished(run))
        keeper = asyncio.create_task(self._keep(run, work))
        failure: BaseException | None = None
        try:
            await work
        except asyncio.CancelledError as error:
            work.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await work
            failure = error
        except Exception as error:
            failure = error
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
        if failure is not None:
            await asyncio.shield(end_run(run, failure))
            if isinstance(failure, asyncio.CancelledError):
                raise failure

    async def _finished(self, run: TaskRun) -> None:
        """Run it, and end it well in one transaction with its file."""
        await self._kinds[run.kind].run(run)
        kept = timedelta(days=self._context.settings.task_results_days)
        async with self._context.db.transaction(run.tenant_id) as session:
            task = await TaskRepository.of(session).under(run.id, run.lease)
            if task is None:
                raise LeaseLost
            for name, value in run.made.items():
                setattr(task, name, value)
            task.end_done(kept=kept)

    async def _keep(self, run: TaskRun, work: "asyncio.Task[None]") -> None:
        """Renew the lease while the run goes on; stop the run if it was lost."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._context.db.transaction(run.tenant_id) as session:
                    until = now() + self._lease
                    kept = await TaskRepository.of(session).renew(run.id, run.lease, until=until)
            except Exception as error:
                log.warning("task.lease_not_renewed", kind=type(error).__name__)
                continue
            if not kept and not work.done():
                work.cancel()
                return
