"""Only our own processes are ever ended: pid, start time and command line must match, and the owner be dead."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import psutil
import pytest

from huzhu.home import Home
from huzhu.processes.program import Program, StillRunning, end_orphan, record_path, spawn
from huzhu.processes.record import Record, is_alive

from .processes import eventually, lives

DEAD_OWNER = {"owner_started": 1.0}


@pytest.fixture
async def stranger() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec("sleep", "1000")
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


def write(home: Home, process: asyncio.subprocess.Process, **changes: object) -> Record:
    record = Record.of(
        name="api",
        pid=process.pid,
        argv=["sleep", "1000"],
        stop_signal=signal.SIGTERM,
        stop_within_s=5.0,
        home=home.path,
    )
    changed = Record(**{**record.__dict__, **changes})
    changed.write(record_path(home, "api"))
    return changed


async def test_an_orphan_is_ended(home: Home, stranger: asyncio.subprocess.Process) -> None:
    write(home, stranger, **DEAD_OWNER)
    await end_orphan(home, "api")
    assert await stranger.wait() == -signal.SIGTERM
    assert not record_path(home, "api").exists()


@pytest.mark.parametrize("changes", [{"started": 1.0}, {"argv": ["/bin/something", "else"]}])
async def test_a_process_that_got_an_old_pid_is_left_alone(
    home: Home, stranger: asyncio.subprocess.Process, changes: dict[str, object]
) -> None:
    write(home, stranger, **DEAD_OWNER, **changes)
    await end_orphan(home, "api")
    assert lives(stranger.pid)


async def test_a_living_owner_keeps_its_process(home: Home, stranger: asyncio.subprocess.Process) -> None:
    write(home, stranger)
    with pytest.raises(StillRunning):
        await end_orphan(home, "api")
    assert lives(stranger.pid)


async def test_what_a_dead_process_left_in_its_session_is_found(home: Home) -> None:
    code = "import subprocess, sys; subprocess.Popen(['sleep', '1000']); sys.stdin.read()"
    program = Program("api", [sys.executable, "-c", code], cwd=home.create().path, stdin=None)
    running = await spawn(home, program)
    left: list[int] = []
    await running.process.wait()  # its standard input is empty: it ends at once, its child stays
    left = [process.pid for process in running.record.members(None)]
    assert len(left) == 1
    assert lives(left[0])
    await running.stop()
    await eventually(lambda: not lives(left[0]))


async def test_what_has_written_its_title_over_its_environment_is_known_by_its_title(home: Home) -> None:
    """As the workers of nginx do: they would keep the port of a master that was killed."""
    code = """import subprocess, sys
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], env={})
subprocess.Popen(['sleep', '1000'], env={})"""
    running = await spawn(home, Program("gateway", [sys.executable, "-c", code], cwd=home.create().path))
    await running.process.wait()

    def in_session() -> list[psutil.Process]:
        return [one for one in psutil.process_iter() if one.pid and os.getsid(one.pid) == running.pid]

    await eventually(lambda: len(in_session()) == 2)
    await eventually(lambda: any("sleep(1000)" in " ".join(one.cmdline()) for one in in_session()))
    found = running.record.members(None)
    assert ["time.sleep" in " ".join(one.cmdline()) for one in found] == [True]
    await running.stop()
    left = [one for one in in_session() if is_alive(one)]
    assert [one.name() for one in left] == ["sleep"]
    left[0].kill()


async def test_a_stubborn_process_is_killed_after_the_deadline(home: Home) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(99)"
    running = await spawn(
        home, Program("api", [sys.executable, "-c", code], home.create().path, stop_within_s=0.2)
    )
    await eventually(lambda: running.log.read_text() == "1\n")
    await running.stop()
    assert running.process.returncode == -signal.SIGKILL
    assert not psutil.pid_exists(running.pid)
