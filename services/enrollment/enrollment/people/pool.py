"""The processes that check rosters, so that a large file never holds up the requests of others."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

import structlog

from .errors import CheckInterrupted
from .tasks import Refusal, refusable, remember_master

log = structlog.get_logger()
R = TypeVar("R")
ORPHAN_CHECK_SECONDS = 2.0


class RosterPool:
    """A few processes, started at the first roster and replaced when one dies."""

    def __init__(self, *, processes: int, master_keys: str) -> None:
        self._processes = processes
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
                self._processes,
                mp_context=get_context("spawn"),
                initializer=_begin,
                initargs=(self._master_keys,),
            )
        return self._executor

    def close(self) -> None:
        """End the processes; tasks not begun are dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _begin(master_keys: str) -> None:
    """Start of a roster process: Ctrl-C is the parent's business, and without a parent there is no more work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    remember_master(master_keys)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(0)
