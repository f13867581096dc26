"""`make run-stack` in a process of its own: started, looked at, its parts found by their records, stopped."""

import asyncio
import os
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import psutil
import pytest

from huzhu.gateway.describe import REPOSITORY_OPENAPI
from huzhu.gateway.web import WEB_APPS
from huzhu.home import SERVICES, Home
from huzhu.processes.program import record_path
from huzhu.processes.record import Record
from tests.conftest import ROOT
from tests.stack_broker import short_lived_home, skip_without_kafka

START_SECONDS = 900.0


class Stack:
    """The command in a process of its own."""

    def __init__(self, home: Home, port: int) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.said: list[str] = []
        self._environment = {**os.environ, "HUZHU_HOME": str(home.path), "PORT": str(port)}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "huzhu", "run-stack"),
            cwd=ROOT,
            env=self._environment,
            stdout=PIPE,
            stderr=STDOUT,
        )
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: any("Huzhu is running" in line for line in self.said), START_SECONDS)

    async def _read(self) -> None:
        assert self._process and self._process.stdout
        async for line in self._process.stdout:
            self.said.append(line.decode(errors="replace").rstrip())

    async def until(self, holds: Callable[[], object], within: float) -> None:
        """Wait until something holds; the command must go on running."""
        end = time.monotonic() + within
        while not holds():
            assert self._process and self._process.returncode is None, "\n".join(self.said)
            assert time.monotonic() < end, "\n".join(self.said[-40:])
            await asyncio.sleep(0.1)

    def signal(self, number: signal.Signals) -> None:
        """Send the command a signal."""
        assert self._process
        self._process.send_signal(number)

    async def stop(self) -> int:
        """Ask it to stop, and wait. Not by Ctrl-C: whoever starts the tests in the background has had it ignored."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(self._process.wait(), 120)
        except TimeoutError:
            self._process.kill()
            code = await self._process.wait()
        await self._reader
        return code

    @property
    def processes(self) -> dict[str, psutil.Process]:
        """The services' processes, by service and command."""
        assert self._process
        found = {}
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.Error):
                line = process.cmdline()
                if len(line) == 4 and line[1] == "-m" and line[2] in SERVICES:
                    found[f"{line[2]}-{line[3]}"] = process
        return found

    def unit(self, name: str) -> psutil.Process:
        """The process of a part or of a service, as its record has it: "postgres", "claims-api" (or its successor)."""
        for one in (name, f"{name}-next"):
            record = Record.read(record_path(self.home.stack, one))
            if record is not None and psutil.pid_exists(record.pid):
                return psutil.Process(record.pid)
        raise AssertionError(f"{name} does not run")


@asynccontextmanager
async def running_stack(*, port: int) -> AsyncIterator[Stack]:
    """Start the stack on fresh data; nothing of it is left afterwards."""
    home = short_lived_home("huzhu-stack-")
    stack = Stack(home, port)
    try:
        await stack.start()
        yield stack
    finally:
        try:
            await stack.stop()
        finally:
            shutil.rmtree(home.path.parent, ignore_errors=True)


def skip_without_stack() -> None:
    """Skip the test where the stack cannot run."""
    skip_without_kafka()
    if not REPOSITORY_OPENAPI.is_file() or not all(
        (app / "index.html").is_file() for app in WEB_APPS.values()
    ):
        pytest.skip("the web apps are not built: make web")
