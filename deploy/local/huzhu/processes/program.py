"""Starting and ending one operating-system process: own session, own log, recorded, never left behind."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from huzhu.home import Home
from huzhu.processes.record import OWNED, Record, is_alive, send

_LAUNCH = Path(__file__).with_name("launch.py")
_POLL_S = 0.02
_KILL_TAKES_S = 5.0
_OUTLIVES_S = 0.5
_RECORD = ".pid.json"
_OWNERS = "_OWNER_DATABASE_URL"
"""Variables that only migrations read: never passed on by inheritance."""


class StillRunning(RuntimeError):
    """The program already runs on this home and its owner lives."""


@dataclass(frozen=True)
class Program:
    """A program to run: what, where, as whom, and which signal asks it to stop."""

    name: str
    argv: list[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    user: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0
    stdin: bytes | None = None
    inherit: bool = False
    """Whether the caller's environment is passed on: for the platform's own programs, not for the parts."""
    pass_fds: tuple[int, ...] = ()
    """Open files that it inherits under the same numbers."""

    def command(self) -> list[str]:
        """The command line with the launcher in front, which ties the program to this process's life."""
        user = f"{self.user[0]}:{self.user[1]}" if self.user else "-"
        front = [sys.executable, "-I", "-S", str(_LAUNCH), str(int(self.stop_signal)), str(os.getpid()), user]
        return [*front, *self.argv]

    def environment(self) -> dict[str, str]:
        """For a part a clean one: nothing of the caller's (PGDATA, AWS_PROFILE, …) reaches it by accident."""
        if self.inherit:
            passed = {name: value for name, value in os.environ.items() if not name.endswith(_OWNERS)}
            return {**passed, **self.env, "PWD": str(self.cwd)}
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.cwd),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            **self.env,
            "PWD": str(self.cwd),
        }


@dataclass
class Running:
    """A started program."""

    program: Program
    process: Process
    record: Record
    record_path: Path
    log: Path

    @property
    def pid(self) -> int:
        """Its process id; also that of its process group."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.returncode is None

    async def stop(self) -> None:
        """Asks it to stop, waits, then kills; all its descendants are gone afterwards."""
        # It is our child: known by its handle, whatever title it has given itself.
        leader = psutil.Process(self.pid) if self.alive and psutil.pid_exists(self.pid) else None
        await end(self.record, leader)
        await self.process.wait()
        self.record_path.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        """Where its log is and how it ends."""
        try:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            tail = ""
        return f"its log ({self.log}) ends:\n{tail}"


async def spawn(home: Home, program: Program) -> Running:
    """Starts a program in a session of its own, its output appended to its log, and records it."""
    log = home.log_of(program.name)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *program.command(),
            cwd=program.cwd,
            env={**program.environment(), OWNED: str(home.path)},
            stdin=DEVNULL if program.stdin is None else PIPE,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
            pass_fds=program.pass_fds,
        )
    record = Record.of(
        name=program.name,
        pid=process.pid,
        argv=program.argv,
        stop_signal=program.stop_signal,
        stop_within_s=program.stop_within_s,
        home=home.path,
    )
    path = record_path(home, program.name)
    record.write(path)
    if process.stdin is not None:
        process.stdin.write(program.stdin or b"")
        process.stdin.close()
    return Running(program, process, record, path, log)


def record_path(home: Home, name: str) -> Path:
    """Where the record of a named process is kept."""
    return home.create().run / f"{name}{_RECORD}"


async def end_orphan(home: Home, name: str) -> None:
    """Ends what an earlier, dead owner left running under this name.

    Raises StillRunning when the owner still lives: then it is no orphan.
    """
    path = record_path(home, name)
    record = Record.read(path)
    if record is not None:
        if record.process() is not None and record.owner_lives():
            raise StillRunning(f"{name} already runs on {home.path}, started by process {record.owner_pid}.")
        await end(record, record.process())
    path.unlink(missing_ok=True)


def recorded(home: Home) -> list[str]:
    """The names under which something is recorded as running."""
    return sorted(path.name.removesuffix(_RECORD) for path in home.create().run.glob(f"*{_RECORD}"))


async def end(record: Record, leader: psutil.Process | None) -> None:
    """Ends a process (None: dead already) and all below it; what a dead one has left behind is killed at once."""
    family = record.members(leader)
    await end_processes(family, leader, record.stop_signal, deadline_s=record.stop_within_s)
    await end_processes(record.members(None), None, signal.SIGKILL, deadline_s=0)  # born meanwhile


async def end_processes(
    processes: Iterable[psutil.Process], leader: psutil.Process | None, first: int, *, deadline_s: float
) -> None:
    """Signals the leader and waits; kills it after the deadline, and soon what outlives it."""
    family = list(processes)
    if leader is not None:
        send(leader, first)
        await _gone([leader], time.monotonic() + deadline_s)
        if await _gone(family, time.monotonic() + _OUTLIVES_S):
            return
    for process in family:
        send(process, signal.SIGKILL)
    await _gone(family, time.monotonic() + _KILL_TAKES_S)


async def _gone(processes: Iterable[psutil.Process], until: float) -> bool:
    waiting = list(processes)
    while waiting := [process for process in waiting if is_alive(process)]:
        if time.monotonic() > until:
            return False
        await asyncio.sleep(_POLL_S)
    return True
