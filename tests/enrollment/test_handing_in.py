"""A large order is handed in as a task; what its handler slipped on is said when it happens."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update

from common.consumer import Worker
from common.ids import new_id
from enrollment.imports.models import RosterImport
from enrollment.people.models import OrderPerson

from .test_records import done
from .world import PRODUCT, World, id_number, person


async def handed_in(world: World, order: str, **body: Any) -> dict[str, Any]:
    answer = await world.client.post(f"/orders/{order}/submissions", world.handler, json=body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


@pytest.mark.feature("C.05")
async def test_an_order_is_handed_in_by_a_task(world: World, worker: Worker) -> None:
    order = await world.order()
    await world.upload(order, [person(n) for n in range(40)] + [person(41, mobile="1")])
    task = await handed_in(world, order, leave_out_not_insurable=True)
    assert (task["kind"], task["title"], task["total"]) == ("orders.submit", "提交参保申请", 40)
    state = await done(world, worker, task["id"])
    assert (state["state"], state["done"], state["counts"]) == ("done", 40, {"left_out": 1})
    assert (await world.state(order))["status"] == "submitted"
    again = await world.client.post(f"/orders/{order}/submissions", world.handler, json={})
    assert (again.status_code, again.json()["code"]) == (409, "order.wrong_state")


@pytest.mark.feature("C.05")
async def test_a_task_that_cannot_hand_in_says_why(world: World, worker: Worker) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2, mobile="1")])
    state = await done(world, worker, (await handed_in(world, order))["id"])
    assert (state["state"], state["problem"]["code"]) == ("failed", "order.not_insurable_left")
    assert "1 名不可参保人员" in state["problem"]["zh"]
    assert (await world.state(order))["status"] == "draft"


@pytest.mark.feature("C.05")
async def test_a_repeated_request_is_answered_by_the_task_under_way(world: World, worker: Worker) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2)])
    path = f"/orders/{order}/submissions"
    taps = await asyncio.gather(*[world.client.post(path, world.handler, json={}) for _ in range(3)])
    assert {tap.status_code for tap in taps} == {202} and len({tap.json()["id"] for tap in taps}) == 1
    colleague = world.client.mint.actor(
        world.tenant, "enrollment.order.write", kind=world.handler.kind, unit_id=world.unit_id
    )
    answer = await world.client.post(path, colleague, json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "order.being_submitted")
    assert (await done(world, worker, taps[0].json()["id"]))["state"] == "done"
    assert (await world.state(order))["status"] == "submitted"


@pytest.mark.feature("C.05")
async def test_what_is_handed_in_is_what_was_to_be(world: World, worker: Worker) -> None:
    """Whoever changes the order while its submission waits is told; then the order as it is can be handed in."""
    order = await world.order()
    await world.upload(order, [person(1), person(2)])
    task = await handed_in(world, order)
    await world.upload(order, [person(3)])
    state = await done(world, worker, task["id"])
    assert (state["state"], state["problem"]["code"]) == ("failed", "order.changed_meanwhile")
    assert (await world.state(order))["status"] == "draft"
    again = await done(world, worker, (await handed_in(world, order))["id"])
    assert (again["state"], again["done"]) == ("done", 3)


@pytest.mark.feature("C.05")
async def test_what_is_handed_in_by_another_click_is_done(world: World, worker: Worker) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2)])
    task = await handed_in(world, order)
    assert (await world.submit(order)).status_code == 200
    state = await done(world, worker, task["id"])
    assert (state["state"], state["done"], state["problem"]) == ("done", 2, None)


async def test_only_who_may_hands_in(world: World, other: World) -> None:
    order = await world.order()
    path = f"/orders/{order}/submissions"
    assert (await world.client.post(path, None, json={})).status_code == 401
    assert (await world.client.post(path, world.finance, json={})).status_code == 403
    assert (await world.client.post(path, other.handler, json={})).status_code == 404
    neighbour = world.client.mint.actor(
        world.tenant, "enrollment.order.write", kind=world.handler.kind, unit_id=new_id()
    )
    assert (await world.client.post(path, neighbour, json={})).status_code == 404


@pytest.mark.feature("N.02")
async def test_a_handler_names_no_other_unit(world: World, other: World) -> None:
    for unit in (new_id(), other.unit_id):
        body = {"product": PRODUCT, "unit_id": str(unit)}
        answer = await world.client.post("/orders", world.handler, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "order.unit_unknown"), answer.text
    own = {"product": PRODUCT, "unit_id": str(world.unit_id)}
    assert (await world.client.post("/orders", world.handler, json=own)).status_code == 201


@pytest.mark.feature("D.07")
async def test_who_is_on_another_draft_is_told_when_added(world: World) -> None:
    first, second = await world.order(), await world.order()
    await world.upload(first, [person(1)])
    number = (await world.state(first))["number"]
    typed = {
        "name": person(1)["name"], "document_number": id_number(1), "bank_card": person(1)["social_card"],
        "bank_name": person(1)["bank_name"], "mobile": person(1)["mobile"],
    }  # fmt: skip
    added = await world.client.post(f"/orders/{second}/people", world.handler, json=typed)
    assert added.status_code == 201 and number in added.json()["notice"], added.text
    await world.client.post(f"/orders/{first}/people/delete", world.handler, json={"all": True})
    found = await world.client.post(
        f"/orders/{first}/people/lookup", world.handler, json={"document_number": id_number(2)}
    )
    assert found.json()["notice"] is None


@pytest.mark.feature("D.07")
async def test_people_of_a_roster_who_are_on_another_draft_are_told(world: World) -> None:
    """Whichever way they came: the order says it as long as it is a draft."""
    first, second = await world.order(), await world.order()
    await world.upload(first, [person(1), person(2), person(3)])
    assert (await world.state(first))["message"] is None
    await world.upload(second, [person(2), person(3), person(4)])
    number = (await world.state(first))["number"]
    told = (await world.state(second))["message"]
    assert number in told and "有 2 人" in told, told
    await world.client.post(f"/orders/{first}/people/delete", world.handler, json={"all": True})
    assert (await world.state(second))["message"] is None


@pytest.mark.feature("C.04")
async def test_people_with_one_card_are_told_before_they_are_handed_in(world: World) -> None:
    """A row copied down: both can be insured, but the money of one would go to the card of the other."""
    order = await world.order()
    await world.upload(order, [person(1), person(2, social_card=person(1)["social_card"]), person(3)])
    assert "有 2 人" in (await world.state(order))["message"]
    path = f"/orders/{order}/people"
    told = [one["notice"] for one in (await world.client.get(path, world.handler)).json()["items"]]
    assert "第 5 行" in told[0] and "第 4 行" in told[1] and told[2] is None, told
    assert person(2)["name"] not in told[0] and person(1)["social_card"] not in str(told)
    row = person(4)
    form = {
        "name": row["name"], "document_number": row["id_number"], "bank_card": person(3)["social_card"],
        "bank_name": row["bank_name"], "mobile": row["mobile"],
    }  # fmt: skip
    added = (await world.client.post(path, world.handler, json=form)).json()
    assert "第 6 行" in added["notice"], added
    for one, right in ((added["id"], 4), (await named(world, path, 2), 2)):
        body = {"bank_card": person(right)["social_card"]}
        assert (await world.client.send("PATCH", f"{path}/{one}", world.handler, json=body)).is_success
    assert (await world.state(order))["message"] is None
    assert not any(one["notice"] for one in (await world.client.get(path, world.handler)).json()["items"])


async def named(world: World, path: str, serial: int) -> str:
    """Return the id of a person's row on an order."""
    body = {"document_number": id_number(serial)}
    (found,) = (await world.client.post(f"{path}/search", world.handler, json=body)).json()["items"]
    return str(found["id"])


