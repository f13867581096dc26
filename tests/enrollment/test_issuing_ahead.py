"""Spans of one order that are issued at the same time: each begins where the one before will end, or is rolled back."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from common.clock import today
from common.consumer import Worker
from common.db import unscoped
from enrollment.issuing import jobs, lanes
from enrollment.issuing.errors import FactsUnsaid, Overtaken
from enrollment.issuing.jobs import issue_policies
from enrollment.issuing.lanes import IssuingLane
from enrollment.issuing.repository import IssuingRepository, PaidOrderRepository, Place
from enrollment.issuing.service import issue_span
from enrollment.people.models import OrderPerson
from enrollment.policies.models import Cover, Policy

from .world import World, id_number, person

NOBODY = UUID(int=0)


@pytest.fixture(autouse=True)
def small_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PEOPLE", 40)


async def numbers(world: World) -> list[int]:
    """The serials of all policies."""
    async with world.client.context.db.transaction(world.tenant.id) as session:
        found = select(Policy.number).where(Policy.tenant_id == world.tenant.id)
        return sorted(int(number[-6:]) for number in (await session.execute(found)).scalars())


async def set_cover(world: World, number: str, **values: Any) -> None:
    person_id = world.tenant.keys.person_id("resident_id", number)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = (Cover.tenant_id == world.tenant.id, Cover.person_id == person_id)
        await session.execute(update(Cover).where(*mine).values(values))


async def span(world: World, order: str, lane: IssuingLane | None = None) -> bool:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        keys = world.tenant.keys
        return await issue_span(
            session, tenant_id=world.tenant.id, order_id=UUID(order), keys=keys, most=40, lane=lane
        )


def lane_from(place: Place | None = None, before: asyncio.Task[Any] | None = None) -> IssuingLane:
    return IssuingLane(place, asyncio.get_running_loop().create_future(), before)


@pytest.mark.feature("C.05")
async def test_spans_side_by_side_cover_everybody_once(world: World, worker: Worker) -> None:
    order = await world.paid([person(n) for n in range(350)])
    await issue_policies(worker.context, world.tenant.id)
    state = await world.state(order)
    assert (state["status"], state["issued"], state["skipped"]) == ("done", 350, 0)
    assert await numbers(world) == list(range(1, 351))


@pytest.mark.feature("C.05")
async def test_whoever_is_skipped_moves_those_behind_up(world: World, worker: Worker) -> None:
    order = await world.paid([person(n) for n in range(350)])
    for n in (30, 170):
        await set_cover(world, id_number(n), covered_until=today() + timedelta(days=500))
    while (await world.state(order))["status"] != "done":
        await issue_policies(worker.context, world.tenant.id)
    state = await world.state(order)
    assert (state["issued"], state["skipped"]) == (348, 2)
    assert await numbers(world) == list(range(1, 349))


async def test_a_span_issued_ahead_waits_for_the_one_before(world: World) -> None:
    """It works while the other holds the order, and is counted behind it."""
    order, first = await world.paid([person(n) for n in range(60)]), lane_from()
    async with world.client.context.db.transaction(world.tenant.id) as session:
        arguments: Any = {"order_id": UUID(order), "keys": world.tenant.keys, "most": 40, "lane": first}
        await issue_span(session, tenant_id=world.tenant.id, **arguments)
        ahead = asyncio.create_task(span(world, order, lane_from(await first.told)))
        await until_one_waits(world)
    assert await ahead
    state = await world.state(order)
    assert (state["status"], state["issued"]) == ("done", 60)
    assert await numbers(world) == list(range(1, 61))


async def test_a_span_that_is_done_before_the_one_before_it_waits_too(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is rolled back and issued again because the later one was quicker."""
    order = await world.paid([person(n) for n in range(80)])
    whole, issued, second_done = IssuingRepository.issue, list[int](), asyncio.Event()

    async def issue(self: IssuingRepository, *arguments: Any, placed: int, **more: Any) -> Any:
        if placed == 0:
            await asyncio.wait_for(second_done.wait(), 60)
        batches = await whole(self, *arguments, placed=placed, **more)
        issued.append(placed)
        if placed == 40:
            second_done.set()
        return batches

    monkeypatch.setattr(IssuingRepository, "issue", issue)
    await issue_policies(worker.context, world.tenant.id)
    assert issued == [40, 0]
    assert (await world.state(order))["issued"] == 80
    assert await numbers(world) == list(range(1, 81))


