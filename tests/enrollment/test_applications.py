"""Individual cover on the pack's form: from the offer to the policy (rows A.04, A.06, A.07)."""

import asyncio
from datetime import date
from typing import Any

import pytest

from common.testing import Pump

from .campus import CRITICAL, WOMEN, Campus, number_of


@pytest.mark.feature("A.04")
@pytest.mark.feature("A.05")
async def test_from_the_form_to_the_policy(campus: Campus, pump: Pump) -> None:
    member = await campus.member()
    offers = (await campus.client.get("/applications/offers", member)).json()["items"]
    assert {offer["product"]: offer["eligible"] for offer in offers} == {CRITICAL: True, WOMEN: True}

    application = await campus.paid(member, shares="2")
    await pump.settle()
    shown = await campus.look(application, member)
    assert (shown["status"], shown["amount_due"]) == ("paid", "180.00")
    policies = (await campus.client.get("/policies/mine", member)).json()["items"]
    assert [(p["product"], p["shares"], p["contribution"]) for p in policies] == [(CRITICAL, 2, "180.00")]
    assert shown["policy_number"] == policies[0]["number"]
    receipts = (await campus.client.get("/receipts", member)).json()["items"]
    assert [(r["amount"], r["amount_in_capitals"], r["kind"]) for r in receipts] == [
        ("180.00", "壹佰捌拾元整", "cover")
    ]


@pytest.mark.feature("A.04")
@pytest.mark.feature("A.06")
async def test_the_work_number_is_the_units_not_the_unions(campus: Campus) -> None:
    """工号 comes from the register where it is known; else the member types it, and the member number is no such."""
    told = await campus.member(serial=7)
    field = await the_staff_number(campus, await campus.begin(told))
    assert (field["shown"], field["registered"]) == ("20230007", True)
    refused = await campus.begin(told, WOMEN, staff_number="BIT00007")
    assert [error["code"] for error in refused.json()["errors"]] == ["field.from_register"]
    untold = await campus.member(serial=8, work_number=None)
    typed = await the_staff_number(campus, await campus.begin(untold, staff_number="20230008"))
    assert (typed["value"], typed["registered"]) == ("20230008", False)


async def the_staff_number(campus: Campus, begun: Any) -> dict[str, Any]:
    assert begun.status_code == 201, begun.text
    return next(dict(field) for field in begun.json()["fields"] if field["code"] == "staff_number")


@pytest.mark.feature("A.04")
async def test_cover_for_women_is_refused_to_men_with_the_rule(campus: Campus) -> None:
    man, woman = await campus.member("male"), await campus.member("female")
    refused = await campus.begin(man, WOMEN)
    assert (refused.status_code, refused.json()["code"]) == (422, "application.not_eligible")
    assert [error["code"] for error in refused.json()["errors"]] == ["sex.not_eligible"]
    assert "女性" in refused.json()["detail"]
    offers = (await campus.client.get("/applications/offers", man)).json()["items"]
    offer = next(offer for offer in offers if offer["product"] == WOMEN)
    assert not offer["eligible"] and offer["reasons"][0]["code"] == "sex.not_eligible"
    assert (await campus.begin(woman, WOMEN)).status_code == 201


@pytest.mark.feature("A.04")
@pytest.mark.parametrize(
    ("sex", "born", "code"),
    [("female", date(1966, 1, 1), "age.over"), ("male", date(2015, 1, 1), "age.under")],
)
async def test_age_is_judged_by_the_products_limits(campus: Campus, sex: str, born: date, code: str) -> None:
    member = await campus.member(sex, born=born)
    refused = await campus.begin(member)
    assert [error["code"] for error in refused.json()["errors"]] == [code]


@pytest.mark.feature("A.04")
async def test_nobody_applies_twice_or_while_covered(campus: Campus, pump: Pump) -> None:
    member = await campus.member()
    await campus.submitted(member)
    again = await campus.begin(member)
    assert (again.status_code, again.json()["code"]) == (409, "application.in_progress")
    other = await campus.member("female", 5)
    await campus.paid(other)
    await pump.settle()
    covered = await campus.begin(other)
    assert [error["code"] for error in covered.json()["errors"]] == ["policy.duplicate"]