async def test_no_person_stands_on_an_order_that_is_not_there(world: World) -> None:
    """What the foreign key promised, checked once for each statement (ADR 0012)."""
    order = await world.order()
    await world.upload(order, [person(1)])
    db, tenant = world.client.context.db, world.tenant.id
    with pytest.raises(Exception, match="an order that is not there"):
        async with db.transaction(tenant) as session:
            values = update(OrderPerson).where(OrderPerson.tenant_id == tenant).values(order_id=new_id())
            await session.execute(values)
    copied = """INSERT INTO order_person (tenant_id, id, created_at, order_id, document_kind, shares, insurable,
                  reasons) VALUES (:tenant, :id, now(), :order, 'resident_id', 0, false, '[]')"""
    with pytest.raises(Exception, match="an order that is not there"):
        async with db.transaction(tenant) as session:
            await session.execute(text(copied), {"tenant": tenant, "id": new_id(), "order": new_id()})
    with pytest.raises(Exception, match="refer to stays"):
        async with db.transaction(tenant) as session:
            roster = RosterImport.__table__.delete().where(RosterImport.tenant_id == tenant)
            await session.execute(roster)
            gone = "DELETE FROM enrolment_order WHERE tenant_id = :tenant AND id = :id"
            await session.execute(text(gone), {"tenant": tenant, "id": UUID(order)})
