"""Ways to take a part away: killed, and the supervisor brings it back; or cut off, and it is there again later."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psutil

from huzhu.processes.record import is_alive
from tests.stack.running import Stack

PARTS = {
    "kafka": "broker",
    "postgres": "database",
    "valkey": "cache",
    "seaweed": "object store",
    "claims-api": "a service's api",
    "claims-worker": "a service's worker",
}
BACK_SECONDS = 300.0


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


async def kill(stack: Stack, name: str) -> None:
    """Kill a part with SIGKILL and wait until another process has taken its place."""
    before = stack.unit(name)
    before.kill()

    def replaced() -> bool:
        with suppress(AssertionError, psutil.Error):
            now = stack.unit(name)
            return (now.pid, now.create_time()) != (before.pid, before.create_time()) and is_alive(now)
        return False

    await stack.until(replaced, BACK_SECONDS)


@asynccontextmanager
async def cut_off(stack: Stack, name: str) -> AsyncIterator[None]:
    """Stop a part and all its processes, as a network that is cut would: nothing is refused, nothing answers."""
    stopped = family(stack.unit(name))
    for process in stopped:
        _signal(process, signal.SIGSTOP)
    try:
        yield
    finally:
        # Children first: nobody takes one of them for dead.
        for process in reversed(stopped):
            _signal(process, signal.SIGCONT)
        await asyncio.sleep(0)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.Error, ProcessLookupError):
        if process.is_running():
            os.kill(process.pid, number)