@pytest.mark.feature("A.06")
async def test_the_form_is_the_packs_and_the_register_fills_it(campus: Campus) -> None:
    member = await campus.member()
    begun = (await campus.begin(member, shares="2")).json()
    form = campus.tenant.pack.product(CRITICAL).form
    assert form is not None
    assert [field["code"] for field in begun["fields"]] == [field.code for field in form.fields]
    registered = {f["code"]: f["shown"] for f in begun["fields"] if f["registered"]}
    assert set(registered) == {"name", "staff_number", "unit", "id_number", "mobile"}
    assert registered["unit"] == "计算机学院分工会" and registered["staff_number"] == "20230000"
    assert number_of("female") not in str(begun) and "13812345678" not in str(begun)
    shares = next(field for field in begun["fields"] if field["code"] == "shares")
    assert (shares["value"], shares["minimum"], shares["maximum"]) == ("2", "1", "3")


@pytest.mark.feature("A.06")
async def test_faults_of_the_form_name_their_fields(campus: Campus) -> None:
    member = await campus.member()
    wrong = await campus.begin(member, shares="7", colour="red", name="张三")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "application.answers_invalid")
    assert {(e["field"], e["code"]) for e in wrong.json()["errors"]} == {
        ("shares", "field.invalid"), ("colour", "field.unknown"), ("name", "field.from_register")
    }  # fmt: skip
    application = (await campus.begin(member, healthy="no")).json()["id"]
    preview = (await campus.client.get(f"/applications/{application}/preview", member)).json()
    assert not preview["ready"]
    assert {(f["field"], f["code"]) for f in preview["faults"]} == {
        ("shares", "field.missing"), ("healthy", "field.must_be")
    }  # fmt: skip
    refused = await campus.client.post(f"/applications/{application}/submit", member)
    assert (refused.status_code, refused.json()["code"]) == (422, "application.answers_invalid")


@pytest.mark.feature("A.06")
async def test_a_draft_goes_on_on_another_device_and_no_change_is_lost(campus: Campus) -> None:
    member = await campus.member()
    phone = (await campus.begin(member, shares="1")).json()
    desk = (await campus.begin(member)).json()
    assert desk["id"] == phone["id"]
    path, body = f"/applications/{phone['id']}", {"answers": {"shares": "2", "healthy": "yes"}}
    kept = await campus.client.send(
        "PUT", path, member, json=body, headers={"If-Match": str(desk["version"])}
    )
    assert kept.status_code == 200, kept.text
    stale = await campus.client.send(
        "PUT", path, member, json=body, headers={"If-Match": str(desk["version"])}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "edit.stale")
    missing = await campus.client.send("PUT", path, member, json=body)
    assert missing.status_code == 428
    preview = (await campus.client.get(f"{path}/preview", member)).json()
    assert preview["ready"] and preview["amount_due"] == "180.00" and preview["declaration"]
    submitted = (await campus.client.post(f"{path}/submit", member)).json()
    assert (submitted["status"], submitted["nodes"][0]["state"]) == ("submitted", "current")
    late = await campus.client.send(
        "PUT", path, member, json=body, headers={"If-Match": str(submitted["version"])}
    )
    assert (late.status_code, late.json()["code"]) == (409, "application.wrong_state")


@pytest.mark.feature("A.07")
async def test_the_chair_returns_then_passes_with_an_opinion_and_every_node_is_seen(campus: Campus) -> None:
    member = await campus.member()
    application = await campus.submitted(member)
    queue = (await campus.client.get("/applications?status=submitted", campus.chair)).json()["items"]
    assert [item["id"] for item in queue] == [application]
    path = f"/applications/{application}"
    bare = await campus.client.post(f"{path}/return", campus.chair, json={"reason": ""})
    assert bare.status_code == 422
    returned = await campus.client.post(f"{path}/return", campus.chair, json={"reason": "份数请改为一份"})
    assert returned.json()["status"] == "draft", returned.text
    seen = await campus.look(application, member)
    assert (seen["reason"], seen["status_text"]) == ("份数请改为一份", "已退回，请修改")
    assert (seen["nodes"][0]["state"], seen["nodes"][0]["opinion"]) == ("returned", "份数请改为一份")
    assert (await campus.client.post(f"{path}/submit", member)).status_code == 200
    await campus.client.post(f"{path}/approve", campus.chair, json={"opinion": "同意参保"})
    seen = await campus.look(application, member)
    assert (seen["status"], seen["nodes"][0]["title"]) == ("to_pay", "工会主席审批")
    assert (seen["nodes"][0]["state"], seen["nodes"][0]["opinion"]) == ("passed", "同意参保")
    assert [step["decision"] for step in seen["history"]] == ["submitted", "returned", "submitted", "passed"]


