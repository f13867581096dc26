"""Orders where members are admitted first and agencies check (rows D.04 to D.07, D.10, D.13)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.clock import today
from common.consumer import Worker
from common.ids import new_id
from enrollment.issuing.jobs import issue_policies
from enrollment.people.models import OrderPerson
from enrollment.policies.models import Policy

from .beijing import Beijing, member
from .world import World

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
    assert nobody["order"]["insurable"] == 0
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


@pytest.mark.feature("D.05")
@pytest.mark.feature("D.13")
async def test_exactly_the_current_search_is_reported(beijing: Beijing) -> None:
    people = [member(n) for n in range(1, 7)]
    await beijing.admit(people)
    first, second = await started(beijing), await started(beijing)
    other = await beijing.order(product="critical-illness", requested_start=START.isoformat())
    await beijing.upload(first, people[:3])
    await beijing.upload(second, people[3:5])
    await beijing.upload(other, people[5:])
    search = {"status": "draft", "product": "inpatient"}
    summary = await beijing.post("/orders/found/summary", beijing.handler, search)
    assert summary == {"orders": 2, "people": 5, "shares": 5, "amount": "400.00"}
    expected = {key: summary[key] for key in ("orders", "people", "amount")}
    wrong = await beijing.post(
        "/orders/found/submit",
        beijing.handler,
        {"search": search, "expected": expected | {"people": 4}},
        status=409,
    )
    assert wrong["code"] == "order.search_changed"
    done = await beijing.post(
        "/orders/found/submit", beijing.handler, {"search": search, "expected": expected}
    )
    assert (done["done"], done["refused"]) == (2, 0)
    assert (await beijing.state(other))["status"] == "draft"
    up = {"status": "submitted", "product": "inpatient", "credit_code": "91320211MA1WXYZ12X"}
    assert (await beijing.post("/orders/found/summary", beijing.agency, up))["amount"] == "400.00"
    passed = await beijing.post("/orders/found/pass", beijing.agency, {"search": up, "expected": expected})
    assert {item["status"] for item in passed["items"]} == {"submitted"} and passed["done"] == 2
    again = await beijing.post("/orders/found/pass", beijing.agency, {"search": up, "expected": expected})
    assert {item["code"] for item in again["items"]} == {"order.other_role"} and again["done"] == 0
    back = {"search": up, "expected": expected, "reason": "金额需要核对"}
    returned = await beijing.post("/orders/found/return", beijing.reviewer, back)
    assert {item["status"] for item in returned["items"]} == {"draft"}


@pytest.mark.feature("D.13")
async def test_single_people_are_returned_and_the_rest_goes_up(beijing: Beijing) -> None:
    people = [member(n) for n in range(1, 5)]
    await beijing.admit(people)
    order = await started(beijing)
    await beijing.upload(order, people)
    await beijing.submit(order)
    items = (await beijing.client.get(f"/orders/{order}/people", beijing.agency)).json()["items"]
    path = f"/orders/{order}/people/return"
    whole = await beijing.post(
        path, beijing.agency, {"ids": [item["id"] for item in items], "reason": "全部"}, status=422
    )
    assert whole["code"] == "order.return_it_whole"
    await beijing.post(path, beijing.reviewer, {"ids": [items[0]["id"]], "reason": "不符"}, status=403)
    body = {"ids": [items[0]["id"]], "reason": "已离职，请核实"}
    rest = await beijing.post(path, beijing.agency, body)
    assert (rest["people"], rest["amount_due"], rest["status"]) == (3, "240.00", "submitted")
    drafts = await beijing.client.get("/orders?status=draft", beijing.handler)
    (draft,) = drafts.json()["items"]
    assert (draft["return_reason"], draft["split_from_id"]) == ("已离职，请核实", order)
    assert (await beijing.state(draft["id"]))["insurable"] == 1
    assert (await beijing.submit(draft["id"])).json()["people"] == 1


@pytest.mark.feature("D.13")
async def test_an_agency_sees_its_own_units_only(beijing: Beijing) -> None:
    await beijing.admit([member(1)])
    order = await started(beijing)
    await beijing.upload(order, [member(1)])
    await beijing.submit(order)
    mint = beijing.client.mint
    stranger = mint.actor(
        beijing.tenant,
        "enrollment.order.read",
        "enrollment.order.review",
        roles=frozenset({"agency"}),
        org_path="/haidian/haidian-shangdi/",
    )
    assert (await beijing.post("/orders/found/summary", stranger, {}))["orders"] == 0
    await beijing.post(f"/orders/{order}/approve", stranger, status=404)


@pytest.mark.feature("D.06")
async def test_over_age_needs_the_agencys_consent_and_papers(beijing: Beijing) -> None:
    old, woman = member(1, years=62), member(2, years=56, woman=True)
    beyond = member(3, years=66)
    await beijing.admit([old, woman, beyond])
    order = await started(beijing)
    await beijing.upload(order, [old, woman, beyond])
    assert set(map(tuple, (await beijing.reasons(order)).values())) == {("age.over",)}
    path = f"/orders/{order}/people"
    items = (await beijing.client.get(f"{path}?insurable=false", beijing.handler)).json()["items"]
    by_tail = {item["document_number"][-4:]: item for item in items}
    actions = {tail: item["reasons"][0]["action"] for tail, item in by_tail.items()}
    assert actions == {
        old["id_number"][-4:]: "ask_consent", woman["id_number"][-4:]: "ask_consent",
        beyond["id_number"][-4:]: "remove",
    }  # fmt: skip
    paper = {"code": "postponed-retirement", "receipt": beijing.receipt("application/pdf")}
    never = f"{path}/{by_tail[beyond['id_number'][-4:]]['id']}/consent"
    assert (await beijing.post(never, beijing.handler, {"papers": [paper]}, status=422))[
        "code"
    ] == "consent.never"
    mine = f"{path}/{by_tail[old['id_number'][-4:]]['id']}/consent"
    missing = await beijing.post(mine, beijing.handler, {"papers": []}, status=422)
    assert missing["code"] == "consent.papers_missing"
    asked = await beijing.post(mine, beijing.handler, {"papers": [paper], "note": "局级干部"}, status=201)
    assert (asked["state"], old["id_number"] in str(asked)) == ("asked", False)
    twice = await beijing.post(mine, beijing.handler, {"papers": [paper]}, status=409)
    assert twice["code"] == "consent.exists"
    consent = f"/consents/{asked['id']}"
    office = await beijing.post(f"{consent}/grant", beijing.reviewer, status=403)
    assert office["code"] == "order.other_role"
    looked = (await beijing.client.get(consent, beijing.agency)).json()
    assert "?link=" in looked["papers"][0]["url"]
    refused = await beijing.post(f"{consent}/refuse", beijing.agency, {"reason": "材料不清"})
    assert refused["state"] == "refused"
    await beijing.post(mine, beijing.handler, {"papers": [paper]}, status=201)
    granted = await beijing.post(f"{consent}/grant", beijing.agency, {"opinion": "同意"})
    assert granted["state"] == "granted"
    late = await beijing.post(f"{consent}/grant", beijing.agency, status=409)
    assert late["code"] == "consent.decided"
    assert (await beijing.state(order))["insurable"] == 1
    checked = await beijing.post(f"/orders/{order}/recheck", beijing.handler)
    assert (checked["insurable"], checked["not_insurable"]) == (1, 2)


AGES = [
    (False, 59, 1, []), (False, 60, 0, ["age.over"]), (True, 54, 1, []), (True, 55, 0, ["age.over"]),
    (False, 16, 0, ["age.under"]), (False, 16, 1, []), (True, 15, 300, ["age.under"]),
]  # fmt: skip


@pytest.mark.feature("D.06")
async def test_age_counts_on_the_first_day_of_cover(beijing: Beijing) -> None:
    """Women over 16 and under 55, men over 16 and under 60, to the day."""
    order = await beijing.order(requested_start=today().isoformat())
    people = [member(10 + n, years=y, days=d, woman=w) for n, (w, y, d, _) in enumerate(AGES)]
    await beijing.admit(people)
    await beijing.upload(order, people)
    found = await beijing.reasons(order)
    for person, (_, _, _, codes) in zip(people, AGES, strict=True):
        assert found.get(person["id_number"][-4:], []) == codes, person


@pytest.mark.feature("D.07")
async def test_each_refusal_says_what_to_do_next(beijing: Beijing, worker: Worker) -> None:
    covered, moved, named, busy = (member(n) for n in range(1, 5))
    unknown, wrong = member(7), member(8)
    await beijing.admit([covered, named, busy])
    await beijing.admit([moved], unit_id=new_id())
    await in_force(beijing, worker, [covered])
    waiting = await started(beijing)
    await beijing.upload(waiting, [busy])
    await beijing.submit(waiting)
    rows: list[dict[str, Any]] = [
        covered | {"shares": "2"}, moved, named | {"name": "欧阳别名"}, busy, unknown,
        wrong | {"id_number": wrong["id_number"][:-1] + ("1" if wrong["id_number"][-1] != "1" else "2")},
    ]  # fmt: skip
    order = await started(beijing)
    await beijing.upload(order, rows)
    items = (await beijing.client.get(f"/orders/{order}/people?insurable=false", beijing.handler)).json()[
        "items"
    ]
    told = [{reason["code"]: reason["action"] for reason in item["reasons"]} for item in items]
    assert told == [
        {"policy.duplicate": "renew", "shares.exceeded": "look_up_cover"},
        {"member.other_unit": "transfer"},
        {"name.mismatch": "change_of_data"},
        {"policy.in_progress": "finish_order"},
        {"member.unknown": "admission"},
        {"id.checksum": "change_of_data"},
    ]
    texts = [reason for item in items for reason in item["reasons"]]
    assert all(reason["action_text"] and reason["advice"] for reason in texts)
    (digit,) = (reason["message"] for reason in texts if reason["code"] == "id.checksum")
    assert wrong["id_number"][-1] in digit


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
    gone = await beijing.post(f"{path}/delete", beijing.handler, {"all": True, "words": "全部删除"})
    assert (gone["insurable"], gone["changed"]) == (0, 2)


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
