"""The city's three-in-one: to-upload claims, the counter also without network, what a member sees of their own."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from claims.intake.models import Claim, ClaimStep
from common.clock import now, today
from common.identifiers import mask_bank_card, mask_name
from common.ids import new_id

from .test_feed import as_csv, line
from .world import Person, World, card_number, errors, fields, heir, id_number, together

DAY = (today() - timedelta(days=20)).isoformat()


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def person(wuxi: World) -> Person:
    return await wuxi.cover()


async def invited(wuxi: World, person: Person) -> dict[str, Any]:
    body = {
        "document_number": id_number(person.serial), "kind": "critical-illness",
        "fields": fields(illness="malignant-tumour", diagnosed_on=DAY, hospital="无锡市人民医院"),
    }  # fmt: skip
    answer = await wuxi.client.post("/invitations", wuxi.role("claims_checker"), json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.feature("C.10")
async def test_the_member_uploads_and_three_nodes_decide(wuxi: World, person: Person) -> None:
    claim = await invited(wuxi, person)
    assert len(await wuxi.events("claims.claim_opened.v1")) == 1
    mine = (await wuxi.client.get("/claims?status=to_upload", person.actor)).json()["items"]
    assert [item["id"] for item in mine] == [claim["id"]]
    kinds = (await wuxi.client.get("/kinds", person.actor)).json()
    illness = next(kind for kind in kinds if kind["code"] == "critical-illness")
    sample = next(d["sample"] for d in illness["documents"] if d["code"] == "pathology")
    assert wuxi.tenant.pack.article(sample)
    refused = await wuxi.send_in(person.actor, claim)
    assert {e["field"] for e in refused.json()["errors"]} == {"pathology", "discharge-record"}
    for rule, kind in (("pathology", "pathology"), ("discharge-record", "discharge_record")):
        paper = await wuxi.paper(person.actor, person.name, kind=kind)
        await wuxi.hand_in(person.actor, claim, {"receipt": paper, "rule": rule})
    sent = (await wuxi.send_in(person.actor, claim)).json()
    assert (sent["status"], sent["amount"]) == ("in_review", "15000.00")
    for role, node, who in (
        ("claims_checker", "first-check", "majiajia"),
        ("claims_reviewer", "review", "wangying"),
        ("report_reviewer", "report-review", "baogao1"),
    ):
        decider = wuxi.role(role, label=who)
        await wuxi.employ(decider)
        answer = await wuxi.decide(decider, sent, node)
        assert answer.status_code == 200, answer.text
    timeline = (await wuxi.read(person.actor, claim))["timeline"]
    decided = [(s["title"], s["handler"], s["opinion"]) for s in timeline if s["action"] == "agreed"]
    assert decided == [
        (role, f"{role} 沈**", "同意") for role in ("经办初审", "业务复核", "报告复核")
    ]  # fmt: skip
    assert "majiajia" not in str(timeline), "sign-in names are the staff's own"
    english = await wuxi.client.get(f"/claims/{claim['id']}", person.actor, headers={"Accept-Language": "en"})
    agreed = [s["handler"] for s in english.json()["timeline"] if s["action"] == "agreed"]
    assert agreed == ["Claims checker 沈**", "Claims reviewer 沈**", "Report reviewer 沈**"]
    seen = (await wuxi.read(wuxi.role("claims_reviewer"), claim))["timeline"]
    assert [s["handler"] for s in seen if s["action"] == "agreed"] == ["majiajia", "wangying", "baogao1"]
    assert all(step["at"] for step in timeline if not step["pending"])


@pytest.mark.feature("C.10", "N.04")
async def test_papers_that_say_something_else_than_the_invitation_are_told_to_who_decides(
    wuxi: World, person: Person
) -> None:
    claim = await invited(wuxi, person)
    other = {"诊断": "冠状动脉粥样硬化性心脏病", "医疗机构": "长春市肿瘤医院"}
    papers = (("pathology", await wuxi.paper(person.actor, person.name, kind="pathology", **other)),
              ("discharge-record", await wuxi.paper(person.actor)))  # fmt: skip
    for rule, paper in papers:
        await wuxi.hand_in(person.actor, claim, {"receipt": paper, "rule": rule})
    assert (await wuxi.send_in(person.actor, claim)).json()["status"] == "in_review"
    task = await wuxi.read(wuxi.role("claims_checker"), claim)
    told = {reason["code"]: (reason["field"], reason["text"]) for reason in task["review_reasons"]}
    assert told["hospital.disagrees"][0] == told["illness.to_compare"][0] == "pathology"
    assert (
        "无锡市人民医院" in told["hospital.disagrees"][1]
        and "长春市肿瘤医院" in told["hospital.disagrees"][1]
    )
    assert (
        "冠状动脉粥样硬化性心脏病" in told["illness.to_compare"][1]
        and "恶性肿瘤" in told["illness.to_compare"][1]
    )
    assert told["document.unreadable"] == ("discharge-record", "“出院记录”未能识别，请打开查看")


@pytest.mark.feature("C.10", "N.04")
async def test_papers_that_say_the_same_need_no_word(wuxi: World, person: Person) -> None:
    claim = await invited(wuxi, person)
    same = {"诊断": "左肺恶性肿瘤", "医疗机构": "无锡市人民医院（南院）"}
    for rule, kind in (("pathology", "pathology"), ("discharge-record", "discharge_record")):
        paper = await wuxi.paper(person.actor, person.name, kind=kind, **same)
        await wuxi.hand_in(person.actor, claim, {"receipt": paper, "rule": rule})
    await wuxi.send_in(person.actor, claim)
    task = await wuxi.read(wuxi.role("claims_checker"), claim)
    assert [reason["code"] for reason in task["review_reasons"]] == ["person.required"]


@pytest.mark.feature("C.10")
async def test_a_receipt_is_no_pathology_report(wuxi: World, person: Person) -> None:
    claim = await invited(wuxi, person)
    for rule, kind in (("pathology", "bank_card"), ("discharge-record", "discharge_record")):
        paper = await wuxi.paper(person.actor, person.name, kind=kind)
        await wuxi.hand_in(person.actor, claim, {"receipt": paper, "rule": rule})
    assert "document.wrong_type" in errors(await wuxi.send_in(person.actor, claim))


@pytest.mark.feature("C.10")
async def test_the_feed_opens_it_too_and_only_staff_invite(wuxi: World, person: Person) -> None:
    found = line(person, "1", event="critical_illness", event_date=DAY, icd10="C34")
    assert (await wuxi.feed(as_csv(found))).json()["accepted"] == 1
    await wuxi.decide_feed()
    claim = (await wuxi.client.get("/claims", person.actor)).json()["items"][0]
    assert (claim["status"], claim["opened_by"]) == ("to_upload", "feed")
    body = {"document_number": id_number(person.serial), "kind": "critical-illness"}
    refused = await wuxi.client.post("/invitations", person.actor, json=body)
    assert refused.status_code == 403


async def invite(wuxi: World, number: str, **changes: str) -> Any:
    values = {"illness": "malignant-tumour", "diagnosed_on": DAY} | changes
    body = {"document_number": number, "kind": "critical-illness", "fields": fields(**values)}
    return await wuxi.client.post("/invitations", wuxi.role("claims_checker"), json=body)


@pytest.mark.feature("C.10")
async def test_a_member_is_told_once_of_a_claim_that_waits(wuxi: World, person: Person) -> None:
    """Twice one after the other, and three times at once: one claim, one message; after it was handed in, its day."""
    first = await invited(wuxi, person)
    again = await invite(wuxi, id_number(person.serial))
    assert again.status_code == 409 and again.json()["code"] == "claim.invited_already", again.text
    assert first["number"] in again.json()["detail"] and f"{today()}" in again.json()["detail"]
    other = await wuxi.cover("王芳")
    answers = await together(*(invite(wuxi, id_number(other.serial)) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len(await wuxi.events("claims.claim_opened.v1")) == await wuxi.count(Claim) == 2
    for rule, kind in (("pathology", "pathology"), ("discharge-record", "discharge_record")):
        paper = await wuxi.paper(person.actor, person.name, kind=kind)
        await wuxi.hand_in(person.actor, first, {"receipt": paper, "rule": rule})
    assert (await wuxi.send_in(person.actor, first)).status_code == 200
    same = await invite(wuxi, id_number(person.serial))
    assert same.status_code == 409 and same.json()["code"] == "claim.event_claimed_already"
    later = (today() - timedelta(days=2)).isoformat()
    assert (await invite(wuxi, id_number(person.serial), diagnosed_on=later)).status_code == 201


@pytest.mark.feature("C.10")
async def test_nobody_is_told_to_apply_for_what_cannot_be_paid(wuxi: World, person: Person) -> None:
    """Diagnosed before the cover or on a day to come: refused at the field, in words for staff, and nobody is told."""
    number = id_number(person.serial)
    for day, code in ((wuxi.started - timedelta(days=1), "claim.not_covered"),
                      (today() + timedelta(days=1), "date.future")):  # fmt: skip
        refused = await invite(wuxi, number, diagnosed_on=day.isoformat())
        assert refused.status_code == 422, refused.text
        (error,) = [e for e in refused.json()["errors"] if e["code"] == code]
        assert "您" not in error["message"]
    right = number[-1]
    wrong = await invite(wuxi, number[:-1] + ("1" if right != "1" else "2"))
    (error,) = wrong.json()["errors"]
    assert (wrong.json()["code"], error["code"]) == ("claim.document_number_wrong", "id.checksum")
    assert error["field"] == "document_number" and right in error["message"]
    unknown = await invite(wuxi, id_number(77))
    assert unknown.json()["code"] == "claim.no_policy" and "您" not in unknown.json()["detail"]
    far = wuxi.role("claims_checker", org_path="/xinwu/")
    body = {"document_number": number, "kind": "critical-illness"}
    elsewhere = await wuxi.client.post("/invitations", far, json=body)
    assert elsewhere.status_code == 422 and elsewhere.json()["code"] == "claim.no_policy"
    assert await wuxi.count(Claim) == 0 and await wuxi.events("claims.claim_opened.v1") == []


BANK = {"payee.bank_name": "工商银行"}
PAPERS = (("id-card", "id_card"), ("social-card", "social_security_card"), ("application-form", "other"))


async def taken_in(wuxi: World, person: Person, staff: Any, **body: Any) -> Any:
    body = {
        "kind": "accident", "insured": {"document_number": id_number(person.serial), "name": person.name},
        "fields": fields(
            happened_on=DAY, grade="disability-7-10", account_of_event="车间操作受伤", bank_card=card_number(3),
            **BANK,
        ),
    } | body  # fmt: skip
    return await wuxi.client.post("/counter/claims", staff, json=body)


@pytest.mark.feature("C.11")
async def test_an_accident_is_entered_at_the_counter_from_a_checklist(wuxi: World, person: Person) -> None:
    staff = wuxi.role("claims_checker")
    claim = (await taken_in(wuxi, person, staff)).json()
    assert claim["opened_by"] == "counter"
    checklist = (await wuxi.preview(staff, claim))["checklist"]
    assert [(item["code"], item["present"]) for item in checklist] == [
        ("id-card", False), ("social-card", False), ("application-form", False), ("assessment", False),
        ("discharge-record", False),
    ]  # fmt: skip
    for rule, kind in (*PAPERS, ("assessment", "other"), ("discharge-record", "discharge_record")):
        assert errors(await wuxi.send_in(staff, claim)) == {"document.missing"}
        paper = await wuxi.paper(staff, person.name, kind=kind)
        await wuxi.hand_in(staff, claim, {"receipt": paper, "rule": rule})
    assert all(item["present"] for item in (await wuxi.preview(staff, claim))["checklist"])
    sent = (await wuxi.send_in(staff, claim)).json()
    assert sent["status"] == "in_review" and sent["payee"]["card"] == mask_bank_card(card_number(3))
    # whoever took it in decides no node of it, and is told so before they try
    waits = (await wuxi.client.get("/queue", staff)).json()["items"]
    assert [(task["claim_id"], task["mine"]) for task in waits] == [(claim["id"], False)]
    assert (await wuxi.decide(staff, sent, "first-check")).json()["code"] == "claim.same_person"
    other = wuxi.role("claims_checker")
    assert (await wuxi.decide(other, sent, "first-check")).status_code == 200
    seen = (await wuxi.client.get("/claims", person.actor)).json()["items"]
    assert [item["id"] for item in seen] == [claim["id"]]


@pytest.mark.feature("C.11")
async def test_the_degree_of_injury_decides_the_papers(wuxi: World, person: Person) -> None:
    staff = wuxi.role("claims_checker")
    body = fields(happened_on=DAY, grade="death", account_of_event="事故", bank_card=card_number(3))
    told = heir("王芳", 4, card_number(4))
    claim = (await taken_in(wuxi, person, staff, fields=body, payee=told, applicant_relation="spouse")).json()
    checklist = (await wuxi.preview(staff, claim))["checklist"]
    assert {item["code"] for item in checklist} == {
        *(rule for rule, _ in PAPERS),
        "death-certificate",
        "heirship",
    }
    assert claim["on_behalf"]["relation"] == "spouse"


@pytest.mark.feature("C.11")
async def test_nobody_who_has_died_brings_their_own_papers(wuxi: World, person: Person) -> None:
    """They may have died since they stood there: who brings the papers now is said afterwards, too."""
    staff = wuxi.role("claims_checker")
    claim = (await taken_in(wuxi, person, staff)).json()
    told = heir("王芳", 4, card_number(4))
    died = {"fields": fields(grade="death"), "payee": told}
    claim = (await wuxi.fill(staff, claim, **died)).json()
    lacking = await wuxi.send_in(staff, claim)
    assert "claim.deceased_needs_applicant" in errors(lacking)
    assert "applicant_relation" in {error["field"] for error in lacking.json()["errors"]}
    wrong = await wuxi.fill(staff, claim, applicant_relation="colleague")
    assert wrong.status_code == 422 and wrong.json()["code"] == "claim.on_behalf_not_possible"
    claim = (await wuxi.fill(staff, claim, applicant_relation="spouse")).json()
    assert claim["on_behalf"]["relation"] == "spouse"
    for rule, kind in (*PAPERS, ("death-certificate", "other"), ("heirship", "other")):
        paper = await wuxi.paper(staff, person.name, kind=kind)
        await wuxi.hand_in(staff, claim, {"receipt": paper, "rule": rule})
    sent = (await wuxi.send_in(staff, claim)).json()
    assert sent["status"] == "in_review" and sent["payee"]["card"] == mask_bank_card(card_number(4))
    own = await wuxi.hospital(person)
    assert (await wuxi.fill(person.actor, own, applicant_relation="spouse")).status_code == 422


@pytest.mark.feature("C.11", "N.04")
async def test_papers_of_somebody_else_are_each_named_once(wuxi: World, person: Person) -> None:
    staff = wuxi.role("claims_checker")
    claim = (await taken_in(wuxi, person, staff, fields=fields(
        happened_on=DAY, grade="injury", account_of_event="事故", bank_card=card_number(3), **BANK
    ))).json()  # fmt: skip
    mine = {"姓名": person.name, "公民身份号码": id_number(person.serial)}
    other = {"姓名": "王芳", "公民身份号码": id_number(person.serial + 7)}
    form = await wuxi.paper(staff)
    await wuxi.hand_in(staff, claim, {"receipt": form, "rule": "application-form"})
    for rule, kind, read in (
        ("id-card", "id_card", other),
        ("social-card", "social_security_card", other),
        ("discharge-record", "discharge_record", {"交款人": "王芳"}),
    ):
        paper = await wuxi.upload(staff, read, kind=kind)
        claim = await wuxi.hand_in(staff, claim, {"receipt": paper, "rule": rule})
    refused = (await wuxi.send_in(staff, claim)).json()
    said = [error["message"] for error in refused["errors"]]
    assert refused["code"] == "claim.receipt_of_another_person" and refused["detail"] == said[0]
    assert [text.split("上的")[0] for text in said] == [
        "“患者本人身份证复印件”", "“患者本人社保卡（市民卡）复印件”", "“二级以上（含二级）医疗机构出院小结”",
    ]  # fmt: skip
    for document in claim["documents"]:
        if document["rule"] != "application-form":
            path = f"/claims/{claim['id']}/documents/{document['document_id']}"
            await wuxi.client.send("DELETE", path, staff)
    for rule, kind, read in (
        ("id-card", "id_card", mine | {"公民身份号码": id_number(person.serial + 7)}),
        (
            "social-card",
            "social_security_card",
            {"姓名": person.name, "社会保障号码": id_number(person.serial)},
        ),
        ("discharge-record", "discharge_record", {"交款人": person.name}),
    ):
        paper = await wuxi.upload(staff, read, kind=kind)
        await wuxi.hand_in(staff, claim, {"receipt": paper, "rule": rule})
    sent = (await wuxi.send_in(staff, claim)).json()
    told = [one for one in sent["review_reasons"] if one["code"] == "paper.of_another"]
    assert [one["field"] for one in told] == ["id-card"] and "证件号码与被保障人不一致" in told[0]["text"]


@pytest.mark.feature("C.11", "P.09")
async def test_all_that_is_wrong_is_named_at_once_at_the_counter(wuxi: World, person: Person) -> None:
    """Whoever stood there has gone home when it is sent."""
    body = fields(happened_on="2030-01-01", grade="death", bank_card="12345")
    told = heir(person.name, person.serial, "1", bank_name="12")
    staff = wuxi.role("claims_checker")
    wrong = await taken_in(wuxi, person, staff, fields=body, payee=told, applicant_relation="spouse")
    assert wrong.json()["code"] == "claim.fields_invalid"
    assert {error["field"] for error in wrong.json()["errors"]} == {
        "happened_on", "bank_card", "payee.name", "payee.document_number", "payee.card_number", "payee.bank_name",
    }  # fmt: skip
    taken = (await taken_in(wuxi, person, staff)).json()
    again = await wuxi.fill(staff, taken, fields=body)
    assert {error["field"] for error in again.json()["errors"]} == {"happened_on", "bank_card"}


@pytest.mark.feature("C.11")
async def test_members_do_not_enter_accidents_and_staff_not_members_drafts(
    wuxi: World, person: Person
) -> None:
    refused = await wuxi.ask(person.actor, "accident")
    assert refused.status_code == 422 and refused.json()["code"] == "claim.kind_unknown"
    assert (await taken_in(wuxi, person, person.actor)).status_code == 403
    staff = wuxi.role("claims_checker")
    wrong = {"document_number": id_number(person.serial), "name": "王芳"}
    unknown = await taken_in(wuxi, person, staff, insured=wrong)
    assert unknown.status_code == 422 and unknown.json()["code"] == "claim.person_not_found"
    draft = await wuxi.hospital(person)
    for answer in (
        await wuxi.fill(staff, draft, fields=[{"code": "hospital", "value": "x", "stay": 1}]),
        await wuxi.send_in(staff, draft),
    ):
        assert answer.status_code == 403 and answer.json()["code"] == "claim.not_at_the_counter"
    far = wuxi.role("claims_checker", org_path="/xinwu/")
    assert (await taken_in(wuxi, person, far)).json()["code"] == "claim.person_not_found"


@pytest.mark.feature("C.11")
async def test_what_the_counter_took_in_stays_work_until_it_is_handed_in(
    wuxi: World, other: World, person: Person
) -> None:
    """Refused or left half done: every clerk within reach finds it with the reasons, nobody else, until it is in."""
    clerk, colleague = wuxi.role("claims_checker"), wuxi.role("claims_checker")
    far = wuxi.role("claims_checker", org_path="/xinwu/")
    lacking = fields(happened_on=DAY, grade="disability-7-10", bank_card=card_number(3), **BANK)
    claim = (await taken_in(wuxi, person, clerk, fields=lacking)).json()
    assert (await wuxi.send_in(clerk, claim)).status_code == 422
    await wuxi.hospital(person)
    assert (await invite(wuxi, id_number(person.serial))).status_code == 201
    for at_the_desk in (clerk, colleague):
        (work,) = (await wuxi.client.get("/counter/claims", at_the_desk)).json()["items"]
        assert (work["id"], work["mine"]) == (claim["id"], at_the_desk is clerk)
        assert (work["status"], work["person_name"]) == ("draft", mask_name(person.name))
        places = {fault["field"] for fault in work["faults"]}
        assert {"account_of_event", "id-card"} <= places and "happened_on" not in places
    for elsewhere in (far, other.role("claims_checker")):
        assert (await wuxi.client.get("/counter/claims", elsewhere)).json()["items"] == []
    for rule, kind in (*PAPERS, ("assessment", "other"), ("discharge-record", "discharge_record")):
        paper = await wuxi.paper(colleague, person.name, kind=kind)
        claim = await wuxi.hand_in(colleague, claim, {"receipt": paper, "rule": rule})
    told = fields(account_of_event="车间操作受伤")
    assert (await wuxi.fill(colleague, claim, fields=told)).status_code == 200
    assert (await wuxi.client.get("/counter/claims", clerk)).json()["items"][0]["faults"] == []
    sent = await wuxi.send_in(colleague, claim)
    assert sent.status_code == 200, sent.text
    assert (await wuxi.client.get("/counter/claims", clerk)).json()["items"] == []


@pytest.mark.feature("C.11")
async def test_the_desk_s_work_comes_in_pages(wuxi: World, person: Person) -> None:
    clerk = wuxi.role("claims_checker")
    made = [
        (await taken_in(wuxi, await wuxi.cover(name), clerk)).json()["id"]
        for name in ("王芳", "李娜", "张伟")
    ]
    first = (await wuxi.client.get("/counter/claims?limit=2", clerk)).json()
    rest = (await wuxi.client.get(f"/counter/claims?limit=2&cursor={first['next_cursor']}", clerk)).json()
    assert [item["id"] for item in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.feature("P.09")
async def test_the_form_says_what_papers_may_fill(wuxi: World, person: Person) -> None:
    """Without a network nobody else can say what must be typed."""
    clerk = wuxi.role("claims_checker")
    (accident,) = [
        kind
        for kind in (await wuxi.client.get("/kinds?opener=counter", clerk)).json()
        if kind["code"] == "accident"
    ]
    told = {field["code"]: field["from_papers"] for field in accident["fields"]}
    assert not told["account_of_event"] and not told["bank_card"]


@pytest.mark.feature("P.09")
async def test_a_counter_without_network_syncs_without_doubles(wuxi: World, person: Person) -> None:
    staff = wuxi.role("claims_checker")
    made, at = str(new_id()), (now() - timedelta(hours=3)).isoformat()
    # the same entry is sent by several attempts, each with a key of its own
    answers = await together(*(taken_in(wuxi, person, staff, id=made, taken_at=at) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    assert {answer.json()["id"] for answer in answers} == {made} and await wuxi.count(Claim) == 1
    other = wuxi.role("claims_checker")
    taken = await taken_in(wuxi, person, other, id=made)
    assert taken.status_code == 409 and taken.json()["code"] == "claim.id_taken"


@pytest.mark.feature("P.09")
async def test_one_id_of_a_counter_is_one_person(wuxi: World, person: Person) -> None:
    """The id of an entry with another person is refused, and neither entry is lost; so is a time to come."""
    staff = wuxi.role("claims_checker")
    made, other = str(new_id()), await wuxi.cover("王芳")
    assert (await taken_in(wuxi, person, staff, id=made)).status_code == 201
    second = await taken_in(wuxi, other, staff, id=made)
    assert second.status_code == 409 and second.json()["code"] == "claim.id_taken", second.text
    assert (await taken_in(wuxi, other, staff, id=str(new_id()))).status_code == 201
    assert await wuxi.count(Claim, Claim.person_id == person.id) == 1
    assert await wuxi.count(Claim, Claim.person_id == other.id) == 1
    late = await taken_in(wuxi, person, staff, id=str(new_id()), taken_at="2099-01-01T08:00:00+08:00")
    assert late.status_code == 422 and late.json()["code"] == "claim.taken_in_future"
    assert "2099-01-01 08:00" in late.json()["detail"]
    ahead = (now() + timedelta(minutes=3)).isoformat()
    assert (await taken_in(wuxi, person, staff, id=str(new_id()), taken_at=ahead)).status_code == 201
    naive = await taken_in(wuxi, person, staff, id=str(new_id()), taken_at="2026-01-01T08:00:00")
    assert naive.status_code == 422


@pytest.mark.feature("N.10")
async def test_a_draft_begun_without_network_is_created_once(wuxi: World, person: Person) -> None:
    made = str(new_id())
    answers = await together(*(wuxi.ask(person.actor, "hospital", id=made) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201} and await wuxi.count(Claim) == 1
    stranger = await wuxi.cover("王芳")
    refused = await wuxi.ask(stranger.actor, "hospital", id=made)
    assert refused.status_code == 409 and refused.json()["code"] == "claim.id_taken"


@pytest.mark.feature("N.10")
async def test_eight_taps_on_submit_make_one_claim(wuxi: World, person: Person) -> None:
    claim = await wuxi.hospital(person)
    answers = await together(*(wuxi.send_in(person.actor, claim) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert await wuxi.count(ClaimStep, ClaimStep.action == "submitted") == 1
    assert len(await wuxi.events("claims.claim_submitted.v1")) == 1


@pytest.mark.feature("C.12")
async def test_a_member_sees_their_own_by_product_and_period_masked(wuxi: World, person: Person) -> None:
    claim = await wuxi.submitted(person, verified=False)
    detail = await wuxi.read(person.actor, claim)
    card = next(field for field in detail["fields"] if field["code"] == "bank_card")
    masked = mask_bank_card(card_number(person.serial))
    assert card["value"] == card["shown"] == detail["payee"]["card"] == masked
    assert masked.startswith("6228 **** **** ") and card_number(person.serial) not in str(detail)
    assert detail["person_name"] == "许**" and id_number(person.serial) not in str(detail)
    year = detail["event_on"][:4]
    listed = await wuxi.client.get(f"/claims?product_code=three-in-one&year={year}", person.actor)
    assert [item["id"] for item in listed.json()["items"]] == [claim["id"]]
    other_year = await wuxi.client.get("/claims?product_code=three-in-one&year=2001", person.actor)
    assert other_year.json()["items"] == []
    assert (await wuxi.client.get("/claims?year=20", person.actor)).status_code == 422


@pytest.mark.feature("N.03")
async def test_what_members_hand_in_is_decided_by_people_where_the_pack_says_so(
    wuxi: World, person: Person
) -> None:
    """Wuxi lets the rules decide what the settlement feed brings, and nothing else."""
    claim = await wuxi.submitted(person)
    assert claim["status"] == "in_review"
    assert "person.required" in {reason["code"] for reason in claim["review_reasons"]}
    await wuxi.feed(as_csv(line(await wuxi.cover("王芳"), "1")))
    await wuxi.decide_feed()
    automatic = (await wuxi.client.get("/claims?status=approved", wuxi.role("claims_reviewer"))).json()
    assert [item["automatic"] for item in automatic["items"]] == [True]
