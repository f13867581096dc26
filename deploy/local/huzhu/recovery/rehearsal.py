"""A platform of its own for the drill: started, stopped and destroyed as an operator would, never left behind."""

import asyncio
import os
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed
from huzhu.parts.ports import HOST, Ports
from huzhu.processes.program import Program
from huzhu.processes.record import OWNED

Say = Callable[[str], None]
START_SECONDS = 600.0
SETTLE_SECONDS = 300.0
COMMAND_SECONDS = 600.0
STOP_SECONDS = 60.0


class DrillFailed(AssertionError):
    """A step of the drill did not hold."""


class Drill:
    """One drill in a folder of its own."""

    def __init__(self, home: Home, say: Say) -> None:
        self.home = home.create()
        self.port = Ports(home).take("drill")
        self.url = f"http://{HOST}:{self.port}"
        self.environment = {**os.environ, "HUZHU_HOME": str(home.path), "PORT": str(self.port)}
        self._say, self._began = say, time.monotonic()
        self._platform: Process | None = None
        self._said = 0

    def say(self, text: str) -> None:
        """Show a line with the time since the drill began."""
        self._say(f"{time.monotonic() - self._began:6.1f} s  {text}")

    @property
    def log(self) -> Path:
        """What the platform says while it starts."""
        return self.home.path / "drill.log"

    async def start(self) -> float:
        """Start the platform as `make run` does; return the seconds until a person could sign in."""
        started = time.monotonic()
        self._said = self.log.stat().st_size if self.log.exists() else 0
        # Tied to this process's life: a drill that is killed leaves no platform behind.
        program = Program("drill", [sys.executable, "-m", "huzhu", "run"], cwd=Path.cwd(), inherit=True)
        with self.log.open("ab") as log:
            self._platform = await asyncio.create_subprocess_exec(
                *program.command(), env=self.environment, stdout=log, stderr=STDOUT, start_new_session=True
            )
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            while not await self._is_ready(http):
                self._must_run()
                self.require(time.monotonic() - started < START_SECONDS, "the platform is not ready in time")
                await asyncio.sleep(0.2)
        return time.monotonic() - started

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"{self.url}/readyz")).is_success
        except httpx.HTTPError:
            return False

    def _must_run(self) -> None:
        running = self._platform is not None and self._platform.returncode is None
        self.require(running, f"the platform ended:\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    async def until_announced(self) -> None:
        """Wait until this start has loaded the unions."""
        end = time.monotonic() + START_SECONDS
        while b"Huzhu is running" not in self.log.read_bytes()[self._said :]:
            self._must_run()
            self.require(time.monotonic() < end, "the unions are not loaded in time")
            await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Stop the platform in order; kill what does not stop."""
        if self._platform is not None and self._platform.returncode is None:
            self._platform.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._platform.wait(), STOP_SECONDS)
            except TimeoutError:
                await self.kill()
        self._platform = None

    async def kill(self) -> None:
        """Kill every process of the platform at once, the supervisor first."""
        everybody = [one for one in psutil.process_iter() if _owned(one, self.home.path)]
        if self._platform is not None and self._platform.returncode is None:
            self._platform.kill()
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await asyncio.to_thread(psutil.wait_procs, everybody, timeout=20)
        if self._platform is not None:
            await self._platform.wait()
        self._platform = None

    async def destroy(self) -> None:
        """Kill everything and remove all data: what is left is the archive and the keys."""
        await self.kill()
        await asyncio.to_thread(shutil.rmtree, self.home.data)

    async def run(self, *command: str) -> str:
        """Run a command of `huzhu`; its output. Whatever happens, it is not left running."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "huzhu", *command), env=self.environment, stdout=PIPE, stderr=STDOUT
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), COMMAND_SECONDS)
        except TimeoutError:
            raise DrillFailed(f"huzhu {' '.join(command)} took more than {COMMAND_SECONDS:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = output.decode(errors="replace")
        self.require(process.returncode == 0, f"huzhu {' '.join(command)}:\n{text}")
        return text

    def owner(self, service: str) -> str:
        """A service's database as its owner, who sees all unions."""
        return EmbeddedPostgres(self.home).attach().dsn(f"huzhu_{service}", f"{service}_owner")

    def superuser(self) -> str:
        """The database server as its superuser."""
        return EmbeddedPostgres(self.home).attach().dsn()

    async def ask(self, service: str, statement: str, *values: Any) -> Any:
        """Return one value of a service's database."""
        connection = await asyncpg.connect(self.owner(service))
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    def objects(self) -> int:
        """Count what lies in the object store."""
        client = EmbeddedSeaweed(self.home).attach().client()
        return sum(
            1 for bucket in client.list_buckets() for _ in client.list_objects(bucket.name, recursive=True)
        )

    async def eventually(self, holds: Callable[[], Awaitable[object]], words: str) -> None:
        """Wait until something becomes true."""
        end = time.monotonic() + SETTLE_SECONDS
        while not await holds():
            self.require(time.monotonic() < end, words)
            await asyncio.sleep(0.5)

    def require(self, holds: object, words: str) -> None:
        """Raise DrillFailed unless it holds."""
        if not holds:
            raise DrillFailed(words)


def _owned(process: psutil.Process, path: Path) -> bool:
    try:
        return process.environ().get(OWNED, "") == str(path)
    except psutil.Error:
        return False
