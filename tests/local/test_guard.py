"""The guard on its own: what it ends, and when."""

import asyncio
import sys
from pathlib import Path

from huzhu.home import Home

from .processes import eventually, lives

CHILD = Path(__file__).with_name("child.py")
DYING_OWNER = """
import asyncio, os, sys, time
from pathlib import Path
from huzhu.home import Home
from huzhu.processes.program import Program, spawn
from huzhu.supervisor.guard import Guard

async def main(home, child):
    guard = Guard(home)
    await guard.start()
    started = await spawn(home, Program("stubborn", [sys.executable, child, "stubborn"], home.path, stop_within_s=0.2))
    print(started.pid, guard.pid, flush=True)
    guard._process.stdin.close()  # as the kernel does for a killed process that still gives back its memory
    await asyncio.sleep(0)
    time.sleep(1.5)
    os._exit(1)

asyncio.run(main(Home(Path(sys.argv[1])), sys.argv[2]))
"""


async def test_an_owner_that_takes_a_while_to_die_leaves_nothing(home: Home) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING_OWNER, str(home.create().path), str(CHILD), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await owner.communicate()
    child, guard = (int(pid) for pid in said.split())
    assert owner.returncode == 1
    await eventually(lambda: not lives(guard), within_s=60)
    assert not lives(child)
