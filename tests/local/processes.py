"""Helpers of these tests: waiting with a deadline, looking at processes, a platform in a process of its own."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from huzhu.home import Home


async def eventually(holds: Callable[[], bool], *, within_s: float = 60.0) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come true in time"
        await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def family(pids: Iterable[int]) -> list[int]:
    """The processes and all their descendants."""
    found: list[int] = []
    for pid in pids:
        try:
            found += [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.NoSuchProcess:
            continue
    return found


def running_on(home: Home) -> list[str]:
    """Whatever mentions the home: in its command line, environment or working folder."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ().get("HUZHU_OWNED_BY", "")
            words = [*process.cmdline(), environment, process.cwd()]
            if process.pid != os.getpid() and any(word.startswith(str(home.path)) for word in words):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
        except psutil.Error:
            continue
    return found


@dataclass
class PlatformProcess:
    """`run_platform` as a process, like `make run`."""

    process: Process
    pids: dict[str, int]

    @classmethod
    async def launch(cls, home: Home, *, before: str = "") -> "PlatformProcess":
        """Starts it without waiting until it runs; `before`: what the shell that starts it does first."""
        script = Path(__file__).with_name("run_platform.py")
        shell = ["/bin/sh", "-c", f'{before}; exec "$@"', "sh"] if before else []
        with home.create().path.with_suffix(".stderr").open("ab") as said:
            process = await asyncio.create_subprocess_exec(
                *(*shell, sys.executable, str(script), str(home.path)),
                stdout=PIPE,
                stderr=said,
                start_new_session=True,
            )
        return cls(process, {})

    @classmethod
    async def start(cls, home: Home, *, before: str = "") -> "PlatformProcess":
        """Starts it and waits until it runs."""
        platform = await cls.launch(home, before=before)
        lines = []
        assert platform.process.stdout is not None
        while line := await platform.process.stdout.readline():
            lines.append(line.decode())
            if line.startswith(b"{"):
                platform.pids = json.loads(line)
                return platform
        said = home.path.with_suffix(".stderr").read_text(errors="replace")[-1500:]
        raise AssertionError("the platform ended: " + "".join(lines) + said)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)

    def kill_everything(self) -> None:
        """kill -9 of the supervisor, its guard, the parts and all their children, as a dying machine would."""
        everybody = family([self.process.pid])
        for pid in everybody:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
