"""Policies of paid orders: in chunks, once, never two for one person; and told again on demand."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from common.clock import today
from common.consumer import ConsumerContext, Worker
from common.contracts.enrollment import ContributionReceived, OrderPaid, PersonEnrolled, PoliciesIssued
from common.events import Envelope
from common.testing import Pump
from enrollment.issuing.consumers import on_order_paid
from enrollment.issuing.jobs import issue_policies
from enrollment.issuing.service import issue_chunk
from enrollment.orders.models import Order
from enrollment.policies.jobs import tell_policies
from enrollment.policies.models import Cover, Policy
from enrollment.policies.repository import PolicyRepository

from .world import World, id_number, person

Emitted = Callable[[], Awaitable[list[Envelope]]]


async def count(world: World, *where: object) -> int:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = (
            select(func.count()).select_from(Policy).where(Policy.tenant_id == world.tenant.id, *where)
        )  # type: ignore[arg-type]
        return int((await session.execute(statement)).scalar_one())


def of(events: list[Envelope], kind: type) -> list[Envelope]:
    return [event for event in events if event.type == kind.wire]  # type: ignore[attr-defined]


@pytest.mark.feature("C.05")
async def test_a_large_order_is_issued_in_chunks(world: World, emitted: Emitted) -> None:
    order = await world.paid([person(n) for n in range(1_201)])
    await issue_policies(world.client.context, world.tenant.id)
    done = await world.state(order)
    assert (done["status"], done["issued"]) == ("done", 1_201)
    events = await emitted()
    batches = [PoliciesIssued.model_validate(event.data) for event in of(events, PoliciesIssued)]
    assert [len(batch.policies) for batch in batches] == [500, 500, 201]
    facts = [fact for batch in batches for fact in batch.policies]
    assert len({fact.number for fact in facts}) == len({fact.person_id for fact in facts}) == 1_201
    numbers = sorted(fact.number for fact in facts)
    assert (numbers[0], numbers[-1]) == (f"{done['number']}000001", f"{done['number']}001201")
    assert all(batch.notify for batch in batches)
    people = [PersonEnrolled.model_validate(event.data) for event in of(events, PersonEnrolled)]
    assert {p.person_id for batch in people for p in batch.people} == {fact.person_id for fact in facts}
    keys = world.tenant.keys
    first = facts[0]
    assert keys.open(first.document_number.ciphertext, context="person.document").startswith("320211")
    assert first.bank_card and keys.open(first.bank_card.ciphertext, context="person.card").startswith("6228")
    assert (first.starts_on, first.pack_version) == (today(), world.tenant.pack.version)


async def test_money_and_cover_are_said_once(world: World, emitted: Emitted) -> None:
    order = await world.paid([person(1), person(2)])
    await issue_policies(world.client.context, world.tenant.id)
    events = await emitted()
    (received,) = of(events, ContributionReceived)
    assert (received.data["amount"], received.data["fund"]) == ("240.00", "three-in-one")
    (paid,) = of(events, OrderPaid)
    context = ConsumerContext(world.client.context, paid)
    for _ in range(2):
        async with world.client.context.db.transaction(world.tenant.id) as session:
            await on_order_paid(session, OrderPaid.model_validate(paid.data), context)
    assert await count(world) == 2
    assert (await world.state(order))["issued"] == 2


async def test_a_crash_between_chunks_loses_and_doubles_nobody(world: World) -> None:
    """A chunk that fails is rolled back whole; whoever comes next goes on where it was."""
    order = await world.paid([person(n) for n in range(700)])
    db = world.client.context.db

    async def crash() -> None:
        async with db.transaction(world.tenant.id) as session:
            assert await issue_chunk(
                session, tenant_id=world.tenant.id, order_id=UUID(order), keys=world.tenant.keys
            )
            raise ConnectionResetError

    async with db.transaction(world.tenant.id) as session:
        await issue_chunk(session, tenant_id=world.tenant.id, order_id=UUID(order), keys=world.tenant.keys)
    with pytest.raises(ConnectionResetError):
        await crash()
    assert ((await world.state(order))["issued"], await count(world)) == (500, 500)
    await asyncio.gather(*[issue_policies(world.client.context, world.tenant.id) for _ in range(3)])
    await issue_policies(world.client.context, world.tenant.id)
    assert ((await world.state(order))["status"], await count(world)) == ("done", 700)


async def force_paid(world: World, order: str, people: int) -> None:
    """Bring a draft past all checks, as if two orders had slipped through them at the same time."""
    values = {
        "status": "paid", "people": people, "shares": people, "amount_due": 120 * people, "amount_paid": 120 * people,
        "starts_on": today(), "ends_on": today() + timedelta(days=364),
    }  # fmt: skip
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await session.execute(update(Order).where(Order.id == UUID(order)).values(values))


@pytest.mark.feature("C.04")
async def test_two_orders_for_the_same_people_at_the_same_time(world: World) -> None:
    orders = [await world.order() for _ in range(3)]
    shared = [person(n) for n in range(60)]
    for place, order in enumerate(orders):
        rows = [*shared[:: 1 if place % 2 else -1], person(1000 + place)]
        assert (await world.upload(order, rows)).json()["order"]["insurable"] == 61
    for order in orders:
        await force_paid(world, order, 61)

    async def issue(order: str) -> None:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            await issue_chunk(
                session, tenant_id=world.tenant.id, order_id=UUID(order), keys=world.tenant.keys
            )

    await asyncio.gather(*[issue(order) for order in orders])
    states = [await world.state(order) for order in orders]
    assert {state["status"] for state in states} == {"done"}
    assert sorted(state["issued"] for state in states) == [1, 1, 61]
    assert await count(world) == 63
    loser = next(state for state in states if state["skipped"])
    assert "60" in loser["message"]
    path = f"/orders/{loser['id']}/people?insurable=false&limit=200"
    told = (await world.client.get(path, world.handler)).json()["items"]
    assert len(told) == 60 and {p["outcome"] for p in told} == {"covered_meanwhile"}
    assert {reason["code"] for p in told for reason in p["reasons"]} == {"policy.duplicate"}


async def test_the_database_itself_refuses_a_second_policy_for_a_term(world: World) -> None:
    from sqlalchemy.exc import IntegrityError

    from common.ids import new_id

    await world.paid([person(1)])
    await issue_policies(world.client.context, world.tenant.id)

    async def double() -> None:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            policy = (
                await session.execute(select(Policy).where(Policy.tenant_id == world.tenant.id))
            ).scalar_one()
            values = {c.name: getattr(policy, c.name) for c in Policy.__table__.columns}
            session.add(Policy(**values | {"id": new_id(), "number": "another"}))

    with pytest.raises(IntegrityError):
        await double()


async def cover_to(world: World, number: str, until: date) -> None:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        person_id = world.tenant.keys.person_id("resident_id", number)
        row = Cover(person_id=person_id, product_code="three-in-one", covered_until=until, terms=1)
        PolicyRepository(session, world.tenant.id).add(row)


async def test_a_renewal_begins_the_day_after_the_running_term(world: World) -> None:
    await cover_to(world, id_number(1), today() + timedelta(days=30))
    await cover_to(world, id_number(2), today() + timedelta(days=31))
    await cover_to(world, id_number(3), today() - timedelta(days=1))
    order = await world.order()
    await world.upload(order, [person(1), person(2), person(3)])
    items = (await world.client.get(f"/orders/{order}/people", world.handler)).json()["items"]
    assert [item["insurable"] for item in items] == [True, False, True]
    assert [reason["code"] for reason in items[1]["reasons"]] == ["policy.duplicate"]
    await world.submit(order, leave_out_not_insurable=True)
    await world.client.post(f"/orders/{order}/approve", world.reviewer, json={})
    await world.pay(order, "240.00")
    await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    await issue_policies(world.client.context, world.tenant.id)
    policies = (await world.client.get("/policies", world.handler)).json()["items"]
    starts = sorted(date.fromisoformat(policy["starts_on"]) for policy in policies)
    assert starts == [today(), today() + timedelta(days=31)]


async def test_policies_are_told_again_without_notifying(world: World, emitted: Emitted) -> None:
    await world.paid([person(n) for n in range(620)])
    await issue_policies(world.client.context, world.tenant.id)
    before = len(await emitted())
    operator = world.client.mint.actor(world.tenant, "events.replay")
    answer = await world.client.post("/snapshots", operator)
    assert answer.status_code == 202
    await tell_policies(world.client.context, world.tenant.id)
    await tell_policies(world.client.context, world.tenant.id)
    told = [PoliciesIssued.model_validate(event.data) for event in (await emitted())[before:]]
    assert [(len(batch.policies), batch.notify) for batch in told] == [(500, False), (120, False)]
    numbers = {fact.number for batch in told for fact in batch.policies}
    assert len(numbers) == 620


async def test_through_the_bus(world: World, pump: Pump, worker: Worker) -> None:
    order = await world.paid([person(1)])
    await pump.settle()
    assert (await world.state(order))["status"] == "done"
    assert await count(world) == 1
