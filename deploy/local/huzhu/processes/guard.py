"""The guard: a small process that outlives a killed supervisor just long enough to end what it left behind.

It reads a pipe of which only the supervisor has the other end. A farewell means that all was stopped in order;
the end of the pipe without one means that the supervisor was killed. (Linux also signals the direct children
through their parent-death signal; the guard is what works everywhere and reaches grandchildren.)
"""

import os
import signal
import sys
import time
from pathlib import Path

from huzhu.processes.record import Record, is_alive, send

FAREWELL = b"stopped\n"
_POLL_S = 0.05
_DYING_TAKES_S = 30.0  # a process gives back its memory before its parent is told


def end_all(run: Path, owner: int) -> None:
    """Ends every recorded process of a dead owner: asks, waits, then kills with all descendants."""
    records = (Record.read(path) for path in run.glob("*.pid.json"))
    left = [one for one in records if one is not None and one.owner_pid == owner and not one.owner_lives()]
    found = [(record, record.process()) for record in left]
    family = [process for record, leader in found for process in record.members(leader)]
    leaders = [(record, leader) for record, leader in found if leader is not None]
    for record, leader in leaders:
        send(leader, record.stop_signal)
    asked = time.monotonic()
    while leaders := [(record, leader) for record, leader in leaders if is_alive(leader)]:
        time.sleep(_POLL_S)
        for record, leader in leaders:
            if time.monotonic() - asked > record.stop_within_s:
                send(leader, signal.SIGKILL)
    for process in family:
        send(process, signal.SIGKILL)


def await_death(owner: int) -> None:
    """Waits until the dying owner, our parent, is dead: its pipes are closed a little before."""
    until = time.monotonic() + _DYING_TAKES_S
    while os.getppid() == owner and time.monotonic() < until:
        time.sleep(_POLL_S)


def main() -> None:
    """Waits for the farewell or for the end of the pipe."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    run, owner = Path(sys.argv[1]), int(sys.argv[2])
    if sys.stdin.buffer.read() != FAREWELL:
        await_death(owner)
        end_all(run, owner)


if __name__ == "__main__":
    main()
