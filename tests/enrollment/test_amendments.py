"""Mid-term changes of a group's cover: people join and leave, pro rata (row P.01)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from common.clock import now, set_to, today
from common.consumer import Worker
from common.contracts.pack import TenantPack
from common.events import Envelope
from common.events.models import OutboxEvent
from common.ids import new_id
from common.testing import Client, TestTenant
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.models import Order
from enrollment.orders.rules import last_day, rest_contribution
from enrollment.policies.models import Policy
from enrollment.refunds.rules import refund_of

from .beijing import Beijing, member
from .test_beijing_orders import age_covers, in_force
from .world import World

Said = Callable[[str], Awaitable[list[dict[str, Any]]]]


async def group(beijing: Beijing, worker: Worker, people: list[dict[str, str]], *, days: int) -> str:
    """A group whose cover began so many days ago."""
    await beijing.admit(people)
    order = await in_force(beijing, worker, people)
    by = timedelta(days=days)
    await age_covers(beijing, by)
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        moved = {"starts_on": Order.starts_on - by, "ends_on": Order.ends_on - by}
        await session.execute(update(Order).where(Order.id == UUID(order)).values(moved))
    return order


async def said(beijing: Any, wire: str) -> list[dict[str, Any]]:
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == beijing.tenant.id)
        events = [Envelope.decode(raw) for raw in (await session.execute(statement)).scalars()]
    return [event.data for event in events if event.type == wire]


async def policies(beijing: Beijing) -> dict[UUID, Policy]:
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        rows = (await session.execute(select(Policy).where(Policy.tenant_id == beijing.tenant.id))).scalars()
        return {row.person_id: row for row in rows}


@pytest.mark.feature("P.01")
async def test_people_join_and_leave_pro_rata(beijing: Beijing, worker: Worker) -> None:
    people = [member(n) for n in range(1, 4)]
    base = await group(beijing, worker, people, days=100)
    joins = member(9)
    (joined_id,) = await beijing.admit([joins])
    before = await policies(beijing)
    begun = await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201)
    assert (begun["kind"], begun["base_order_id"], begun["effective_on"]) == (
        "amendment", base, today().isoformat()
    )  # fmt: skip
    order = begun["id"]
    added = await beijing.upload(order, [joins, people[0]])
    assert added.json()["order"]["insurable"] == 1
    assert [*(await beijing.reasons(order)).values()] == [["policy.duplicate"]]
    await beijing.post(
        f"/orders/{order}/people/delete",
        beijing.handler,
        {"all": True, "insurable": False, "words": "全部删除"},
    )
    leaving = await beijing.post(
        f"/orders/{order}/leavers", beijing.handler, {"document_numbers": [people[1]["id_number"]]}
    )
    leaver = before[beijing.tenant.keys.person_id("resident_id", people[1]["id_number"])]
    product = beijing.tenant.pack.product("inpatient")
    back = refund_of(
        contribution=leaver.contribution, starts_on=leaver.starts_on, ends_on=leaver.ends_on,
        ended_on=today() - timedelta(days=1), rule=product.refund, rounding=beijing.tenant.pack.rounding,
    )  # fmt: skip
    assert Decimal(leaving["refund"]) == back.amount > 0
    submitted = (await beijing.submit(order)).json()
    due = rest_contribution(
        Decimal("80.00"), starts_on=today(), group=(leaver.starts_on, leaver.ends_on), charge="months",
        rounding=beijing.tenant.pack.rounding,
    )  # fmt: skip
    assert (Decimal(submitted["amount_due"]), submitted["leaving"], submitted["people"]) == (due, 1, 2)
    assert Decimal("0") < due < Decimal("80")
    await beijing.reviewed(order)
    await beijing.pay(order, due)
    await beijing.post(f"/orders/{order}/payment/confirm", beijing.finance)
    await issue_policies(worker.context, beijing.tenant.id)
    done = await beijing.state(order)
    assert (done["status"], done["issued"], done["skipped"]) == ("done", 2, 0)
    after = await policies(beijing)
    new, gone = after[joined_id], after[leaver.person_id]
    assert (new.starts_on, new.ends_on, new.contribution) == (today(), leaver.ends_on, due)
    assert (gone.status, gone.ended_on) == ("terminated", today() - timedelta(days=1))
    (refund,) = await said(beijing, "enrollment.refund_due.v1")
    assert (Decimal(refund["amount"]), refund["reason"], refund["payee"]) == (back.amount, "removed", "unit")
    assert [row["amount"] for row in done["refunds"]] == [f"{back.amount:.2f}"]
    (ended,) = await said(beijing, "enrollment.policy_terminated.v1")
    assert ended["policy"]["policy_id"] == str(gone.id)
    again = await beijing.order(requested_start=today().isoformat())
    assert (await beijing.upload(again, [people[1]])).json()["order"]["insurable"] == 1


@pytest.mark.feature("P.01")
async def test_only_leavers_cost_nothing_and_are_reviewed_all_the_same(
    beijing: Beijing, worker: Worker
) -> None:
    people = [member(1), member(2)]
    base = await group(beijing, worker, people, days=40)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    ids = [str(row.id) for row in (await policies(beijing)).values()]
    await beijing.post(f"/orders/{order}/leavers", beijing.handler, {"policy_ids": ids[:1]})
    assert (await beijing.submit(order)).json()["amount_due"] == "0.00"
    await beijing.reviewed(order)
    for _ in range(2):
        await issue_policies(worker.context, beijing.tenant.id)
    assert (await beijing.state(order))["status"] == "done"
    assert len(await said(beijing, "enrollment.refund_due.v1")) == 1
    assert sorted(row.status for row in (await policies(beijing)).values()) == ["in_force", "terminated"]


@pytest.mark.feature("P.01", "N.05")
async def test_what_a_leaver_paid_alone_goes_back_to_their_card(beijing: Beijing, worker: Worker) -> None:
    base = await group(beijing, worker, [member(1), member(2)], days=40)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    await beijing.post(
        f"/orders/{order}/leavers", beijing.handler, {"document_numbers": [member(1)["id_number"]]}
    )
    await beijing.submit(order)
    await beijing.reviewed(order)
    card = beijing.tenant.keys.sealed("6228480402564890018", context="person.card", kind="card")
    named = {"card_token": card.ciphertext, "card_index": card.index, "bank_name": "北京银行"}
    mine = Policy.tenant_id == beijing.tenant.id
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        await session.execute(update(Policy).where(mine).values(named))
        await session.execute(update(Order).where(Order.id == UUID(base)).values(ordered_by="member"))
    await issue_policies(worker.context, beijing.tenant.id)
    (due,) = await said(beijing, "enrollment.refund_due.v1")
    assert (due["payee"], due["bank_name"]) == ("member", "北京银行")
    assert due["bank_card"]["ciphertext"] == card.ciphertext
    name = beijing.tenant.keys.open(due["name"]["ciphertext"], context="person.name")
    assert name == member(1)["name"]


@pytest.mark.feature("P.01")
async def test_nobody_leaves_a_group_whose_cover_is_over(beijing: Beijing, worker: Worker) -> None:
    base = await group(beijing, worker, [member(1), member(2)], days=40)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    await beijing.post(
        f"/orders/{order}/leavers", beijing.handler, {"document_numbers": [member(1)["id_number"]]}
    )
    await beijing.submit(order)
    with set_to(now() + timedelta(days=340)):
        await beijing.reviewed(order)
        await issue_policies(worker.context, beijing.tenant.id)
    assert {policy.ended_on for policy in (await policies(beijing)).values()} == {None}
    assert await said(beijing, "enrollment.policy_terminated.v1") == []
    assert await said(beijing, "enrollment.refund_due.v1") == []


@pytest.mark.feature("P.01")
async def test_what_an_amendment_refuses(beijing: Beijing, worker: Worker) -> None:
    people = [member(1)]
    base = await group(beijing, worker, people, days=10)
    draft = await beijing.order()
    path = "/orders/{}/amendments"
    nothing = await beijing.post(path.format(draft), beijing.handler, status=409)
    assert nothing["code"] == "amendment.no_cover"
    ends = last_day(today() - timedelta(days=10), 12)
    for day in (today() - timedelta(days=1), ends + timedelta(days=2)):
        body = {"effective_on": day.isoformat()}
        wrong = await beijing.post(path.format(base), beijing.handler, body, status=422)
        assert wrong["code"] == "amendment.day_wrong"
    body = {"document_numbers": [people[0]["id_number"]]}
    no = await beijing.post(f"/orders/{draft}/leavers", beijing.handler, body, status=409)
    assert no["code"] == "amendment.wrong_order"
    order = (await beijing.post(path.format(base), beijing.handler, status=201))["id"]
    stranger = {"document_numbers": [member(5)["id_number"]]}
    found = await beijing.post(f"/orders/{order}/leavers", beijing.handler, stranger, status=422)
    assert found["code"] == "amendment.nobody_found"


@pytest.mark.feature("P.01")
async def test_who_is_named_wrongly_is_said_and_nobody_is_taken_off(beijing: Beijing, worker: Worker) -> None:
    people = [member(1), member(2)]
    base = await group(beijing, worker, people, days=10)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    path, stranger = f"/orders/{order}/leavers", member(7)["id_number"]
    body = {"document_numbers": [people[0]["id_number"], stranger]}
    wrong = await beijing.post(path, beijing.handler, body, status=422)
    assert wrong["code"] == "amendment.some_not_found" and "1 人" in wrong["detail"]
    assert stranger[-4:] in wrong["detail"] and stranger not in str(wrong)
    ids = [str(row.id) for row in (await policies(beijing)).values()]
    unknown = await beijing.post(path, beijing.handler, {"policy_ids": [*ids, str(UUID(int=5))]}, status=422)
    assert unknown["code"] == "amendment.some_not_found"
    assert (await beijing.client.get(path, beijing.handler)).json()["items"] == []
    for body in ({}, {"document_numbers": []}, {"policy_ids": ids, "document_numbers": [stranger]}):
        await beijing.post(path, beijing.handler, body, status=422)
    for _ in range(2):
        twice = await beijing.post(path, beijing.handler, {"policy_ids": ids[:1]})
        assert len(twice["items"]) == 1


@pytest.mark.feature("P.01")
async def test_a_double_tap_and_strangers_at_an_amendment(
    beijing: Beijing, worker: Worker, other: World
) -> None:
    base = await group(beijing, worker, [member(1)], days=10)
    path, key = f"/orders/{base}/amendments", str(new_id())
    taps = [await beijing.client.post(path, beijing.handler, once=key, json={}) for _ in range(2)]
    assert [tap.status_code for tap in taps] == [201, 201] and len({tap.json()["id"] for tap in taps}) == 1
    assert (await beijing.client.post(path, json={})).status_code == 401
    assert (await beijing.client.post(path, beijing.finance, json={})).status_code == 403
    assert (await beijing.client.post(path, other.handler, json={})).status_code == 404
    sibling = beijing.handler.model_copy(update={"unit_id": new_id()})
    assert (await beijing.client.post(path, sibling, json={})).status_code == 404


@pytest.mark.feature("P.01")
async def test_a_person_who_left_by_one_amendment_is_not_refunded_by_another(
    beijing: Beijing, worker: Worker
) -> None:
    people = [member(1), member(2)]
    base = await group(beijing, worker, people, days=40)
    leaver = {"document_numbers": [people[0]["id_number"]]}
    first, second = [
        (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
        for _ in range(2)
    ]
    for order in (first, second):
        await beijing.post(f"/orders/{order}/leavers", beijing.handler, leaver)
    await beijing.submit(first)
    await beijing.reviewed(first)
    await issue_policies(worker.context, beijing.tenant.id)
    late = await beijing.submit(second)
    if late.status_code == 200:
        await beijing.reviewed(second)
        await issue_policies(worker.context, beijing.tenant.id)
        assert (await beijing.state(second))["skipped"] == 1
    assert len(await said(beijing, "enrollment.refund_due.v1")) == 1
    assert len(await said(beijing, "enrollment.policy_terminated.v1")) == 1


@pytest.mark.feature("P.01")
async def test_nobody_leaves_a_cover_that_has_run_its_full_term(beijing: Beijing, worker: Worker) -> None:
    """The amendment is passed after the group's term: its policies keep their last day, and nothing comes back."""
    base = await group(beijing, worker, [member(1), member(2)], days=40)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    ids = [str(row.id) for row in (await policies(beijing)).values()]
    await beijing.post(f"/orders/{order}/leavers", beijing.handler, {"policy_ids": ids[:1]})
    await beijing.submit(order)
    year = timedelta(days=400)
    await age_covers(beijing, year)
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        moved = {"starts_on": Order.starts_on - year, "ends_on": Order.ends_on - year}
        await session.execute(update(Order).where(Order.id == UUID(base)).values(moved))
    await beijing.reviewed(order)
    await issue_policies(worker.context, beijing.tenant.id)
    done = await beijing.state(order)
    assert (done["status"], done["issued"], done["skipped"]) == ("done", 0, 1)
    assert {(row.status, row.ended_on) for row in (await policies(beijing)).values()} == {("in_force", None)}
    assert await said(beijing, "enrollment.policy_terminated.v1") == []
    assert await said(beijing, "enrollment.refund_due.v1") == []


