"""`huzhu replace` on a stack under load: the processes are new ones, and no request is refused or cut off."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT

from huzhu.stack.names import process_names
from tests.chaos.load import Load

from .running import Stack

WAIT_SECONDS = 600.0


async def no_request_fails_while_replaced(stack: Stack, load: Load, *services: str) -> None:
    """Replace these services' processes (none named: all) while the load goes on."""
    before, sent = stack.processes, len(load.calls)
    await _replace(stack, *services)
    after, calls = stack.processes, load.calls[sent:]
    assert before.keys() == after.keys() == set(process_names())
    new = {name for name in after if after[name].pid != before[name].pid}
    assert new == {name for name in before if not services or name.split("-")[0] in services}
    assert [call for call in calls if call.failed] == [], "a request was refused or cut off"
    assert load.history.refused == []
    assert {"read claims", "read enrollment"} <= {call.kind for call in calls}


async def _replace(stack: Stack, *services: str) -> None:
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "huzhu", "replace", *services),
        env={**os.environ, "HUZHU_HOME": str(stack.home.path)},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        told, _ = await asyncio.wait_for(command.communicate(), WAIT_SECONDS)
    finally:
        if command.returncode is None:
            command.kill()
            await command.wait()
    assert command.returncode == 0, "\n".join((told.decode(), *stack.said[-40:]))
