"""Orders where members are admitted first and agencies check (rows D.04 to D.07, D.10, D.13)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.auth import Actor
from common.clock import today
from common.consumer import Worker
from common.ids import new_id
from enrollment.issuing.jobs import issue_policies
from enrollment.people.models import OrderPerson
from enrollment.policies.models import Policy

from .beijing import Beijing, member
from .world import REVIEW, World

START = today() + timedelta(days=20)


async def started(beijing: Beijing, **more: Any) -> str:
    return await beijing.order(requested_start=START.isoformat(), **more)


@pytest.mark.feature("D.04")
async def test_a_member_number_or_id_fills_the_person(beijing: Beijing) -> None:
    people = [member(1), member(2)]
    await beijing.admit(people)
    order = await started(beijing)
    path = f"/orders/{order}/people"
    found = await beijing.post(f"{path}/lookup", beijing.handler, {"member_number": "M000001"})
    assert found["known"] and found["insurable"] and found["name"].startswith(people[0]["name"][0])
    assert people[0]["id_number"] not in str(found)
    added = await beijing.post(path, beijing.handler, {"member_number": "M000001", "shares": 2}, status=201)
    assert (added["insurable"], added["shares"]) == (True, 2)
    by_id = {"document_number": people[1]["id_number"]}
    assert (await beijing.post(path, beijing.handler, by_id, status=201))["insurable"]
    nobody = await beijing.post(path, beijing.handler, {"member_number": "M999999"}, status=404)
    assert nobody["code"] == "person.unknown"
    twice = await beijing.post(path, beijing.handler, by_id, status=422)
    assert [error["code"] for error in twice["errors"]] == ["row.duplicate"]


@pytest.mark.feature("D.04")
async def test_straight_from_the_admission_list(beijing: Beijing) -> None:
    people = [member(n) for n in range(1, 6)]
    ids = await beijing.admit(people)
    await beijing.admit([member(6)], state="reported")
    await beijing.admit([member(7)], unit_id=new_id())
    order = await started(beijing)
    path = f"/orders/{order}/people/from-register"
    ticked = await beijing.post(path, beijing.handler, {"person_ids": [str(ids[0])], "amount": "160"})
    assert (ticked["insurable"], ticked["order"]["insurable"]) == (1, 1)
    everybody = await beijing.post(path, beijing.handler, {})
    assert (everybody["insurable"], everybody["not_insurable"], everybody["order"]["insurable"]) == (4, 0, 5)
    detail = await beijing.state(order)
    assert (detail["expected_amount"], detail["expected_start"]) == ("480.00", START.isoformat())
    wrong = await beijing.post(path, beijing.handler, {"amount": "100"}, status=422)
    assert wrong["code"] == "roster.amount_not_of_shares"
    many = await beijing.post(path, beijing.handler, {"amount": "800"}, status=422)
    assert many["code"] == "roster.shares_exceeded"


@pytest.mark.feature("D.04")
async def test_by_template_with_one_amount_or_the_templates(beijing: Beijing) -> None:
    people = [member(n) for n in range(1, 6)]
    await beijing.admit(people)
    amounts = ("80", "160.00", "100", "", "80")
    rows = [row | {"amount": amount} for row, amount in zip(people, amounts, strict=True)]
    rows[4]["shares"] = "2"
    order = await started(beijing)
    await beijing.upload(order, rows)
    assert sorted(code for codes in (await beijing.reasons(order)).values() for code in codes) == [
        "amount.differs", "amount.not_of_shares"
    ]  # fmt: skip
    items = (await beijing.client.get(f"/orders/{order}/people?insurable=true", beijing.handler)).json()
    assert [item["shares"] for item in items["items"]] == [1, 2, 1]
    fixed = await started(beijing)
    headers = {"Content-Type": "application/octet-stream"}
    answer = await beijing.client.post(
        f"/orders/{fixed}/roster?amount=160", beijing.handler, content=beijing.roster(rows), headers=headers
    )
    assert answer.json()["order"] == {"insurable": 5, "not_insurable": 0, "changed": 0}
    assert (await beijing.state(fixed))["expected_amount"] == "800.00"


async def in_force(beijing: Beijing, worker: Worker, people: list[dict[str, str]], **more: Any) -> str:
    """An order of people, issued."""
    order = await beijing.order(**more)
    answer = await beijing.upload(order, people)
    assert answer.json()["order"]["not_insurable"] == 0, answer.text
    submitted = (await beijing.submit(order)).json()
    await beijing.reviewed(order)
    await beijing.pay(order, submitted["amount_due"])
    await beijing.post(f"/orders/{order}/payment/confirm", beijing.finance)
    await issue_policies(worker.context, beijing.tenant.id)
    assert (await beijing.state(order))["status"] == "done"
    return order


@pytest.mark.feature("D.04")
async def test_last_terms_people_are_renewed_unchanged(beijing: Beijing, worker: Worker) -> None:
    people = [member(n) | {"shares": str(1 + n % 2)} for n in range(1, 5)]
    await beijing.admit(people)
    await in_force(beijing, worker, people)
    early = await started(beijing)
    nobody = await beijing.post(f"/orders/{early}/people/from-last-term", beijing.handler, {})
    assert nobody["order"]["insurable"] == 0 and "没有可续保的人员" in nobody["message"]
    await age_covers(beijing, timedelta(days=350))
    order = await beijing.order()
    renewed = await beijing.post(f"/orders/{order}/people/from-last-term", beijing.handler, {})
    assert (renewed["insurable"], renewed["not_insurable"]) == (4, 0)
    detail = await beijing.state(order)
    assert detail["expected_amount"] == "480.00"
    again = await beijing.post(f"/orders/{order}/people/from-last-term", beijing.handler, {})
    assert again["order"]["insurable"] == 4


async def age_covers(beijing: World, by: timedelta) -> None:
    """Let the tenant's covers have begun earlier."""
    from sqlalchemy import update

    from enrollment.policies.models import Cover

    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        mine = Policy.tenant_id == beijing.tenant.id
        moved = {"starts_on": Policy.starts_on - by, "ends_on": Policy.ends_on - by}
        await session.execute(update(Policy).where(mine).values(moved))
        slots = update(Cover).where(Cover.tenant_id == beijing.tenant.id)
        await session.execute(slots.values(covered_until=Cover.covered_until - by))