@pytest.mark.feature("P.01", "N.05")
async def test_what_the_union_paid_goes_back_to_nobody(
    enrollment: Client,
    new_tenant: Callable[..., Awaitable[TestTenant]],
    beijing_pack: TenantPack,
    worker: Worker,
) -> None:
    """By an amendment as by a termination: the unit did not pay."""
    content = beijing_pack.to_dict()
    for product in content["products"]:
        product["contribution"]["payer"] = "union"
    pack = TenantPack.model_validate(content, strict=False)
    union = Beijing(enrollment, await new_tenant(enrollment.context, pack=pack))
    await union.approve_unit()
    people = [member(1), member(2)]
    await union.admit(people)
    base = await union.order()
    await union.upload(base, people)
    await union.submit(base)
    await union.reviewed(base)
    await issue_policies(worker.context, union.tenant.id)
    await age_covers(union, timedelta(days=40))
    order = (await union.post(f"/orders/{base}/amendments", union.handler, status=201))["id"]
    ids = [str(row.id) for row in (await policies(union)).values()]
    assert all(row.contribution > 0 for row in (await policies(union)).values())
    leaving = await union.post(f"/orders/{order}/leavers", union.handler, {"policy_ids": ids[:1]})
    assert leaving["refund"] == "0.00"
    await union.submit(order)
    await union.reviewed(order)
    await issue_policies(worker.context, union.tenant.id)
    assert sorted(row.status for row in (await policies(union)).values()) == ["in_force", "terminated"]
    assert await said(union, "enrollment.refund_due.v1") == []
