"""Several workers tell the units at noon, some are killed on the way: each unit is told exactly once (row C.08)."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.clock import BUSINESS_ZONE
from common.ids import new_id
from enrollment.renewals.jobs import list_renewals

from .covers import ending, put
from .test_renewals import FIRST, at
from .world import World

ROOT = Path(__file__).resolve().parents[2]
UNITS = 60
NOON = datetime(FIRST.year, FIRST.month, FIRST.day, 12, 0, 5, tzinfo=BUSINESS_ZONE).astimezone(UTC)


def start(world: World, out: int) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "tests.enrollment.telling_worker",
        str(world.tenant.id),
        NOON.isoformat(),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=out)


def notices(events: list[Any]) -> Counter[str]:
    return Counter(e.data["unit_id"] for e in events if e.type == "enrollment.policy_expiring.v1")


@pytest.mark.feature("C.08")
async def test_each_unit_is_told_once_though_workers_are_killed(world: World, emitted: Any) -> None:
    units = [new_id() for _ in range(UNITS)]
    await world.tell_units([world.unit(unit_id=unit) for unit in units])
    await put(
        world, [ending(n, FIRST + timedelta(days=n % 20), unit_id=unit) for n, unit in enumerate(units, 1)]
    )
    with at(FIRST, 0, 5):
        await list_renewals(world.client.context, world.tenant.id)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    read, write = os.pipe()
    workers = {process.pid: process for process in (start(world, write) for _ in range(4))}
    killed: set[int] = set()
    deadline = time.monotonic() + 90
    try:
        with os.fdopen(read) as lines:
            while len(killed) < 2:
                # Whoever has just told some units is killed on the way to the next ones.
                pid = int(await asyncio.to_thread(lines.readline))
                if pid not in killed:
                    await asyncio.sleep(chance.random() * 0.03)
                    workers[pid].send_signal(signal.SIGKILL)
                    killed.add(pid)
            os.set_blocking(lines.fileno(), False)
            while sum(notices(await emitted()).values()) < UNITS and time.monotonic() < deadline:
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.3)
    finally:
        os.close(write)
        for process in workers.values():
            process.kill()
            process.wait()
    told = notices(await emitted())
    assert len(killed) == 2 and told == Counter({str(unit): 1 for unit in units}), (seed, told)
    assert clock.today() < FIRST
