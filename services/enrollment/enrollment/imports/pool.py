"""The processes that check rosters, so that a large file never holds up the requests of others."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

import structlog

from .errors import CheckInterrupted
from .tasks import Refusal, refusable, remember_master

log = structlog.get_logger()
R = TypeVar("R")
ORPHAN_CHECK_SECONDS = 2.0


class Lane:
    """One process that works on one file at a time; replaced when it dies."""

    def __init__(self, master_keys: str) -> None:
        self._master_keys = master_keys
        self._executor: ProcessPoolExecutor | None = None

    async def run(self, task: Callable[..., R], *args: Any) -> R:
        """Run a task; raises what refused the file, or CheckInterrupted if the process died (out of memory)."""
        executor = self._started()
        try:
            loop = asyncio.get_running_loop()
            result: R | Refusal = await loop.run_in_executor(executor, refusable, task, *args)
        except BrokenProcessPool:
            log.error("roster.process_died")
            self.close()
            raise CheckInterrupted from None
        if isinstance(result, Refusal):
            raise result.error()
        return result

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_begin, initargs=(self._master_keys,)
            )
        return self._executor

    def close(self) -> None:
        """End the process; tasks not begun are dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


class RosterPool:
    """A few lanes, started at the first roster; who comes when all are busy waits for one."""

    def __init__(self, *, processes: int, master_keys: str) -> None:
        self._lanes = [Lane(master_keys) for _ in range(processes)]
        self._free: asyncio.Queue[Lane] | None = None

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[Lane]:
        """Yield a lane for one file."""
        free = self._queue()
        lane = await free.get()
        try:
            yield lane
        finally:
            free.put_nowait(lane)

    def _queue(self) -> asyncio.Queue[Lane]:
        if self._free is None:
            self._free = asyncio.Queue()
            for lane in self._lanes:
                self._free.put_nowait(lane)
        return self._free

    def close(self) -> None:
        """End all processes."""
        for lane in self._lanes:
            lane.close()


def _begin(master_keys: str) -> None:
    """Start of a roster process: Ctrl-C is the parent's business, and without a parent there is no more work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    remember_master(master_keys)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(0)
