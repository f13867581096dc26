"""A service's worker: relay, consumers, parked events, scheduled jobs, side by side until told to stop."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from prometheus_client import Gauge
from sqlalchemy import select

from ..bus import Bus, make_bus
from ..bus.postgres import PostgresBus
from ..clock import now
from ..crypto import SealedValues
from ..db.repository import unscoped
from ..events.contract import Event
from ..events.models import TenantDirectory
from ..events.relay import Relay
from ..events.wake import listen
from ..failures import is_infrastructure
from ..http.context import Lifespan, ServiceContext
from ..http.probe import serve_probe
from ..rotation.resealing import Resealing
from ..tasks import TaskKind
from ..tasks.ending import clear_tasks
from ..tasks.worker import TaskWorker
from .leader import lead
from .parking import Parking
from .repository import InboxRepository, counts
from .runtime import Runtime
from .subscription import Subscription

log = structlog.get_logger()
PARKED = Gauge("huzhu_parked_events", "Events waiting behind a failure", ["service"])
WAITING = Gauge("huzhu_waiting_events", "Events waiting for a version that knows them", ["service"])
DEAD = Gauge("huzhu_dead_letters", "Events given up and not replayed", ["service"])
RETRY_SECONDS = 2.0
INBOX_KEPT = timedelta(days=60)
"""Longer than the bus keeps events, so that no delivery can find its row gone."""
BUS_KEPT_DAYS = 30
KEYS_KEPT = timedelta(days=14)
RESEAL_EVERY = timedelta(minutes=5)
PRUNE_SECONDS = 6 * 3600.0
JOB_SLOTS = 2
"""Tenants for which one job runs at the same time: one that takes long leaves a slot to the others."""
ROOM_AT_ONCE = 3
"""Partitions that are handled at the same time beside an express lane, so that connections and turns are left to it."""
JOB_PATIENCE = 1.0
"""Seconds beyond its interval that a round waits for its tenants before it goes on without them."""
PROBE_HOST = os.environ.get("HUZHU_PROBE_HOST", "127.0.0.1")


@dataclass(frozen=True)
class Job:
    """Work that comes back: `run` is called for each tenant every `every`, and must be safe to run twice."""

    name: str
    every: timedelta
    run: Callable[[ServiceContext, UUID], Awaitable[None]]
    shared: bool = False
    """Whether all workers run it side by side: it locks what it takes. The others run in one process at a time."""
    waiting: Callable[[ServiceContext], Awaitable[Collection[UUID]]] | None = None
    """Returns, in one look, the tenants that have something to do; without it the job runs for every one of them."""
    drain: Callable[[], Awaitable[None]] | None = None
    """Awaited when the worker ends, before its connections close: lets what `run` left going come to its end."""


async def tidy(context: ServiceContext, tenant_id: UUID) -> None:
    """Forget inbox rows and idempotency keys that nobody can ask for any more."""
    async with context.db.transaction(tenant_id) as session:
        await InboxRepository(session, tenant_id).forget(
            inbox_before=now() - INBOX_KEPT, keys_before=now() - KEYS_KEPT
        )


HOUSEKEEPING = Job("housekeeping", every=timedelta(hours=6), run=tidy)
CLEARING = Job("clear_tasks", every=timedelta(hours=1), run=clear_tasks)


@dataclass
class Worker:
    """What a service's worker runs. `lifespan` opens and closes the service's own things."""

    context: ServiceContext
    subscriptions: Sequence[Subscription[Event]]
    jobs: Sequence[Job] = ()
    tasks: Sequence[TaskKind] = ()
    """Kinds of long work that people ask for; see `common.tasks`."""
    sealed: SealedValues | None = None
    """Under what the service seals: its rows follow when the tenant gets a new key."""
    lifespan: Lifespan | None = None
    express: frozenset[str] = frozenset()
    """Events with a consumer of their own: what must not wait behind a burst of the others."""
    bus: Bus | None = field(default=None)

    async def run(self, *, schedule_only: bool = False) -> None:
        """Run until cancelled. `schedule_only`: nothing but the schedule, for a process of its own."""
        async with AsyncExitStack() as stack:
            url = self.context.settings.relay_database_url.get_secret_value()
            if self.lifespan is not None:
                await stack.enter_async_context(self.lifespan(self.context))
            bus = self.bus or make_bus(self.context.settings)
            if self.bus is None:
                stack.push_async_callback(bus.close)
            stack.push_async_callback(self.context.close)
            if schedule_only:
                await lead(self.context.service, url, partial(self._run_jobs, self.schedule))
                return
            parking = Parking(Runtime(self.context, self.subscriptions, bus))
            relay = Relay(service=self.context.service, relay_db=self.context.relay_db, bus=bus)
            async with asyncio.TaskGroup() as group:
                group.create_task(relay.run(), name="relay")
                group.create_task(listen(relay, url), name="wake")
                for consumer in self.consumers(bus):
                    group.create_task(consumer.run(), name="consumer")
                group.create_task(self._retry(parking), name="parked")
                if isinstance(bus, PostgresBus):
                    group.create_task(self._prune(bus), name="prune")
                if self.tasks:
                    group.create_task(TaskWorker(self.context, self.tasks).run(), name="tasks")
                group.create_task(self._run_jobs([job for job in self.jobs if job.shared]), name="jobs")
                if self.context.settings.worker_schedule:
                    leading = lead(self.context.service, url, partial(self._run_jobs, self.schedule))
                    group.create_task(leading, name="schedule")

    def consumers(self, bus: Bus) -> list[Runtime]:
        """Return who consumes: one, or beside it one for the express events, to whom it leaves the room."""
        quick = [s for s in self.subscriptions if s.event.wire in self.express]
        if not quick:
            return [Runtime(self.context, self.subscriptions, bus)]
        rest = [s for s in self.subscriptions if s.event.wire not in self.express]
        topics = {s.event.topic() for s in rest}
        lane = Runtime(self.context, quick, bus, group=f"{self.context.service}.express", beside=topics)
        return [lane, Runtime(self.context, rest, bus, at_once=ROOM_AT_ONCE)]

    @property
    def schedule(self) -> list[Job]:
        """The jobs that one process at a time runs."""
        own = [job for job in self.jobs if not job.shared]
        more = [CLEARING] if self.tasks else []
        if self.sealed is not None:
            more.append(Job("reseal", every=RESEAL_EVERY, run=Resealing(self.sealed).run))
        return [*own, HOUSEKEEPING, *more]

    async def _run_jobs(self, jobs: Sequence[Job]) -> None:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(self._repeat(job), name=job.name)

    async def _prune(self, bus: PostgresBus) -> None:
        """Drop old events that every group has passed; Kafka does this by itself."""
        while True:
            try:
                while await bus.prune(keep_days=BUS_KEPT_DAYS):
                    pass
            except Exception as error:
                log.warning("bus.not_pruned", kind=type(error).__name__)
            await asyncio.sleep(PRUNE_SECONDS)

    async def _retry(self, parking: Parking) -> None:
        """Look after parked keys and measure them."""
        while True:
            try:
                for tenant_id, topic, key in await parking.due(now()):
                    await self._retry_one(parking, tenant_id, topic, key)
                async with self.context.relay_db.sessions() as session:
                    aside = await counts(session)
                PARKED.labels(self.context.service).set(aside.parked)
                WAITING.labels(self.context.service).set(aside.waiting)
                DEAD.labels(self.context.service).set(aside.dead)
            except Exception as error:
                if not is_infrastructure(error):
                    log.error("parked.failed", service=self.context.service, exc_info=error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _retry_one(self, parking: Parking, tenant_id: UUID, topic: str, key: str) -> None:
        """Try one key; if the infrastructure fails, its turn comes later, and the others' now."""
        try:
            await parking.retry_key(tenant_id, topic, key)
        except Exception as error:
            log.warning(
                "parked.waiting", service=self.context.service, topic=topic, kind=type(error).__name__
            )
            await parking.postpone_key(tenant_id, topic, key)

    async def _repeat(self, job: Job) -> None:
        """Run a job for every tenant, again and again.

        A tenant whose run fails, or takes long, does not stop the others: the next round begins without it.
        """
        running: dict[UUID, asyncio.Task[None]] = {}
        slots = asyncio.Semaphore(JOB_SLOTS)
        try:
            while True:
                try:
                    tenants = await (job.waiting or tenant_ids)(self.context)
                except Exception as error:
                    log.warning("job.waiting", job=job.name, kind=type(error).__name__)
                    tenants = ()
                for tenant_id in tenants:
                    if tenant_id not in running or running[tenant_id].done():
                        running[tenant_id] = asyncio.create_task(self._run_job(job, tenant_id, slots))
                if running:
                    # A round ends when all are done, or goes on without those that take long.
                    await asyncio.wait(running.values(), timeout=job.every.total_seconds() + JOB_PATIENCE)
                await asyncio.sleep(job.every.total_seconds() * (0.9 + 0.2 * random.random()))  # noqa: S311 - jitter
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)
            if job.drain is not None:
                await job.drain()

    async def _run_job(self, job: Job, tenant_id: UUID, slots: asyncio.Semaphore) -> None:
        async with slots:
            try:
                await job.run(self.context, tenant_id)
            except Exception as error:
                log.error("job.failed", job=job.name, tenant=str(tenant_id), exc_info=error)


async def tenant_ids(context: ServiceContext) -> list[UUID]:
    """Return all tenants of the platform."""
    statement = unscoped(select(TenantDirectory.tenant_id), why="jobs run for each tenant in turn")
    async with context.db.transaction(None) as session:
        return list((await session.execute(statement)).scalars())


async def run_workers(workers: Sequence[Worker], *, probe_port: int = 0, schedule_only: bool = False) -> None:
    """Run several workers in this process until SIGTERM or SIGINT.

    With a `probe_port` the process answers /healthz, /readyz and /metrics there.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    tasks = [
        asyncio.create_task(worker.run(schedule_only=schedule_only), name=worker.context.service)
        for worker in workers
    ]
    if probe_port:
        contexts = [worker.context for worker in workers]
        tasks.append(
            asyncio.create_task(serve_probe(contexts, host=PROBE_HOST, port=probe_port), name="probe")
        )
    waiter = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*tasks, waiter], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, waiter):
        task.cancel()
    await asyncio.gather(*tasks, waiter, return_exceptions=True)
    for task in done:
        if task is not waiter and task.exception() is not None:
            raise task.exception()  # type: ignore[misc]
