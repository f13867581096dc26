"""A job for each tenant beside the others: one tenant's slow provider or endpoint holds up nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from uuid import UUID

import structlog

from common.consumer import Job
from common.http import ServiceContext

log = structlog.get_logger()
Run = Callable[[ServiceContext, UUID], Awaitable[bool]]
"""Does one batch of a tenant's work; returns whether there may be more."""
Waiting = Callable[[ServiceContext], Awaitable[Collection[UUID]]]
"""Returns the tenants that have something to do."""


class Stopping:
    """Whether the worker is about to end: what has begun is finished, nothing else begins."""

    def __init__(self) -> None:
        self._said = False

    def __call__(self) -> bool:
        """Whether it is."""
        return self._said

    def say(self) -> None:
        """From now on it is."""
        self._said = True


class SideBySide:
    """Starts a tenant's turn without waiting for it; a turn that still goes on is left alone.

    `patience`: how long the end of the worker waits for turns, so that what was sent is also written down.
    """

    def __init__(self, name: str, run: Run, *, stopping: Stopping, patience: float) -> None:
        self._name, self._run = name, run
        self._stopping, self._patience = stopping, patience
        self._running: dict[UUID, asyncio.Task[None]] = {}

    def job(self, every: timedelta, waiting: Waiting | None = None) -> Job:
        """Return the worker's job; `waiting`: for whom there is something to do."""
        return Job(self._name, every=every, run=self.start, shared=True, waiting=waiting, drain=self.drain)

    async def start(self, context: ServiceContext, tenant_id: UUID) -> None:
        """Start a tenant's turn unless one goes on or the worker ends."""
        before = self._running.get(tenant_id)
        if not self._stopping() and (before is None or before.done()):
            name = f"{self._name}-{tenant_id}"
            self._running[tenant_id] = asyncio.create_task(self._turn(context, tenant_id), name=name)

    async def drain(self) -> None:
        """Let the batches that have begun come to their end, and give up those that take too long."""
        self._stopping.say()
        going = [task for task in self._running.values() if not task.done()]
        if not going:
            return
        _, late = await asyncio.wait(going, timeout=self._patience)
        for task in late:
            log.warning("job.cut_off", job=self._name, task=task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _turn(self, context: ServiceContext, tenant_id: UUID) -> None:
        try:
            while await self._run(context, tenant_id):
                if self._stopping():
                    return
        except Exception as error:
            log.error("job.failed", job=self._name, tenant=str(tenant_id), exc_info=error)
