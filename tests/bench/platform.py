"""`huzhu run` on a new home and again on the same one: seconds until /readyz, and the memory of it at rest.

The virtual environment is there already; a cold start is what comes after it: secrets, initdb, buckets, databases
and migrations, processes.
"""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil

from huzhu.processes.record import OWNED

from .entry import Entry

NAMES = (("start.cold_s", "s"), ("start.warm_s", "s"), ("idle.mb", "MB"))
ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 40.0
REST_SECONDS = 10.0
LAST_LINE = b"Ctrl-C"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Start:
    """One run of the platform."""

    def __init__(self, process: Process, url: str) -> None:
        self.process = process
        self.url = url
        self._began = time.monotonic()
        self.said = bytearray()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        while chunk := await self.process.stdout.read(4096):
            self.said += chunk

    async def until_ready(self) -> float:
        """Return the seconds until /readyz answers 200."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
            while True:
                with suppress(httpx.TransportError):
                    if (await http.get(f"{self.url}/readyz")).status_code == 200:
                        return time.monotonic() - self._began
                self.check()
                await asyncio.sleep(0.05)

    async def until_announced(self) -> None:
        """Wait until the tenants are loaded and the addresses printed."""
        while LAST_LINE not in self.said:
            self.check()
            await asyncio.sleep(0.1)

    def check(self) -> None:
        if self.process.returncode is not None:
            tail = self.said.decode(errors="replace").strip().splitlines()[-3:]
            raise RuntimeError(f"huzhu run ended with {self.process.returncode}: {' / '.join(tail)}")

    async def stop(self) -> None:
        """Ctrl-C, and no patience without end."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        await self._reader


@asynccontextmanager
async def started(home: Path) -> AsyncIterator[Start]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("huzhu")),
        "run",
        cwd=ROOT,
        env=os.environ | {"HUZHU_HOME": str(home), "PORT": str(port)},
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
    )
    start = Start(process, f"http://127.0.0.1:{port}")
    try:
        yield start
    finally:
        await asyncio.shield(start.stop())


def memory_mb(leader: int, home: Path) -> float:
    """Proportional memory of the supervisor and every process of this home."""
    family = {process.pid: process for process in [psutil.Process(leader)]}
    family |= {process.pid: process for process in family[leader].children(recursive=True)}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(OWNED) == str(home):
                family[process.pid] = process
    total = 0
    for process in family.values():
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 2**20


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the three entries."""
    folder = Path(tempfile.mkdtemp(prefix="huzhu-bench-"))
    home = folder / "home"
    try:
        async with started(home) as cold:
            cold_s = await cold.until_ready()
            yield Entry("start.cold_s", cold_s, "s", note="new home, .venv there; until /readyz")
            await cold.until_announced()
            await asyncio.sleep(REST_SECONDS)
            idle = await asyncio.to_thread(memory_mb, cold.process.pid, home)
            yield Entry(
                "idle.mb",
                idle,
                "MB",
                note=f"all processes, {REST_SECONDS:.0f} s after the tenants were loaded",
            )
        async with started(home) as warm:
            warm_s = await warm.until_ready()
            yield Entry("start.warm_s", warm_s, "s", note="same home; until /readyz")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