async def test_a_span_that_waits_too_long_for_the_one_before_gives_way(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody ends covers of both spans: the first waits for them, they for the second, and it for the first."""
    order = await world.paid([person(n) for n in range(80)])
    monkeypatch.setattr(lanes, "LONGEST_TURN_S", 0.5)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        found = select(OrderPerson.person_id).where(
            OrderPerson.tenant_id == world.tenant.id, OrderPerson.order_id == UUID(order)
        )
        people = list((await session.execute(found.order_by(OrderPerson.id))).scalars())
        mine = select(Cover).where(Cover.tenant_id == world.tenant.id)
        await session.execute(mine.where(Cover.person_id == people[0]).with_for_update())
        issuing = asyncio.create_task(issue_policies(worker.context, world.tenant.id))
        await until_one_waits(world)
        await until_held(world, people[-1])
        async with asyncio.timeout(60):
            await session.execute(mine.where(Cover.person_id == people[-1]).with_for_update())
    await asyncio.wait_for(issuing, 60)
    while (await world.state(order))["status"] != "done":
        await issue_policies(worker.context, world.tenant.id)
    assert await numbers(world) == list(range(1, 81))


async def test_a_span_that_begins_elsewhere_leaves_nothing(world: World) -> None:
    order = await world.paid([person(n) for n in range(60)])
    with pytest.raises(Overtaken):
        await span(world, order, lane_from(Place(NOBODY, 1)))
    assert await numbers(world) == [] and (await world.state(order))["issued"] == 0


async def test_one_worker_at_a_time(world: World, worker: Worker) -> None:
    order = await world.paid([person(n) for n in range(60)])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        assert await PaidOrderRepository(session, world.tenant.id).take(UUID(order))
        await issue_policies(worker.context, world.tenant.id)
        assert (await world.state(order))["issued"] == 0
    await issue_policies(worker.context, world.tenant.id)
    assert (await world.state(order))["status"] == "done"


async def test_cover_that_ends_at_this_moment_is_followed_at_once(world: World) -> None:
    """The slots are locked before it is decided what follows them: nobody is refunded for what is over."""
    order = await world.paid([person(1), person(2)])
    await set_cover(world, id_number(1), covered_until=today() + timedelta(days=500))
    person_id = world.tenant.keys.person_id("resident_id", id_number(1))
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = (Cover.tenant_id == world.tenant.id, Cover.person_id == person_id)
        await session.execute(update(Cover).where(*mine).values(covered_until=today() - timedelta(days=1)))
        issuing = asyncio.create_task(span(world, order))
        await until_one_waits(world)
    assert await issuing
    state = await world.state(order)
    assert (state["status"], state["issued"], state["skipped"]) == ("done", 2, 0)


async def test_policies_of_which_too_little_is_said_are_not_issued(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await world.paid([person(1), person(2)])
    whole = IssuingRepository.issue

    async def less(self: IssuingRepository, *arguments: Any, events: list[Any], **more: Any) -> Any:
        return await whole(self, *arguments, events=events[:1], **more)

    monkeypatch.setattr(IssuingRepository, "issue", less)
    with pytest.raises(FactsUnsaid):
        await span(world, order)
    assert await numbers(world) == []


async def until_held(world: World, person_id: UUID) -> None:
    """Return when another session has the slot of a person."""
    mine = (Cover.tenant_id == world.tenant.id, Cover.person_id == person_id)
    async with asyncio.timeout(60):
        while True:
            async with world.client.context.db.transaction(world.tenant.id) as session:
                free = await session.execute(select(Cover.id).where(*mine).with_for_update(skip_locked=True))
                if free.first() is None:
                    return
            await asyncio.sleep(0.05)


async def until_one_waits(world: World) -> None:
    """Return when a session of the database waits for a row."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'")
    async with asyncio.timeout(60), world.client.context.db.transaction(world.tenant.id) as session:
        while not (await session.execute(unscoped(waiting, why="reads no tenant's row"))).scalar_one():
            await asyncio.sleep(0.02)
