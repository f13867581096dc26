"""The supervisor's end of the guard (huzhu.processes.guard says what it is for)."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from huzhu.home import Home
from huzhu.processes.guard import FAREWELL


class Guard:
    """The supervisor's end: started first, dismissed last."""

    def __init__(self, home: Home) -> None:
        self._run = home.create().run
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Starts it; from now on no death of this process leaves anything behind."""
        command = [sys.executable, "-I", "-m", "huzhu.processes.guard", str(self._run), str(os.getpid())]
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
        )

    async def dismiss(self) -> None:
        """Tells it that everything was stopped, and waits for its end."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(FAREWELL)
            await self._process.stdin.drain()
            self._process.stdin.close()
        except (BrokenPipeError, ConnectionResetError):
            pass  # somebody has ended it already
        await self._process.wait()
        self._process = None
