"""The campus union's applications: condolence by reason, form, preview, drafts, the chair's approval."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.clock import today
from common.identifiers import mask_bank_card, mask_document_number

from .world import Member, World, errors, fields, heir

AMOUNTS = {"marriage": "500.00", "birth": "500.00", "surgery": "1000.00", "parent-death": "1000.00"}
DAY = (today() - timedelta(days=10)).isoformat()


@pytest_asyncio.fixture
async def bit(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("bit")


@pytest_asyncio.fixture
async def member(bit: World) -> Member:
    return await bit.admit()


async def condolence(bit: World, member: Member, reason: str, **more: Any) -> dict[str, Any]:
    payee = {"card_number": member.card, "bank_name": "工商银行"}
    body = {"fields": fields(reason=reason, happened_on=DAY), "payee": payee, **more}
    answer = await bit.ask(member.actor, "condolence", **body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.feature("A.03")
@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("marriage", "marriage-certificate"),
        ("birth", "birth-certificate"),
        ("surgery", "diagnosis"),
        ("surgery", "operation-record"),
        ("parent-death", "death-certificate"),
        ("parent-death", "deregistration"),
    ],
)
async def test_each_reason_asks_for_its_own_document(
    bit: World, member: Member, reason: str, rule: str
) -> None:
    claim = await condolence(bit, member, reason)
    refused = await bit.send_in(member.actor, claim)
    assert refused.status_code == 422 and errors(refused) == {"document.missing"}
    wrong = "birth-certificate" if reason == "marriage" else "marriage-certificate"
    paper = await bit.paper(member.actor)
    await bit.hand_in(member.actor, claim, {"receipt": paper, "rule": wrong})
    assert errors(await bit.send_in(member.actor, claim)) == {"document.missing"}
    kind = "diagnosis" if rule == "diagnosis" else "other"
    paper = await bit.paper(member.actor, kind=kind)
    await bit.hand_in(member.actor, claim, {"receipt": paper, "rule": rule})
    answer = await bit.send_in(member.actor, claim)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["amount"]) == ("in_review", AMOUNTS[reason])


@pytest.mark.feature("A.03")
async def test_a_short_text_stands_for_the_certificate_of_a_death(bit: World, member: Member) -> None:
    claim = await condolence(bit, member, "parent-death")
    short = (await bit.fill(member.actor, claim, fields=fields(statement="父亲于上月病故"))).json()
    refused = await bit.send_in(member.actor, claim)
    assert errors(refused) == {"field.days_missing"}
    assert "出生日期" in refused.json()["errors"][0]["message"]
    text = "父亲许某，1950年3月2日出生，2026-11-01 凌晨离世"
    assert (await bit.fill(member.actor, short, fields=fields(statement=text))).status_code == 200
    items = (await bit.preview(member.actor, claim))["checklist"]
    proofs = [(item["present"], item["by_text"]) for item in items if item["instead"] == "statement"]
    assert proofs and set(proofs) == {(True, True)}, "what stands for a paper is not said to be the paper"
    assert (await bit.send_in(member.actor, claim)).json()["status"] == "in_review"


@pytest.mark.feature("A.03", "A.07")
async def test_lists_say_whose_application_it_is_also_without_a_policy(bit: World, member: Member) -> None:
    claim = await condolence(bit, member, "parent-death")
    text = "父亲许某，1950年3月2日出生，2026-11-01 凌晨离世"
    assert (await bit.fill(member.actor, claim, fields=fields(statement=text))).status_code == 200
    await bit.send_in(member.actor, claim)
    shown = f"{member.name[0]}{'*' * (len(member.name) - 1)}"
    (queued,) = (await bit.client.get("/queue", bit.role("chair"))).json()["items"]
    assert queued["person_name"] == shown
    (listed,) = (await bit.client.get("/claims", bit.role("chair"))).json()["items"]
    assert listed["person_name"] == shown and claim["policy_id"] is None


@pytest.mark.feature("A.03", "N.04")
async def test_the_same_event_in_another_application_is_shown_to_the_reviewer(
    bit: World, member: Member
) -> None:
    text = "父亲许某，1950年3月2日出生，2026-11-01 凌晨离世"
    found = []
    for _ in range(2):
        claim = await condolence(bit, member, "parent-death")
        await bit.fill(member.actor, claim, fields=fields(statement=text))
        found.append((await bit.send_in(member.actor, claim)).json())
    first, second = found
    assert "event.same_day" not in {r["code"] for r in first["review_reasons"]}
    (told,) = [r for r in second["review_reasons"] if r["code"] == "event.same_day"]
    assert first["number"] in told["text"]


@pytest.mark.feature("A.03")
async def test_no_text_stands_for_a_marriage_certificate(bit: World, member: Member) -> None:
    claim = await condolence(bit, member, "marriage")
    text = fields(statement="1990年1月1日出生，2026年10月1日结婚")
    await bit.fill(member.actor, claim, fields=text)
    assert errors(await bit.send_in(member.actor, claim)) == {"document.missing"}


@pytest.mark.feature("A.03")
async def test_where_the_member_has_died_a_relative_applies_and_names_the_payee(
    bit: World, member: Member
) -> None:
    own = await condolence(bit, member, "member-death")
    assert {"claim.deceased_needs_applicant", "payee.heir_missing"} <= errors(
        await bit.send_in(member.actor, own)
    )
    wife = await bit.admit("王芳")
    behalf = {"document_number": member.number, "name": member.name, "relation": "spouse", "consent": True}
    text = fields(reason="member-death", happened_on=DAY, statement="1970年1月2日出生，2026年11月1日3时离世")
    answer = await bit.ask(wife.actor, "condolence", on_behalf=behalf, fields=text)
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    assert claim["person_id"] == str(member.id) and claim["on_behalf"]["applicant"] == "王*"
    assert errors(await bit.send_in(wife.actor, claim)) == {"payee.heir_missing", "payee.card_missing"}
    named = heir("王芳", wife.serial, wife.card)
    claim = (await bit.fill(wife.actor, claim, payee=named)).json()
    sent = (await bit.send_in(wife.actor, claim)).json()
    assert sent["status"] == "in_review" and sent["amount"] == "3000.00"
    assert sent["payee"] == {
        "kind": "legal_heir", "name": "王*", "card": mask_bank_card(wife.card), "bank_name": "工商银行",
        "named_here": True, "relation": "spouse", "relation_title": "配偶", "document_kind": "resident_id",
        "document_number": mask_document_number(wife.number), "mobile": None,
    }  # fmt: skip
    done = (await bit.decide(bit.role("chair"), sent, "chair")).json()
    assert done["status"] == "approved" and done["payout"]["card"] == mask_bank_card(wife.card)
    (told,) = await bit.events("claims.payout_requested.v1")
    money = told.data["payout"]
    assert (money["heir_paid"], money["applicant_id"]) == (True, str(wife.id)), "nobody writes to the dead"


@pytest.mark.feature("A.03")
async def test_the_unions_staff_applies_for_a_member_who_has_died(bit: World, member: Member) -> None:
    officer = bit.role("officer")
    body = {
        "kind": "condolence", "applicant_relation": "union_staff",
        "insured": {"document_number": member.number, "name": member.name},
        "payee": heir("王芳", 77, member.card),
        "fields": fields(reason="member-death", happened_on=DAY, statement="1970-01-02 出生，2026-11-01 离世"),
    }  # fmt: skip
    answer = await bit.client.post("/counter/claims", officer, json=body)
    assert answer.status_code == 201, answer.text
    sent = await bit.send_in(officer, answer.json())
    assert sent.json()["amount"] == "3000.00", sent.text


@pytest.mark.feature("A.03")
async def test_nobody_else_is_paid_while_the_member_lives(bit: World, member: Member) -> None:
    wife = await bit.admit("王芳")
    behalf = {"document_number": member.number, "name": member.name, "relation": "spouse", "consent": True}
    payee = {"kind": "legal_heir", "name": "王芳", "card_number": wife.card, "bank_name": "工商银行"}
    body = {"on_behalf": behalf, "payee": payee, "fields": fields(reason="marriage", happened_on=DAY)}
    claim = (await bit.ask(wife.actor, "condolence", **body)).json()
    paper = await bit.paper(wife.actor)
    await bit.hand_in(wife.actor, claim, {"receipt": paper, "rule": "marriage-certificate"})
    assert errors(await bit.send_in(wife.actor, claim)) == {"payee.not_allowed"}


@pytest.mark.feature("A.02", "A.04")
async def test_each_kind_says_whom_it_is_for(bit: World, member: Member) -> None:
    kinds = {kind["code"]: kind["sexes"] for kind in (await bit.client.get("/kinds", member.actor)).json()}
    both = ["female", "male"]
    assert kinds == {"condolence": both, "critical-illness": both, "women-special": ["female"]}


@pytest.mark.feature("A.06")
async def test_the_form_is_data_with_conditions(bit: World, member: Member) -> None:
    kinds = {kind["code"]: kind for kind in (await bit.client.get("/kinds", member.actor)).json()}
    condolence = kinds["condolence"]
    statement = next(field for field in condolence["fields"] if field["code"] == "statement")
    assert statement["when"]["is_one_of"] == ["parent-death", "family-death", "member-death"]
    certificate = next(d for d in condolence["documents"] if d["code"] == "death-certificate")
    assert certificate["instead"] == "statement" and certificate["group"] == "death-proof"
    assert condolence["on_behalf"]["relations"]["spouse"] == "配偶"
    assert condolence["nodes"] == ["工会主席审批"]


@pytest.mark.feature("A.06")
async def test_the_preview_shows_what_is_missing_and_changes_nothing(bit: World, member: Member) -> None:
    claim = await condolence(bit, member, "marriage")
    preview = await bit.preview(member.actor, claim)
    assert preview["ready"] is False and preview["estimate"] == "500.00"
    assert [fault["code"] for fault in preview["faults"]] == ["document.missing"]
    assert preview["checklist"] == [
        {
            "code": "marriage-certificate",
            "title": "结婚证复印件",
            "stay": 0,
            "present": False,
            "instead": None,
            "by_text": False,
        }
    ]
    paper = await bit.paper(member.actor)
    await bit.hand_in(member.actor, claim, {"receipt": paper, "rule": "marriage-certificate"})
    preview = await bit.preview(member.actor, claim)
    assert preview["ready"] is True and preview["checklist"][0]["present"] is True
    again = await bit.preview(member.actor, claim)
    assert again["claim"]["version"] == preview["claim"]["version"] and again["claim"]["status"] == "draft"


@pytest.mark.feature("A.06", "N.10")
async def test_a_draft_goes_on_from_another_device(bit: World, member: Member) -> None:
    claim = await condolence(bit, member, "marriage")
    assert claim["saved_at"] is not None
    phone = bit.client.mint.actor(
        bit.tenant,
        *member.actor.permissions,
        kind=member.actor.kind,
        person_id=member.id,
        actor_id=member.actor.id,
    )
    drafts = (await bit.client.get("/claims?status=draft", phone)).json()["items"]
    assert [draft["id"] for draft in drafts] == [claim["id"]]
    changed = (await bit.fill(phone, claim, fields=fields(reason="birth"))).json()
    assert changed["saved_at"] > claim["saved_at"]
    stale = await bit.fill(member.actor, claim, fields=fields(reason="surgery"))
    assert stale.status_code == 412
    none = await bit.client.send(
        "PATCH", f"/claims/{claim['id']}/fields", phone, json={"fields": fields(reason="birth")}
    )
    assert none.status_code == 428
    read = await bit.read(member.actor, claim)
    assert next(f["value"] for f in read["fields"] if f["code"] == "reason") == "birth"


@pytest.mark.feature("A.06")
async def test_wrong_values_are_answered_field_by_field(bit: World, member: Member) -> None:
    body = fields(reason="holiday", happened_on="昨天", name="别人", nothing="1")
    refused = await bit.ask(member.actor, "condolence", fields=body)
    assert refused.status_code == 422 and refused.json()["code"] == "claim.fields_invalid"
    found = {(error["field"], error["code"]) for error in refused.json()["errors"]}
    assert found == {
        ("reason", "field.invalid"), ("happened_on", "field.invalid"), ("name", "field.from_register"),
        ("nothing", "field.unknown"),
    }  # fmt: skip


async def submitted(bit: World, member: Member) -> dict[str, Any]:
    claim = await condolence(bit, member, "marriage")
    paper = await bit.paper(member.actor)
    await bit.hand_in(member.actor, claim, {"receipt": paper, "rule": "marriage-certificate"})
    return dict((await bit.send_in(member.actor, claim)).json())


@pytest.mark.feature("A.07")
async def test_the_chair_returns_and_then_agrees_and_the_applicant_sees_it(
    bit: World, member: Member
) -> None:
    claim = await submitted(bit, member)
    chair = bit.role("chair")
    officer = await bit.decide(bit.role("officer"), claim, "chair")
    assert officer.status_code == 403 and officer.json()["code"] == "claim.not_your_node"
    assert "“工会主席审批”由“工会主席”处理" in officer.json()["detail"]
    returned = await bit.decide(chair, claim, "chair", "return", opinion="请补拍结婚证内页")
    assert returned.json()["status"] == "returned"
    seen = await bit.read(member.actor, claim)
    assert seen["reason"] == "请补拍结婚证内页"
    assert (await bit.send_in(member.actor, claim)).json()["round"] == 2
    assert (await bit.decide(chair, claim, "chair", opinion="同意慰问")).json()["status"] == "approved"
    timeline = (await bit.read(member.actor, claim))["timeline"]
    assert [(step["title"], step["action"], step["opinion"]) for step in timeline[:4]] == [
        ("提交申请", "submitted", ""),
        ("工会主席审批", "returned", "请补拍结婚证内页"),
        ("提交申请", "submitted", ""),
        ("工会主席审批", "agreed", "同意慰问"),
    ]
    assert all(step["at"] for step in timeline[:4])
    assert [step["handler"] for step in timeline[:4]] == ["", "工会主席", "", "工会主席"]
    assert all(step["handler_id"] is None for step in timeline), "accounts of staff are no member's business"
    assert (await bit.read(member.actor, claim))["title"] == "工会会员日常慰问申请 · 会员结婚"
    seen = (await bit.read(bit.role("officer"), claim))["timeline"]
    assert all(step["handler_id"] for step in seen[:4])


@pytest.mark.feature("A.07")
async def test_the_chair_rejects_with_a_reason(bit: World, member: Member) -> None:
    claim = await submitted(bit, member)
    chair = bit.role("chair")
    silent = await bit.decide(chair, claim, "chair", "reject", opinion="")
    assert silent.status_code == 422 and silent.json()["code"] == "claim.opinion_missing"
    answer = await bit.decide(chair, claim, "chair", "reject", opinion="不在慰问范围")
    assert answer.json()["status"] == "rejected"
    assert (await bit.read(member.actor, claim))["reason"] == "不在慰问范围"
    late = await bit.fill(member.actor, await bit.read(member.actor, claim), fields=fields(reason="birth"))
    assert late.status_code == 409 and late.json()["code"] == "claim.closed"
