"""A job for each tenant beside the others: one tenant's slow provider or endpoint holds up nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from common.http import ServiceContext

log = structlog.get_logger()
Run = Callable[[ServiceContext, UUID], Awaitable[None]]


def side_by_side(name: str, run: Run) -> Run:
    """Return a job that starts a tenant's turn without waiting for it; a turn that still goes on is left alone."""
    running: dict[UUID, asyncio.Task[None]] = {}

    async def turn(context: ServiceContext, tenant_id: UUID) -> None:
        try:
            await run(context, tenant_id)
        except Exception as error:
            log.error("job.failed", job=name, tenant=str(tenant_id), exc_info=error)

    async def start(context: ServiceContext, tenant_id: UUID) -> None:
        before = running.get(tenant_id)
        if before is None or before.done():
            running[tenant_id] = asyncio.create_task(turn(context, tenant_id), name=f"{name}-{tenant_id}")

    return start
