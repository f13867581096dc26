"""What is written down about a started process, so that only our own processes are ever ended."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from huzhu.secret_file import write_atomically

# psutil derives start times from the boot time, which may move by a second when the clock is set.
_CLOCK_SLACK_S = 2.0
OWNED = "HUZHU_OWNED_BY"
"""Environment variable with the home's path that every started process and its descendants carry."""


@dataclass(frozen=True)
class Record:
    """One started process and the process that owns it."""

    name: str
    pid: int
    started: float
    argv: list[str]
    stop_signal: int
    stop_within_s: float
    owner_pid: int
    owner_started: float
    home: str

    @classmethod
    def of(
        cls, *, name: str, pid: int, argv: Sequence[str], stop_signal: int, stop_within_s: float, home: Path
    ) -> "Record":
        """The record of a process that this process has just started."""
        try:
            started = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            started = 0.0
        me = psutil.Process()
        return cls(
            name=name,
            pid=pid,
            started=started,
            argv=list(argv),
            stop_signal=int(stop_signal),
            stop_within_s=stop_within_s,
            owner_pid=me.pid,
            owner_started=me.create_time(),
            home=str(home),
        )

    @classmethod
    def read(cls, path: Path) -> "Record | None":
        """The record in a file; None when there is none or a crash spoilt it."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Keeps the record."""
        write_atomically(path, json.dumps(asdict(self)))

    def process(self) -> psutil.Process | None:
        """The process if it still lives and is the recorded one: pid, start time and command line match."""
        found = _living(self.pid, self.started)
        if found is None:
            return None
        try:
            return found if _same_program(found.cmdline(), self.argv) else None
        except psutil.Error:
            return None

    def members(self, leader: psutil.Process | None) -> list[psutil.Process]:
        """The process (None: dead), its descendants, and what a dead one has left in its session."""
        found = {} if leader is None else {process.pid: process for process in _family(leader)}
        for process in psutil.process_iter():
            if process.pid not in found and self._left_behind(process):
                found[process.pid] = process
        return list(found.values())

    def _left_behind(self, process: psutil.Process) -> bool:
        try:
            in_session = (
                os.getsid(process.pid) == self.pid and process.create_time() >= self.started - _CLOCK_SLACK_S
            )
            return in_session and is_alive(process) and self._is_marked(process)
        except (OSError, psutil.Error):
            return False

    def _is_marked(self, process: psutil.Process) -> bool:
        """Whether it carries our mark; one that has written its title over its environment is known by its title."""
        environment = {name: value for name, value in process.environ().items() if name}
        if environment:
            return environment.get(OWNED) == self.home
        return _same_program(process.cmdline(), self.argv)

    def owner_lives(self) -> bool:
        """Whether the process that started it still runs (this one included)."""
        return _living(self.owner_pid, self.owner_started) is not None


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; an unreaped zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def send(process: psutil.Process, number: int) -> None:
    """Signals a process unless it has gone."""
    try:
        process.send_signal(number)
    except psutil.Error:
        return


def _family(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _living(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - started) > _CLOCK_SLACK_S:
            return None
    except psutil.NoSuchProcess:
        return None
    return process


def _same_program(actual: list[str], recorded: list[str]) -> bool:
    # A script's interpreter may stand in front; a server may write its state behind (postgres does).
    if not actual:
        return False
    line, wanted = " ".join(actual), " ".join(recorded)
    return wanted in line or Path(recorded[0]).name in line