@pytest.mark.feature("D.05")
async def test_the_expected_day_is_changed_and_everybody_judged_again(beijing: Beijing) -> None:
    """Somebody turns 60 between the two days: insurable on the first, over age on the second."""
    early, late = today() + timedelta(days=5), today() + timedelta(days=30)
    turns = member(1, years=60, days=-15)
    young = member(2)
    await beijing.admit([turns, young])
    order = await beijing.order(requested_start=early.isoformat())
    await beijing.upload(order, [turns, young])
    detail = await beijing.state(order)
    assert detail["insurable"] == 2
    etag = {"If-Match": f'"{detail["version"]}"'}
    body = {"requested_start": late.isoformat()}
    path = f"/orders/{order}"
    stale = await beijing.client.send("PATCH", path, beijing.handler, json=body, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    answer = await beijing.client.send("PATCH", path, beijing.handler, json=body, headers=etag)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["requested_start"], changed["insurable"], changed["not_insurable"]) == (
        late.isoformat(), 1, 1
    )  # fmt: skip
    assert list((await beijing.reasons(order)).values()) == [["age.over"]]
    far = {"requested_start": (today() + timedelta(days=61)).isoformat()}
    version = {"If-Match": f'"{changed["version"]}"'}
    refused = await beijing.client.send("PATCH", path, beijing.handler, json=far, headers=version)
    assert refused.json()["code"] == "order.start_not_allowed"


@pytest.mark.feature("D.10")
async def test_edit_and_delete_only_in_drafts_and_delete_all_by_words(beijing: Beijing) -> None:
    people = [member(n) for n in range(1, 4)]
    await beijing.admit(people)
    order = await started(beijing)
    await beijing.upload(order, [people[0], people[1] | {"name": "写错了"}, people[2]])
    path = f"/orders/{order}/people"
    wrong = (await beijing.client.get(f"{path}?insurable=false", beijing.handler)).json()["items"][0]
    answer = await beijing.client.send(
        "PATCH", f"{path}/{wrong['id']}", beijing.handler, json={"name": people[1]["name"]}
    )
    assert answer.json()["insurable"] and answer.json()["row"] == wrong["row"]
    for words in ("", "删除", "DELETE"):
        body = {"all": True, "words": words}
        refused = await beijing.post(f"{path}/delete", beijing.handler, body, status=422)
        assert refused["code"] == "people.type_the_words" and "全部删除" in refused["detail"]
    ticked = await beijing.post(f"{path}/delete", beijing.handler, {"ids": [wrong["id"]]})
    assert ticked["changed"] == 1
    await beijing.submit(order)
    for body in ({"all": True, "words": "全部删除"}, {"ids": [wrong["id"]]}):
        late = await beijing.post(f"{path}/delete", beijing.handler, body, status=409)
        assert late["code"] == "order.wrong_state"
    edit = await beijing.client.send("PATCH", f"{path}/{wrong['id']}", beijing.handler, json={"shares": 2})
    assert edit.status_code == 409
    await beijing.post(f"/orders/{order}/return", beijing.agency, {"reason": "请修改"})
    fresh = await beijing.order(requested_start=START.isoformat())

    async def found(status: str) -> dict[str, str]:
        items = (await beijing.post("/orders/found", beijing.handler, {"status": status}))["items"]
        return {item["id"]: item["status_text"] for item in items}

    assert await found("returned") == {str(order): "已退回"}
    assert await found("draft") == {str(order): "已退回", str(fresh): "暂存"}
    refused = await beijing.post("/orders/found", beijing.handler, {"status": "odd"}, status=422)
    assert refused["errors"]
    gone = await beijing.post(f"{path}/delete", beijing.handler, {"all": True, "words": "全部删除"})
    assert (gone["insurable"], gone["changed"]) == (0, 2)


