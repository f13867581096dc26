"""One order in progress per person and product: the slot in the database holds it, whoever asks at the same time."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from common.clock import today
from common.consumer import Worker
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.models import Order
from enrollment.policies.models import Cover, Policy
from enrollment.slots.repository import SlotRepository

from .covers import Wanted, put
from .test_issuing import force_paid
from .world import World, person


async def holders(world: World) -> list[UUID | None]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        rows = await session.execute(select(Cover.order_id).where(Cover.tenant_id == world.tenant.id))
        return list(rows.scalars())


async def terms_of(world: World) -> list[tuple[object, object]]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = select(Policy.starts_on, Policy.ends_on).where(Policy.tenant_id == world.tenant.id)
        return sorted(map(tuple, await session.execute(mine)))  # type: ignore[arg-type]


async def expiring(world: World, serial: int, *, days: int = 20) -> None:
    ends = today() + timedelta(days=days)
    await put(world, [Wanted(serial, ends - timedelta(days=364), ends)])


@pytest.mark.feature("C.08")
async def test_two_renewals_of_one_person_at_the_same_time(world: World, worker: Worker) -> None:
    """Four handlers renew the same person: one order has the person, and one term follows the running one."""
    await expiring(world, 1)
    orders = [await world.order() for _ in range(4)]
    for order in orders:
        answer = await world.upload(order, [person(1)])
        assert answer.json()["order"]["insurable"] == 1, answer.text
    answers = await asyncio.gather(*[world.submit(order) for order in orders])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (winner,) = [o for o, a in zip(orders, answers, strict=True) if a.status_code == 200]
    assert await holders(world) == [UUID(winner)]
    await world.client.post(f"/orders/{winner}/approve", world.reviewer, json={})
    await world.pay(winner, "120.00")
    await world.client.post(f"/orders/{winner}/payment/confirm", world.finance)
    await asyncio.gather(*[issue_policies(worker.context, world.tenant.id) for _ in range(3)])
    await issue_policies(worker.context, world.tenant.id)
    (_, first_end), (second_start, _) = await terms_of(world)
    assert second_start == first_end + timedelta(days=1)  # type: ignore[operator]
    assert await holders(world) == [None]


@pytest.mark.feature("C.08")
async def test_two_renewals_that_slipped_past_every_check(world: World, worker: Worker) -> None:
    """Even two paid orders with one person make one policy: the second waits for the slot, then finds it renewed."""
    await expiring(world, 1)
    orders = [await world.order() for _ in range(2)]
    for order in orders:
        await world.upload(order, [person(1)])
    for order in orders:
        await force_paid(world, order, 1)
    await asyncio.gather(*[issue_policies(worker.context, world.tenant.id) for _ in range(4)])
    await issue_policies(worker.context, world.tenant.id)
    states = [await world.state(order) for order in orders]
    assert sorted((state["issued"], state["skipped"]) for state in states) == [(0, 1), (1, 0)]
    assert len(await terms_of(world)) == 2


@pytest.mark.feature("C.04")
async def test_who_stands_on_another_order_in_progress_is_not_issued(world: World, worker: Worker) -> None:
    """An order that never took its slots covers nobody whom an order in progress holds."""
    holding = await world.submitted([person(1)])
    other = await world.order()
    await world.upload(other, [person(2)])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        slot = (await session.execute(select(Cover).where(Cover.tenant_id == world.tenant.id))).scalar_one()
        assert slot.order_id == UUID(holding)
    intruder = await world.order()
    refused = await world.upload(intruder, [person(1), person(3)])
    assert (refused.json()["order"]["insurable"], refused.json()["order"]["not_insurable"]) == (1, 1)
    items = (await world.client.get(f"/orders/{intruder}/people?insurable=false", world.handler)).json()[
        "items"
    ]
    assert [reason["code"] for reason in items[0]["reasons"]] == ["policy.in_progress"]


@pytest.mark.feature("C.04")
async def test_slots_are_taken_by_one_of_two_sessions(world: World) -> None:
    """The second waits for the first and gets nothing, by whichever way it came."""
    orders = [await world.order() for _ in range(2)]
    for order in orders:
        await world.upload(order, [person(n) for n in range(20)])

    async def take(order: str) -> bool:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            row = (await session.execute(select(Order).where(Order.id == UUID(order)))).scalar_one()
            return await SlotRepository(session, world.tenant.id).take(row)

    assert sorted(await asyncio.gather(*map(take, orders))) == [False, True]
    assert len(set(await holders(world))) == 1


@pytest.mark.feature("C.05")
async def test_a_returned_order_gives_its_people_back(world: World) -> None:
    first, second = await world.submitted([person(1), person(2)]), await world.order()
    path = f"/orders/{first}"
    people = (await world.client.get(f"{path}/people", world.handler)).json()["items"]
    one = [p["id"] for p in people][:1]
    some = await world.client.post(
        f"{path}/people/return", world.reviewer, json={"ids": one, "reason": "请补充材料"}
    )
    assert some.status_code == 200, some.text
    assert sorted(str(holder) for holder in await holders(world)) == sorted([first, "None"])
    back = await world.client.post(f"{path}/return", world.reviewer, json={"reason": "请核对人员"})
    assert back.status_code == 200, back.text
    assert await holders(world) == [None, None]
    await world.upload(second, [person(1), person(2)])
    assert (await world.submit(second)).status_code == 200
    assert await holders(world) == [UUID(second)] * 2
