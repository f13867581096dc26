"""The processes that check rosters, so that a large file never holds up the requests of others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from common.http import ServiceContext
from common.processes import ProcessDied, ProcessPool

from .errors import CheckInterrupted
from .tasks import end_roster


class Lane:
    """Two processes that work on one file at a time: one reads it, both check it. A file of one part needs one."""

    def __init__(self, *, master_keys: str) -> None:
        self.reader = ProcessPool(processes=1, master_keys=master_keys)
        """Keeps the file between the calls."""
        self.checker = ProcessPool(processes=1, master_keys=master_keys)

    def close(self) -> None:
        """End both."""
        self.reader.close()
        self.checker.close()


class RosterPool:
    """A few lanes, started at the first roster; who comes when all are busy waits for one."""

    def __init__(self, *, lanes: int, master_keys: str) -> None:
        self._lanes = [Lane(master_keys=master_keys) for _ in range(lanes)]
        self._free: asyncio.Queue[Lane] | None = None

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[Lane]:
        """Yield a lane for one file; CheckInterrupted if a process of it dies meanwhile."""
        free = self._queue()
        lane = await free.get()
        try:
            yield lane
        except ProcessDied:
            raise CheckInterrupted from None
        finally:
            free.put_nowait(lane)

    def _queue(self) -> asyncio.Queue[Lane]:
        if self._free is None:
            self._free = asyncio.Queue()
            for lane in self._lanes:
                self._free.put_nowait(lane)
        return self._free

    async def warm(self) -> None:
        """Start what the first small file needs, before it comes: its handler does not wait for a process to start."""
        async with self.lane() as lane:
            await lane.reader.run(end_roster)

    def close(self) -> None:
        """End all processes."""
        for lane in self._lanes:
            lane.close()


def roster_lane(context: ServiceContext) -> AbstractAsyncContextManager[Lane]:
    """Return a lane of a service's pool, to be entered before anything is locked."""
    pool: RosterPool = context.extras["roster_pool"]
    return pool.lane()
