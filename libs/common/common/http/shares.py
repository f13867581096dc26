"""A union's share of a process: one that calls a lot, or whose requests hang, never takes the others' connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from prometheus_client import Counter

from ..errors import ServiceBusy

WAIT_SECONDS = 15.0
"""As long as the pool lets a request wait for a connection."""
WAITED = Counter(
    "huzhu_share_full_total", "Requests that waited because their union's share was taken", ["service"]
)


class Shares:
    """How many requests of one union may hold a database connection at a time; further ones wait their turn.

    Beside the pool, which all unions of a process use: a share is half of what the pool may open.
    """

    def __init__(self, service: str, *, most: int, wait_seconds: float = WAIT_SECONDS) -> None:
        self._service = service
        self._most = most
        self._wait_seconds = wait_seconds
        self._taken: dict[UUID | None, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def of(self, tenant_id: UUID | None) -> AsyncIterator[None]:
        """Hold a place of a union; ServiceBusy when none becomes free in time."""
        share = self._taken.get(tenant_id)
        if share is None:
            share = self._taken[tenant_id] = asyncio.Semaphore(self._most)
        if share.locked():
            WAITED.labels(self._service).inc()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await share.acquire()
        except TimeoutError:
            raise ServiceBusy from None
        try:
            yield
        finally:
            share.release()
