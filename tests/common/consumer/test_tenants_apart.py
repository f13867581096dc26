"""One tenant's failure, or its slow work, does not stop the others: jobs, poison events, packs that cannot be read."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from common.consumer import Job, Worker
from common.db.repository import unscoped
from common.events import Envelope
from common.events.models import TenantDirectory
from common.events.outbox import wrap
from common.http import ServiceContext
from common.ids import new_id

from .conftest import Sample, ThingHappened, faults
from .test_runtime import deliver

pytestmark = pytest.mark.feature("P.10")
SECONDS = 30.0
EVENTS = 200


async def tenants(sample: Sample, count: int) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    async with sample.context.db.transaction(None) as session:
        rows = [{"tenant_id": each, "code": f"t{each.hex[-12:]}"} for each in ids]
        await session.execute(unscoped(insert(TenantDirectory).values(rows), why="test"))
    return ids


async def test_a_tenant_whose_job_hangs_or_fails_leaves_the_others_their_rounds(sample: Sample) -> None:
    hanging, failing, healthy = await tenants(sample, 3)
    rounds = {hanging: 0, failing: 0, healthy: 0}

    async def run(_: ServiceContext, tenant_id: UUID) -> None:
        if tenant_id not in rounds:
            return
        rounds[tenant_id] += 1
        if tenant_id == hanging:
            await asyncio.Event().wait()
        if tenant_id == failing:
            raise ValueError("its pack cannot be read")

    worker = Worker(sample.context, subscriptions=())
    task = asyncio.create_task(worker._repeat(Job("sample", every=timedelta(seconds=0.02), run=run)))
    try:
        async with asyncio.timeout(SECONDS):
            while rounds[healthy] < 3 or rounds[failing] < 3:
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert rounds[hanging] == 1, "a run that still goes on is not begun a second time"


async def test_a_job_that_looks_first_runs_for_those_that_have_something_to_do(sample: Sample) -> None:
    idle, busy = await tenants(sample, 2)
    ran: set[UUID] = set()
    looks = 0

    async def waiting(_: ServiceContext) -> set[UUID]:
        nonlocal looks
        looks += 1
        return {busy} if looks > 2 else set()

    async def run(_: ServiceContext, tenant_id: UUID) -> None:
        ran.add(tenant_id)

    worker = Worker(sample.context, subscriptions=())
    job = Job("sample", every=timedelta(seconds=0.02), run=run, waiting=waiting)
    task = asyncio.create_task(worker._repeat(job))
    try:
        async with asyncio.timeout(SECONDS):
            while looks < 5:
                assert looks > 2 or not ran
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert ran == {busy} and idle not in ran


def happened(tenant: UUID, thing: str, number: int) -> Envelope:
    return wrap(ThingHappened(thing=thing, number=number), tenant)


async def seconds_of(sample: Sample, healthy: UUID, *poison: Envelope) -> float:
    """How long a tenant's events take when they arrive among the poison of another."""
    mine = [happened(healthy, f"k{number % 20}", number) for number in range(EVENTS)]
    began = time.perf_counter()
    for start in range(0, EVENTS, 50):
        await deliver(sample, *poison[start : start + 50], *mine[start : start + 50])
    took = time.perf_counter() - began
    assert len(await sample.effects(healthy)) == EVENTS
    return took


async def test_poison_of_one_tenant_delays_the_others_little(
    sample: Sample, record_property: Callable[[str, object], None]
) -> None:
    sick = new_id()
    alone = await seconds_of(sample, new_id())
    faults.failing.update({100_000 + number: ValueError("poison") for number in range(EVENTS)})
    poison = [happened(sick, f"p{number % 20}", 100_000 + number) for number in range(EVENTS)]
    beside = await seconds_of(sample, new_id(), *poison)
    record_property("seconds_alone", round(alone, 3))
    record_property("seconds_beside_poison", round(beside, 3))
    print(f"{EVENTS} events of a healthy tenant: {alone:.2f} s alone, {beside:.2f} s among as many of poison")
    assert await sample.effects(sick) == [], "poison has no effect"
    assert beside < 20 * alone + 5
