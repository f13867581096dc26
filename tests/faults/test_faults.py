"""Everything is killed at random under load; afterwards every promise is checked against the whole history.

The seed is printed; HUZHU_FAULT_SEED gives it back, HUZHU_FAULT_SECONDS makes the time of breaking longer.
"""

import asyncio
import itertools
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import pytest_asyncio

from common.events.envelope import partition_of, slot_of
from common.events.outbox import PARTITIONS

from .history import POISONED_KEY, STAGES, check
from .injector import Injector
from .load import Load
from .observe import look, until_quiet
from .system import WORKERS, System, running_system

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(600)]
CLIENTS = 6
QUIET_SECONDS = 240.0
TENANTS = 3
LONG = [pytest.mark.stack, pytest.mark.timeout(900)]
KINDS = [
    pytest.param(("postgres", 9.0), id="embedded"),
    pytest.param(("postgres", 70.0), id="embedded-long", marks=LONG),
    pytest.param(("kafka", 90.0), id="kafka", marks=LONG),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=KINDS)
async def setting(request: pytest.FixtureRequest) -> AsyncIterator[tuple[System, float]]:
    """The running system and for how many seconds it is to be broken."""
    bus, seconds = request.param
    async with running_system(bus) as system:
        yield system, float(os.environ.get("HUZHU_FAULT_SECONDS", seconds))


async def new_load(system: System, seed: int) -> Load:
    tenants = [await system.new_tenant() for _ in range(TENANTS)]
    return Load(system.url, system.mint, tenants, random.Random(seed))


@contextmanager
def told(system: System, seed: int) -> Iterator[None]:
    """Let every failure carry the seed and the ends of the logs."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error!r}\n{system.last_words()}") from error


def new_seed() -> int:
    return int(os.environ.get("HUZHU_FAULT_SEED") or random.randrange(10**9))


async def test_killed_at_random_nothing_is_lost_doubled_or_out_of_order(
    setting: tuple[System, float], capsys: pytest.CaptureFixture[str]
) -> None:
    system, seconds = setting
    seed = new_seed()
    load = await new_load(system, seed)
    injector = Injector(system, random.Random(seed + 1))
    with told(system, seed):
        async with load.running(CLIENTS, deadline=QUIET_SECONDS):
            await injector.run(seconds)
            healed = time.monotonic()
    world = await until_quiet(system, deadline=QUIET_SECONDS)
    quiet = time.monotonic() - healed
    await load.close()
    with capsys.disabled():
        print(
            f"\nfault seed {seed}: {dict(injector.done)}, {len(load.history.answered)} requests answered, "
            f"{load.repeated} sent again, {len(world.effects)} effects, {len(world.dead)} dead letters, "
            f"quiet after {quiet:.0f} s"
        )
    findings = [*check(load.history, world), *system.nursery.died]
    assert not findings, f"seed {seed}\n" + "\n".join((*findings[:40], system.last_words()))
    assert load.history.answered, "nothing was answered: the test means nothing"


def neighbours(tenant: UUID, partition: int, count: int) -> list[str]:
    """Keys of a tenant that go to one partition."""
    names = (f"n{n}" for n in itertools.count())
    return list(itertools.islice((n for n in names if place_of(tenant, n) == partition), count))


def place_of(tenant: UUID, key: str) -> int:
    return partition_of(slot_of(tenant, key), PARTITIONS)


async def test_a_failing_key_holds_up_no_other(setting: tuple[System, float]) -> None:
    system, _ = setting
    system.pause = 3600.0
    for name in WORKERS:
        await system.kill(name)
        await system.start(name)
    load = await new_load(system, 0)
    tenant, other = load.tenants[:2]
    for _ in range(3):
        await load.request(tenant, POISONED_KEY)
    partition = place_of(tenant, POISONED_KEY)
    free = [(t, key) for t in (tenant, other) for key in neighbours(t, partition, 3)]
    for _ in range(4):
        await asyncio.gather(*(load.request(t, key) for t, key in free))
    await load.close()
    wanted = {(str(t), stage, key, n) for t, key in free for stage in STAGES for n in range(1, 5)}
    end = time.monotonic() + QUIET_SECONDS
    while True:
        world = await look(system)
        found = {tuple(e[:4]) for e in world.effects if e.tenant in {str(tenant), str(other)}}
        if found >= wanted and world.parked == 3:
            break
        assert time.monotonic() < end, (sorted(wanted - found), world.parked, system.last_words())
        await asyncio.sleep(0.2)
    assert found == wanted, "the failing event and its successors wait"
    assert not [letter for letter in world.dead if letter.tenant == str(tenant)]
