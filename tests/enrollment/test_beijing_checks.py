"""Orders as agencies check them: what was shown is reported, single people returned, consents, ages, refusals."""

from typing import Any

import pytest
from sqlalchemy import select

from common.clock import today
from common.consumer import ConsumerContext, Worker
from common.contracts.identity import PersonErased
from common.events.outbox import wrap
from common.ids import new_id
from enrollment.consents.models import OverAgeConsent
from enrollment.erasure import SUBSCRIPTION

from .beijing import Beijing, member
from .test_beijing_orders import START, in_force, started

AGES = [
    (False, 59, 1, []), (False, 60, 0, ["age.over"]), (True, 54, 1, []), (True, 55, 0, ["age.over"]),
    (False, 16, 0, ["age.under"]), (False, 16, 1, []), (True, 15, 300, ["age.under"]),
]  # fmt: skip


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
    assert {item["code"] for item in again["items"]} == {"order.already_done"} and again["done"] == 0
    back = {"search": up, "expected": expected, "reason": "金额需要核对"}
    returned = await beijing.post("/orders/found/return", beijing.reviewer, back)
    assert {item["status"] for item in returned["items"]} == {"draft"}


@pytest.mark.feature("D.13")
async def test_nothing_found_is_said(beijing: Beijing) -> None:
    body = {
        "search": {"number": "19990101000000000"},
        "expected": {"orders": 0, "people": 0, "amount": "0.00"},
    }
    for path, actor, more in (
        ("submit", beijing.handler, {}),
        ("pass", beijing.agency, {}),
        ("return", beijing.agency, {"reason": "金额需要核对"}),
    ):
        problem = await beijing.post(f"/orders/found/{path}", actor, body | more, status=422)
        assert problem["code"] == "order.nothing_found" and "没有符合查询条件的参保申请" in str(problem)


@pytest.mark.feature("D.03")
async def test_a_search_from_a_later_day_to_an_earlier_is_refused(beijing: Beijing) -> None:
    back = {"created_from": "2026-05-02", "created_until": "2026-05-01"}
    cover = {"ends_from": "2026-05-02", "ends_until": "2026-05-01"}
    order = await beijing.order()
    for path, body in (
        ("/orders/found", back),
        ("/orders/found/summary", back),
        ("/policies/search", cover),
        ("/policies/search", {"starts_from": "2026-05-02", "starts_until": "2026-05-01"}),
        (f"/orders/{order}/people/from-last-term", cover),
    ):
        problem = await beijing.post(path, beijing.handler, body, status=422)
        assert problem["code"] == "search.span_reversed" and "2026-05-02 晚于截止日期 2026-05-01" in str(
            problem
        )
    same = {"created_from": "2026-05-01", "created_until": "2026-05-01"}
    assert (await beijing.post("/orders/found", beijing.handler, same))["items"] == []


@pytest.mark.feature("D.07")
@pytest.mark.parametrize(
    ("sex", "code"), [("female", "sex.mismatch"), ("女", "sex.mismatch"), ("雌", "sex.unreadable")]
)
async def test_a_sex_that_is_not_the_numbers_is_refused_at_the_field(
    beijing: Beijing, sex: str, code: str
) -> None:
    man = member(1)
    await beijing.admit([man])
    order = await beijing.order()
    body = {"name": man["name"], "document_number": man["id_number"], "sex": sex}
    problem = await beijing.post(f"/orders/{order}/people", beijing.handler, body, status=422)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("sex", code)]
    await beijing.post(f"/orders/{order}/people", beijing.handler, body | {"sex": "male"}, status=201)


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
async def test_over_age_needs_the_agencys_consent_and_papers(beijing: Beijing, emitted_of: Any) -> None:
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
    await a_persons_papers_go_with_the_person(beijing, emitted_of)


async def a_persons_papers_go_with_the_person(beijing: Beijing, emitted_of: Any) -> None:
    """What a unit handed in is under no key of the person: enrollment names it, and ocr erases it."""
    context, tenant = beijing.client.context, beijing.tenant.id
    async with context.db.transaction(tenant) as session:
        (consent,) = (await session.execute(select(OverAgeConsent))).scalars()
        said = PersonErased(request_id=new_id(), person_id=consent.person_id)
        await SUBSCRIPTION.handler(session, said, ConsumerContext(context, wrap(said, tenant)))
    wire = "enrollment.person_erasure_done.v1"
    (done,) = [event for event in await emitted_of(beijing) if event.type == wire]
    assert done.data["documents"] == [paper["document_id"] for paper in consent.papers] != []


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


@pytest.mark.feature("D.06")
async def test_who_asked_for_a_consent_does_not_grant_it(beijing: Beijing) -> None:
    """Not by another account either: the person behind both is compared."""
    old = member(1, years=62)
    await beijing.admit([old])
    order = await started(beijing)
    await beijing.upload(order, [old])
    path = f"/orders/{order}/people"
    (row,) = (await beijing.client.get(f"{path}?insurable=false", beijing.handler)).json()["items"]
    paper = {"code": "postponed-retirement", "receipt": beijing.receipt("application/pdf")}
    human = new_id()
    asker = beijing.handler.model_copy(update={"human": human})
    asked = await beijing.post(f"{path}/{row['id']}/consent", asker, {"papers": [paper]}, status=201)
    same = beijing.agency.model_copy(update={"human": human})
    consent = f"/consents/{asked['id']}"
    refused = await beijing.post(f"{consent}/grant", same, {"opinion": "同意"}, status=403)
    assert refused["code"] == "consent.asked_by_you"
    assert (await beijing.post(f"{consent}/grant", beijing.agency, {"opinion": "同意"}))["state"] == "granted"
