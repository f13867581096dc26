"""Opening and filling a claim; every refusal names what to do and keeps the draft."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from claims.intake.models import Claim
from common.clock import today
from common.crypto import parse_link_key, verify
from common.ids import new_id

from .world import Person, World, id_number, receipt


def codes(answer: object) -> set[str]:
    return {error["code"] for error in answer.json()["errors"]}  # type: ignore[attr-defined]


@pytest.mark.feature("N.10")
async def test_opening_twice_with_one_key_makes_one_draft(world: World, person: Person) -> None:
    body = {"kind": "hospital"}
    first = await world.client.post("/claims", person.actor, json=body, once="the-same-key")
    second = await world.client.post("/claims", person.actor, json=body, once="the-same-key")
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] == second.json()["id"] and await world.count(Claim) == 1


async def test_recognition_that_comes_later_fills_the_draft(world: World, person: Person) -> None:
    document_id, sha256 = new_id(), "ab" * 32
    token = world.receipt_token(person.actor, document_id, sha256)
    draft = await world.draft(person, token)
    assert draft["documents"][0]["state"] == "being_read"
    answer = await world.submit(person, draft)
    assert answer.json()["code"] == "claim.refused" and "document.being_read" in codes(answer)
    fields = receipt(person.name, "7141957131", admitted=today() - timedelta(days=20))
    event = world.recognized(person.actor, fields, document_id=document_id, sha256=sha256)
    await world.tell(event, times=2)
    filled = await world.read(person.actor, draft)
    assert {f["code"]: f["value"] for f in filled["fields"]}["cash_paid"] == "3000.00"
    assert (await world.submit(person, draft)).json()["status"] == "approved"


async def test_a_settlement_sheet_is_filed_where_it_belongs(world: World, person: Person) -> None:
    token = await world.upload(person.actor, {"交款人": person.name}, kind="settlement")
    draft = await world.draft(person, token)
    assert draft["documents"][0]["rule"] == "settlement"


@pytest.mark.feature("C.12", "E.06")
async def test_a_claim_is_called_by_its_hospital_and_days(world: World, person: Person) -> None:
    """A list of five stays tells them apart; what is not known yet is left out, in either language."""
    empty = await world.draft(person)
    admitted = today() - timedelta(days=30)
    filled = await world.hospital(person, admitted=admitted)
    left = admitted + timedelta(days=10)
    titles = {i["id"]: i["title"] for i in (await world.client.get("/claims", person.actor)).json()["items"]}
    assert titles[empty["id"]] == "住院"
    assert titles[filled["id"]] == f"住院 · 无锡市人民医院 · {admitted}至{left}"
    english = await world.client.get("/claims", person.actor, headers={"Accept-Language": "en"})
    assert english.json()["items"][0]["title"].endswith(f" · 无锡市人民医院 · {admitted} to {left}")


@pytest.mark.feature("N.02")
async def test_a_receipt_of_another_union_is_no_receipt(world: World, other: World, person: Person) -> None:
    """The same account and key, the signature right: what counts is the union it was given for."""
    elsewhere = other.receipt_token(person.actor, new_id(), "00" * 32)
    for path, body in (
        ("/claims", {"kind": "hospital", "documents": [elsewhere]}),
        (f"/claims/{(await world.draft(person))['id']}/documents", {"documents": [elsewhere]}),
    ):
        answer = await world.client.post(path, person.actor, json=body)
        assert answer.status_code == 422 and answer.json()["code"] == "document.unknown", answer.text


async def test_forged_and_foreign_receipts(world: World, person: Person) -> None:
    stranger = await world.cover("王芳")
    token = await world.upload(stranger.actor, receipt("王芳", "1", admitted=today() - timedelta(days=9)))
    answer = await world.client.post("/claims", person.actor, json={"kind": "hospital", "documents": [token]})
    assert answer.status_code == 403 and answer.json()["code"] == "claim.document_of_somebody_else"
    assert answer.json()["detail"].startswith("所交的第 1 份材料不是您上传的"), answer.text
    answer = await world.client.post(
        "/claims", person.actor, json={"kind": "hospital", "documents": [token[:-3] + "AAA"]}
    )
    assert answer.status_code == 422 and answer.json()["code"] == "document.unknown"
    assert "不存在或不属于您" in answer.json()["detail"]
    assert await world.count(Claim) == 0


@pytest.mark.feature("N.04")
async def test_receipt_of_another_person(world: World, person: Person) -> None:
    token = await world.upload(
        person.actor, receipt("王芳", "7141957131", admitted=today() - timedelta(days=30))
    )
    draft = await world.draft(person, token)
    answer = await world.submit(person, draft)
    problem = answer.json()
    assert answer.status_code == 422 and problem["code"] == "claim.receipt_of_another_person"
    document_id = draft["documents"][0]["document_id"]
    assert problem["params"]["document_id"] == document_id and document_id not in problem["detail"]
    assert "第 1 次住院的“住院收费票据”" in problem["detail"], problem
    assert (await world.read(person.actor, draft))["status"] == "draft"


@pytest.mark.feature("B.02")
async def test_a_kind_without_applicants_for_another_offers_no_relation(world: World, person: Person) -> None:
    told = {
        "document_number": id_number(person.serial), "name": person.name, "relation": "spouse", "consent": True,
    }  # fmt: skip
    refused = await world.ask((await world.cover("王芳")).actor, "hospital", on_behalf=told)
    assert refused.status_code == 422 and refused.json()["code"] == "claim.on_behalf_not_possible"
    assert refused.json()["detail"] == "该事项不支持由此关系的人代为申请，请由本人申请。"


async def test_a_doubtful_name_goes_to_a_person(world: World, person: Person) -> None:
    fields = receipt("许晓震", "7141957131", admitted=today() - timedelta(days=30))
    token = await world.upload(person.actor, fields, verified=False, confidence=0.7)
    claim = (await world.submit(person, await world.draft(person, token))).json()
    assert claim["status"] == "in_review"
    assert "name.doubtful" in {reason["code"] for reason in claim["review_reasons"]}


@pytest.mark.parametrize(("name", "reason"), [("", "name.unread"), ("***", "name.doubtful")])
async def test_a_receipt_on_which_no_name_was_read_goes_to_a_person(
    world: World, person: Person, name: str, reason: str
) -> None:
    fields = receipt(name, "7141957131", admitted=today() - timedelta(days=30))
    token = await world.upload(person.actor, fields)
    claim = (await world.submit(person, await world.draft(person, token))).json()
    assert claim["status"] == "in_review", "no rule pays a receipt of nobody"
    assert reason in {found["code"] for found in claim["review_reasons"]}


@pytest.mark.feature("N.04")
async def test_the_same_receipt_number_twice(world: World, person: Person) -> None:
    await world.submitted(person)
    again = await world.cover("王芳")
    answer = await world.submit(again, await world.hospital(again))
    assert answer.status_code == 422 and answer.json()["code"] == "claim.receipt_already_claimed"


@pytest.mark.feature("N.04")
async def test_the_same_number_typed_over_is_still_known(world: World, person: Person) -> None:
    await world.submitted(person)
    again = await world.cover("王芳")
    draft = await world.hospital(again)
    body = {"fields": [{"code": "receipt_number", "value": "999", "stay": 1}]}
    changed = await world.client.send(
        "PATCH",
        f"/claims/{draft['id']}/fields",
        again.actor,
        json=body,
        headers={"If-Match": str(draft["version"])},
    )
    assert changed.status_code == 200
    assert (await world.submit(again, draft)).json()["code"] == "claim.receipt_already_claimed"


@pytest.mark.feature("N.04")
async def test_the_same_picture_twice(world: World, person: Person) -> None:
    sha256 = hashlib.sha256(b"picture").hexdigest()
    for number, code in (("111", 200), ("222", 422)):
        owner = await world.cover("许晓霞")
        token = await world.upload(
            owner.actor, receipt(owner.name, number, admitted=today() - timedelta(days=30)), sha256=sha256
        )
        answer = await world.submit(owner, await world.draft(owner, token))
        assert answer.status_code == code, answer.text
    assert answer.json()["code"] == "claim.receipt_already_claimed"


@pytest.mark.feature("N.04")
async def test_the_same_stay_twice(world: World, person: Person) -> None:
    await world.submitted(person, "111")
    answer = await world.submit(person, await world.hospital(person, "222"))
    assert answer.status_code == 422 and "claim.stay_already_claimed" in codes(answer)


async def test_a_rejected_claim_frees_its_receipt(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    answer = await world.decide(world.staff("claims_checker"), claim, "first-check", "reject")
    assert answer.json()["status"] == "rejected"
    assert (await world.submitted(person))["status"] == "approved"


async def test_not_covered_on_the_day(world: World, person: Person) -> None:
    answer = await world.submit(
        person, await world.hospital(person, admitted=world.started - timedelta(days=1))
    )
    assert answer.status_code == 422 and answer.json()["code"] == "claim.not_covered"


async def test_without_policy_or_kind(world: World, person: Person) -> None:
    nobody = world.client.mint.actor(
        world.tenant, "claims.claim.submit", kind=person.actor.kind, person_id=new_id()
    )
    answer = await world.client.post("/claims", nobody, json={"kind": "hospital"})
    assert answer.status_code == 422 and answer.json()["code"] == "claim.no_policy"
    answer = await world.client.post("/claims", person.actor, json={"kind": "accident"})
    assert answer.status_code == 422 and answer.json()["code"] == "claim.kind_unknown"


async def test_every_reason_at_once(world: World, person: Person) -> None:
    draft = await world.draft(person)
    body = {"fields": [
        {"code": "admission_date", "value": (today() + timedelta(days=2)).isoformat()},
        {"code": "discharge_date", "value": today().isoformat()},
        {"code": "total_cost", "value": "100"}, {"code": "cash_paid", "value": "200"},
    ]}  # fmt: skip
    changed = await world.client.send(
        "PATCH",
        f"/claims/{draft['id']}/fields",
        person.actor,
        json=body,
        headers={"If-Match": str(draft["version"])},
    )
    assert changed.status_code == 200, changed.text
    answer = await world.submit(person, draft)
    found = codes(answer)
    assert {"field.missing", "document.missing", "date.future", "date.order", "amount.exceeds_total"} <= found
    assert all(error["message"] for error in answer.json()["errors"])
    missing = [error["message"] for error in answer.json()["errors"] if error["code"] == "field.missing"]
    assert missing and all("：此项必填" in message and message[0] != "：" for message in missing), missing
    assert await world.count(Claim, Claim.status == "draft") == 1


async def test_corrections_stay_marked_and_stale_edits_are_refused(world: World, person: Person) -> None:
    draft = await world.hospital(person)
    path, body = f"/claims/{draft['id']}/fields", {"fields": [{"code": "cash_paid", "value": "2,500.00"}]}
    answer = await world.client.send("PATCH", path, person.actor, json=body)
    assert answer.status_code == 428
    answer = await world.client.send(
        "PATCH", path, person.actor, json=body, headers={"If-Match": f'"{draft["version"]}"'}
    )
    field = next(item for item in answer.json()["fields"] if item["code"] == "cash_paid")
    assert field["corrected"] and field["read"] == "3000.00" and field["source"] == "typed"
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    answer = await world.client.send(
        "PATCH", path, person.actor, json=body, headers={"If-Match": f'"{draft["version"]}"'}
    )
    assert answer.status_code == 412
    claim = (await world.submit(person, draft)).json()
    assert claim["status"] == "in_review"
    assert "field.corrected" in {reason["code"] for reason in claim["review_reasons"]}


async def test_wrong_values_are_named(world: World, person: Person) -> None:
    draft = await world.hospital(person)
    body = {"fields": [
        {"code": "cash_paid", "value": "-1"}, {"code": "admission_date", "value": "31.1.2026"},
        {"code": "bank_card", "value": "1"}, {"code": "nonsense", "value": "1"},
    ]}  # fmt: skip
    answer = await world.client.send(
        "PATCH",
        f"/claims/{draft['id']}/fields",
        person.actor,
        json=body,
        headers={"If-Match": str(draft["version"])},
    )
    assert answer.status_code == 422
    places = {error["field"] for error in answer.json()["errors"]}
    assert places == {"stays.1.cash_paid", "stays.1.admission_date", "bank_card", "stays.1.nonsense"}
    told = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert "没有“nonsense”这一项" in told["stays.1.nonsense"], told


@pytest.mark.parametrize(
    ("field", "place", "code", "words"),
    [
        ({"code": "cash_paid", "value": "1e9"}, "stays.1.cash_paid", "field.invalid", "最多两位小数"),
        ({"code": "cash_paid", "value": "1.234"}, "stays.1.cash_paid", "field.invalid", "最多两位小数"),
        ({"code": "cash_paid", "value": "1", "stay": 50}, "stays.50.cash_paid", "stays.too_many", "第 50 次"),
        ({"code": "bank_card", "value": "1", "stay": 1}, "stays.1.bank_card", "field.unknown", "整份申请"),
    ],
)
async def test_a_wrong_value_says_what_is_right(
    world: World, person: Person, field: dict[str, Any], place: str, code: str, words: str
) -> None:
    answer = await world.fill(person.actor, await world.hospital(person), fields=[field])
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (place, code) and words in error["message"]


async def test_submitting_twice_is_once(world: World, person: Person) -> None:
    draft = await world.hospital(person)
    first, second = await world.submit(person, draft), await world.submit(person, draft)
    assert first.json()["number"] == second.json()["number"]
    assert len(await world.events("claims.claim_submitted.v1")) == 1


async def test_documents_are_added_removed_and_linked(world: World, person: Person) -> None:
    draft = await world.draft(person)
    token = await world.upload(person.actor, receipt(person.name, "1", admitted=today() - timedelta(days=30)))
    path = f"/claims/{draft['id']}/documents"
    for _ in range(2):
        answer = await world.client.post(
            path, person.actor, json={"documents": [{"receipt": token, "stay": 1}]}
        )
        assert answer.status_code == 200 and len(answer.json()["documents"]) == 1
    links = (await world.client.get(path, world.staff("claims_checker"))).json()
    key = parse_link_key(world.client.context.settings.link_key.get_secret_value())
    opened = verify("document-link", links[0]["link"], key)
    assert opened["document_id"] == links[0]["document_id"]
    assert links[0]["url"].startswith(f"/api/ocr/documents/{opened['document_id']}/content?link=")
    answer = await world.client.send("DELETE", f"{path}/{opened['document_id']}", person.actor)
    assert answer.json()["documents"] == []
    assert all(item["value"] is None for item in answer.json()["fields"] if item["stay"] == 1)


async def test_withdrawn_claims_free_everything(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    answer = await world.client.post(f"/claims/{claim['id']}/withdraw", person.actor)
    assert answer.json()["status"] == "withdrawn"
    assert (await world.submitted(person))["status"] == "approved"
    answer = await world.client.post(f"/claims/{claim['id']}/withdraw", person.actor)
    assert answer.status_code == 409


@pytest.mark.feature("C.10")
async def test_critical_illness_is_opened_for_the_member_and_handed_in(world: World, person: Person) -> None:
    checker = world.staff("claims_checker")
    body = {
        "document_number": id_number(person.serial), "kind": "critical-illness",
        "fields": [
            {"code": "illness", "value": "malignant-tumour"},
            {"code": "diagnosed_on", "value": (today() - timedelta(days=9)).isoformat()},
        ],
    }  # fmt: skip
    answer = await world.client.post("/invitations", checker, json=body)
    assert answer.status_code == 201 and answer.json()["status"] == "to_upload", answer.text
    claim = answer.json()
    assert len(await world.events("claims.claim_opened.v1")) == 1
    assert (await world.submit(person, claim)).json()["code"] == "claim.refused"
    pathology = await world.upload(
        person.actor, {"交款人": person.name, "医疗机构": "无锡市人民医院"}, kind="pathology"
    )
    record = await world.upload(person.actor, {"交款人": person.name}, kind="discharge_record")
    body = {"documents": [pathology, {"receipt": record, "rule": "discharge-record"}]}
    assert (
        await world.client.post(f"/claims/{claim['id']}/documents", person.actor, json=body)
    ).status_code == 200
    handed_in = (await world.submit(person, claim)).json()
    assert handed_in["status"] == "in_review" and handed_in["amount"] == "15000.00"
    for role, node in (
        ("claims_checker", "first-check"),
        ("claims_reviewer", "review"),
        ("report_reviewer", "report-review"),
    ):
        answer = await world.decide(world.staff(role), claim, node)
        assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "approved"
    answer = await world.client.post(
        "/invitations", checker, json={"document_number": id_number(77), "kind": "critical-illness"}
    )
    assert answer.json()["code"] == "claim.no_policy"


async def test_kinds_are_drawn_from_the_pack(world: World, person: Person) -> None:
    kinds = {kind["code"]: kind for kind in (await world.client.get("/kinds", person.actor)).json()}
    assert set(kinds) == {"hospital", "critical-illness"}
    illness = next(field for field in kinds["critical-illness"]["fields"] if field["code"] == "illness")
    assert illness["options"]["malignant-tumour"] == "恶性肿瘤"
