"""A union moves in with the running cover of its old system while everybody works on (row P.10)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from common.auth import Actor
from common.clock import today
from common.consumer import Worker
from common.events import Envelope
from common.events.models import OutboxEvent
from common.ids import new_id
from enrollment.carried.rules import first_possible
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.rules import last_day
from enrollment.policies.models import Policy

from ..at_work import at_work
from .carrying import CARRY, body, carried, carrier
from .world import REVIEW, World, person

P10 = pytest.mark.feature("P.10")
PEOPLE, UNITS = 200, 2


async def said(world: World) -> list[Envelope]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == world.tenant.id)
        return [Envelope.decode(raw) for raw in (await session.execute(statement)).scalars()]


@P10
async def test_a_union_moves_in_with_its_running_cover_while_everybody_works_on(
    world: World, other: World, worker: Worker
) -> None:
    units = [world.unit_id, new_id()]
    await world.tell_units([world.unit(unit_id=units[1], name="无锡第二试验有限公司")])
    running = await world.paid([person(n) for n in range(1, 4)])
    await issue_policies(worker.context, world.tenant.id)
    mover = carrier(world)
    rows = [[person(10_000 * (n + 1) + k) for k in range(PEOPLE)] for n in range(UNITS)]
    people = (
        (world, world.handler, f"/orders/{running}"), (world, world.reviewer, "/orders"),
        (world, world.reviewer, "/policies"), (other, other.handler, "/orders"),
    )  # fmt: skip
    async with at_work(*people) as states:
        moved = asyncio.gather(
            *(carried(world, mover, unit, some) for unit, some in zip(units, rows, strict=True))
        )
        stranger = await other.submitted([person(1)])
        orders = await moved
    assert set(states) == {200} and len(states) > 20, "nobody's request failed"
    assert (await other.state(stranger))["status"] == "submitted", "another union orders meanwhile"
    began = today() - timedelta(days=100)
    for order in orders:
        assert (order["issued"], order["skipped"], order["kind"]) == (PEOPLE, 0, "carried")
        assert (order["starts_on"], order["amount_due"]) == (began.isoformat(), "0.00")
    async with world.client.context.db.transaction(world.tenant.id) as session:
        columns = (Policy.starts_on, Policy.ends_on, Policy.status, Policy.contribution, func.count())
        statement = select(*columns).where(Policy.starts_on == began).group_by(*columns[:-1])
        ((_, ends_on, status, contribution, count),) = (await session.execute(statement)).all()
    assert (ends_on, status, count) == (last_day(began, 12), "in_force", PEOPLE * UNITS)
    assert contribution == 0, "it was paid in the old system's books"


@P10
async def test_who_was_carried_over_is_not_told_again_and_is_covered_like_everybody(world: World) -> None:
    mover, rows = carrier(world), [person(n) for n in range(1, 4)]
    order = await carried(world, mover, world.unit_id, rows)
    events = await said(world)
    issued = [event.data for event in events if event.type == "enrollment.policies_issued.v1"]
    assert [len(batch["policies"]) for batch in issued] == [3] and issued[0]["notify"] is False
    assert {"enrollment.person_enrolled.v1", "enrollment.order_paid.v1"} <= {event.type for event in events}
    assert not [event for event in events if event.type == "enrollment.contribution_received.v1"]
    assert (await world.state(order["id"]))["status"] == "done", "its unit sees it"
    again = await world.order()
    await world.upload(again, rows[:1])
    people = (await world.client.get(f"/orders/{again}/people", world.handler)).json()["items"]
    assert [reason["code"] for reason in people[0]["reasons"]] == ["policy.duplicate"]


@P10
async def test_what_is_not_carried_over(world: World, other: World) -> None:
    async def code(actor: Actor | None, **changes: Any) -> tuple[int, str]:
        answer = await world.client.post("/carried-orders", actor, json=body(world, **changes))
        return answer.status_code, answer.json()["code"]

    mover = carrier(world)
    first = first_possible(today(), 12)
    for wrong in (today() + timedelta(days=1), first - timedelta(days=1)):
        assert await code(mover, starts_on=wrong.isoformat()) == (422, "carried.day_wrong")
    assert await code(mover, product="nothing") == (404, "product.unknown")
    assert (await code(mover, unit_id=new_id()))[1] == "order.unit_unknown"
    assert (await code(carrier(world, org_path="/liangxi/")))[1] == "order.unit_unknown", (
        "another branch's unit"
    )
    assert (await code(carrier(other)))[1] == "order.unit_unknown", "another union's"
    assert (await code(world.handler))[0] == 403 and (await code(None))[0] == 401


@P10
async def test_it_takes_two_and_the_unit_does_not_write_into_it(world: World) -> None:
    both = world.client.mint.actor(world.tenant, *CARRY, *REVIEW, roles=frozenset({"reviewer"}))
    order = (await world.client.post("/carried-orders", both, json=body(world))).json()["id"]
    assert (await world.client.get(f"/orders/{order}", world.handler)).status_code == 404
    assert (await world.upload(order, [person(1)])).status_code == 404, "no free cover by the unit's own hand"
    headers = {"Content-Type": "application/octet-stream"}
    await world.client.post(
        f"/orders/{order}/roster", both, content=world.roster([person(1)]), headers=headers
    )
    await world.client.post(f"/orders/{order}/submit", both, json={})
    refused = await world.client.post(f"/orders/{order}/approve", both, json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "order.four_eyes") or (
        refused.json()["code"].endswith("four_eyes")
    )


def test_the_earliest_day_is_of_a_term_that_ends_today_or_later() -> None:
    for months in (12, 24, 36):
        first = first_possible(today(), months)
        assert last_day(first, months) >= today() > last_day(first - timedelta(days=1), months)
