"""A few processes for work that needs the processor, so that it never holds up the requests and events of others."""

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import process
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from .crypto import MasterKeys
from .errors import DomainError, ServiceBusy
from .text import Text

P = ParamSpec("P")
R = TypeVar("R")
ORPHAN_CHECK_SECONDS = 2.0
_master: list[MasterKeys] = []


class ProcessDied(ServiceBusy):
    """The process that did the work was ended, most likely because memory ran out."""

    code = "work.process_died"
    text = Text(
        "处理进程意外中断，请稍后重试；多次出现请减少数据量。",
        "The process that did the work was interrupted. Try again; if it happens again, with less data.",
    )


@dataclass(frozen=True)
class Refusal:
    """A DomainError on its way between processes; its own pickle would not find its arguments again."""

    kind: type[DomainError]
    state: dict[str, Any]

    def error(self) -> DomainError:
        """Return the error as it was raised."""
        error = self.kind.__new__(self.kind)
        error.__dict__.update(self.state)
        return error


def master_keys() -> MasterKeys:
    """Return the master keys, in a process of a pool: a tenant's keys travel there wrapped."""
    return _master[0]


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave the garbage collector alone while a process of a pool makes masses of objects without cycles.

    It would look at all of them again and again: a third of the time of a large file.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Bare(SpawnProcess):
    """A spawned process that imports what its work needs, and not the program that started it.

    Python runs the parent's main module again in each of them, with all that it imports: seconds and some ten MB.
    """

    @staticmethod
    def _Popen(process_obj: process.BaseProcess) -> Any:  # noqa: N802 - multiprocessing's own name
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _BareSpawn(SpawnContext):
    Process = _Bare


class ProcessPool:
    """Processes that start at the first work and are replaced when one dies; they end with their parent."""

    def __init__(self, *, processes: int, master_keys: str) -> None:
        self._processes = processes
        self._master_keys = master_keys
        self._executor: ProcessPoolExecutor | None = None

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a function of a module; raises what it refused, or ProcessDied."""
        executor = self._begun()
        try:
            future = executor.submit(_refusable, work, args, kwargs)
            result: R | Refusal = await asyncio.wrap_future(future)
        except BrokenProcessPool:
            import structlog  # Here, so that the processes themselves do without it.

            structlog.get_logger().error("processes.died")
            if self._executor is executor:
                self.close()
            raise ProcessDied from None
        if isinstance(result, Refusal):
            raise result.error()
        return result

    def _begun(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._processes,
                mp_context=_BareSpawn(),
                initializer=_begin,
                initargs=(self._master_keys, os.getpid()),
            )
        return self._executor

    def close(self) -> None:
        """End the processes; work not begun is dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _refusable(work: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R | Refusal:
    try:
        return work(*args, **kwargs)
    except DomainError as error:
        return Refusal(type(error), dict(error.__dict__))


def _begin(master: str, parent: int) -> None:
    """Start of a process: Ctrl-C is the parent's business, and without a parent there is no more work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _master[:] = [MasterKeys.parse(master)]
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(0)