@pytest.mark.feature("D.13", "D.05")
async def test_each_station_sees_what_is_its_to_decide_and_what_comes_next(beijing: Beijing) -> None:
    people = [member(1), member(2)]
    await beijing.admit(people)
    order = await started(beijing)
    await beijing.upload(order, people)
    await beijing.submit(order)

    async def seen(actor: Actor) -> dict[str, Any]:
        return dict((await beijing.client.get(f"/orders/{order}", actor)).json())

    async def waiting(actor: Actor) -> int:
        path, body = "/orders/found/summary", {"status": "to_review"}
        mine = (await beijing.post("/orders/found", actor, body))["items"]
        counted = int((await beijing.post(path, actor, body))["orders"])
        assert len(mine) == counted
        return counted

    shown = await seen(beijing.agency)
    assert (shown["may_review"], shown["station"]) == (True, "代办处核实")
    assert shown["to_come"] == ["代办处核实", "办事处审核"]
    assert shown["expected_start"] == START.isoformat(), "who decides sees when cover is to begin"
    assert [await waiting(who) for who in (beijing.agency, beijing.reviewer, beijing.handler)] == [1, 0, 0]
    await beijing.post(f"/orders/{order}/approve", beijing.agency)
    shown = await seen(beijing.agency)
    assert (shown["may_review"], shown["station"], shown["to_come"]) == (False, "办事处审核", ["办事处审核"])
    assert [await waiting(who) for who in (beijing.agency, beijing.reviewer)] == [0, 1]
    again = await beijing.post(f"/orders/{order}/approve", beijing.agency, status=409)
    assert "待审核（办事处审核）" in again["detail"]
    both = beijing.client.mint.actor(
        beijing.tenant, *REVIEW, roles=frozenset({"agency", "office"}), org_path="/chaoyang/"
    )
    assert (await waiting(both), (await seen(both))["may_review"]) == (1, True)
    await beijing.post(f"/orders/{order}/return", beijing.reviewer, {"reason": "请核对"})
    await beijing.submit(order)
    await beijing.post(f"/orders/{order}/approve", both)
    assert (await waiting(both), (await seen(both))["may_review"]) == (0, False), "four eyes"
    assert await waiting(beijing.reviewer) == 1
    await beijing.post(f"/orders/{order}/approve", beijing.reviewer)
    paying = await seen(beijing.handler)
    assert (paying["station"], paying["to_come"]) == (None, [])
    assert paying["expected_start"] == START.isoformat()


@pytest.mark.feature("D.13")
async def test_the_union_covers_a_unit_by_its_public_benefit(beijing: Beijing, worker: Worker) -> None:
    people = [member(1), member(2)]
    await beijing.admit(people)
    mint = beijing.client.mint
    staff = mint.actor(
        beijing.tenant, "enrollment.order.write", "enrollment.order.read", org_path="/chaoyang/"
    )
    body = {"product": "public-accident", "unit_id": str(beijing.unit_id)}
    own = await beijing.client.post("/orders", beijing.handler, json={"product": "public-accident"})
    assert own.json()["code"] == "product.unknown"
    stranger = mint.actor(beijing.tenant, "enrollment.order.write", org_path="/haidian/")
    refused = await beijing.client.post("/orders", stranger, json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "order.unit_unknown")
    order = (await beijing.post("/orders", staff, body, status=201))["id"]
    added = await beijing.post(f"/orders/{order}/people/from-register", staff, {})
    assert added["insurable"] == 2
    submitted = await beijing.post(f"/orders/{order}/submit", staff)
    assert submitted["amount_due"] == "0.00"
    await beijing.reviewed(order)
    await issue_policies(worker.context, beijing.tenant.id)
    assert (await beijing.state(order))["issued"] == 2
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        rows = (await session.execute(select(Policy.contribution, Policy.starts_on))).all()
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    assert {row[1] for row in rows} == {first}
    assert isinstance(first, date) and len(rows) == 2


@pytest.mark.feature("D.04")
async def test_routes_of_known_people_are_guarded(beijing: Beijing, other: World) -> None:
    order = await started(beijing)
    row = new_id()
    routes = {
        f"/orders/{order}/people/from-register": {},
        f"/orders/{order}/people/from-last-term": {},
        f"/orders/{order}/people/lookup": {"member_number": "M000001"},
        f"/orders/{order}/people/{row}/consent": {"papers": []},
        f"/orders/{order}/amendments": {},
        f"/orders/{order}/leavers": {"document_numbers": ["1"]},
    }
    mint = beijing.client.mint
    reader = mint.actor(beijing.tenant, "enrollment.order.read")
    for path, body in routes.items():
        assert (await beijing.client.send("POST", path, json=body)).status_code == 401, path
        assert (await beijing.client.post(path, reader, json=body)).status_code == 403, path
        assert (await beijing.client.post(path, other.handler, json=body)).status_code == 404, path
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        assert (
            await session.execute(select(OrderPerson).where(OrderPerson.order_id == UUID(order)))
        ).all() == []