@pytest.mark.feature("A.07")
async def test_a_rejection_is_final_and_gives_the_reason(campus: Campus) -> None:
    member = await campus.member()
    application = await campus.submitted(member)
    path = f"/applications/{application}"
    await campus.client.post(f"{path}/reject", campus.chair, json={"reason": "已办理退休"})
    seen = await campus.look(application, member)
    assert (seen["status"], seen["reason"], seen["nodes"][0]["state"]) == (
        "rejected",
        "已办理退休",
        "rejected",
    )
    again = await campus.client.post(f"{path}/approve", campus.chair, json={})
    assert (again.status_code, again.json()["code"]) == (409, "application.wrong_state")
    assert (await campus.begin(member)).json()["id"] != application


@pytest.mark.feature("A.07")
async def test_who_may_not_decide(campus: Campus) -> None:
    member = await campus.member()
    application = await campus.submitted(member)
    path, mint = f"/applications/{application}/approve", campus.client.mint
    assert (await campus.client.post(path, json={})).status_code == 401
    assert (await campus.client.post(path, member, json={})).status_code == 403
    finance = mint.actor(campus.tenant, "enrollment.order.review", roles=frozenset({"finance"}))
    assert (await campus.client.post(path, finance, json={})).json()["code"] == "order.other_role"
    selves = mint.actor(
        campus.tenant, "enrollment.order.review", roles=frozenset({"chair"}), person_id=member.person_id
    )
    assert (await campus.client.post(path, selves, json={})).status_code == 403


async def test_whose_application_it_is(campus: Campus, enrollment: object) -> None:
    member, stranger = await campus.member(), await campus.member("female", 9)
    application = await campus.drafted(member)
    for actor in (stranger, campus.chair):
        assert (await campus.client.get(f"/applications/{application}", actor)).status_code == 404
    assert (await campus.client.get(f"/applications/{application}")).status_code == 401
    nobody = campus.client.mint.actor(campus.tenant, "enrollment.application.write")
    refused = await campus.client.post("/applications", nobody, json={"product": CRITICAL})
    assert (refused.status_code, refused.json()["code"]) == (403, "application.member_required")


@pytest.mark.feature("A.07")
async def test_lists_say_whose_application_it_is(campus: Campus) -> None:
    first, second = await campus.member(), await campus.member("male", 4)
    for member in (first, second):
        await campus.submitted(member)
    listed = (await campus.client.get("/applications?status=submitted", campus.chair)).json()["items"]
    assert [one["person_name"] for one in listed] == ["李*", "王*"]


async def test_an_application_withdrawn_before_it_is_paid_leaves_nothing_to_pay(campus: Campus) -> None:
    member = await campus.member()
    application = await campus.approved(member)
    answer = await campus.client.post(f"/applications/{application}/withdraw", member)
    assert answer.json()["status"] == "withdrawn", answer.text
    refused = await campus.client.post(f"/applications/{application}/payment", member, json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "application.wrong_state")
    assert (await campus.begin(member)).status_code == 201


async def test_a_double_tap_makes_one_application_and_one_approval(campus: Campus) -> None:
    member = await campus.member()
    answers = await asyncio.gather(*(campus.begin(member, shares="1", healthy="yes") for _ in range(4)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    application = made.pop()
    await campus.client.post(f"/applications/{application}/submit", member)
    taps = await asyncio.gather(
        *(campus.client.post(f"/applications/{application}/approve", campus.chair, json={}) for _ in range(4))
    )
    assert sorted(tap.status_code for tap in taps) == [200, 409, 409, 409]


async def test_a_person_who_is_no_member_is_told_what_to_do(campus: Campus) -> None:
    member = await campus.member(state="new")
    refused = await campus.begin(member)
    assert (refused.status_code, refused.json()["code"]) == (409, "application.member_unknown")
