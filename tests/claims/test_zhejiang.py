"""The provincial union's subsidies: three kinds, for oneself and for another, several stays, what was read."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from common.clock import today
from common.identifiers import mask_bank_card
from common.ids import new_id

from .world import Person, World, card_number, errors, fields, id_number, receipt

PRODUCT = "medical-mutual-aid"
FIRST = today() - timedelta(days=60)


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


async def stay(
    zhejiang: World,
    owner: Person,
    number: str,
    *,
    place: int = 1,
    admitted: date = FIRST,
    days: int = 10,
    cash: str = "5000.00",
    verified: bool = True,
    read: dict[str, str] | None = None,
    settled: dict[str, str] | None = None,
    actor: Any = None,
) -> list[dict[str, Any]]:
    """Receipt, settlement sheet and discharge record of one stay."""
    actor = actor or owner.actor
    printed = receipt(owner.name, number, admitted=admitted, days=days, cash=cash) | {
        "个人自费": "0.00",
        "诊断": "肺炎",
        **(read or {}),
    }
    left = {"交款人": owner.name, "出院日期": printed["出院日期"]}
    papers = (
        ("receipt", "e_receipt", printed),
        ("settlement", "settlement", printed | (settled or {})),
        ("discharge-record", "discharge_record", left),
    )
    return [
        {
            "receipt": await zhejiang.upload(actor, values, kind=kind, verified=verified),
            "rule": rule,
            "stay": place,
        }
        for rule, kind, values in papers
    ]


async def subsidy(
    zhejiang: World, owner: Person, *papers: dict[str, Any], kind: str = "ordinary-hospital", **body: Any
) -> dict[str, Any]:
    actor = body.pop("actor", owner.actor)
    card = {"receipt": await zhejiang.paper(actor, owner.name, kind="id_card"), "rule": "id-card"}
    answer = await zhejiang.ask(actor, kind, documents=[card, *papers], **body)
    assert answer.status_code == 201, answer.text
    claim = dict(answer.json())
    places = sorted({paper["stay"] for paper in papers if paper.get("stay")})
    diseases = [{"code": "disease", "value": "肺炎", "stay": place} for place in places]
    if not diseases:
        return claim
    return dict((await zhejiang.fill(actor, claim, fields=diseases)).json())


@pytest.mark.feature("B.01")
async def test_three_subsidies_each_with_its_documents(zhejiang: World, person: Person) -> None:
    kinds = {kind["code"]: kind for kind in (await zhejiang.client.get("/kinds", person.actor)).json()}
    assert [kind["title"] for kind in kinds.values()] == ["一般住院补助", "大额医疗补助", "重大疾病补助"]
    needed = {code: {d["code"] for d in kind["documents"] if d["required"]} for code, kind in kinds.items()}
    assert {"receipt", "settlement", "discharge-record"} <= needed["ordinary-hospital"]
    assert {"admission-record", "operation-record", "examination", "pathology"} <= needed["critical-illness"]


@pytest.mark.feature("B.01", "N.03")
async def test_the_ordinary_subsidy_by_its_formula_and_decided_by_rule(
    zhejiang: World, person: Person
) -> None:
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "3300000001"))
    sent = await zhejiang.send_in(person.actor, claim)
    assert sent.status_code == 200, sent.text
    done = sent.json()
    # (5000 - 1000) × 30 %
    assert done["amount"] == "1200.00"
    assert sum(Decimal(line["amount"]) for line in done["explanation"]) == Decimal("1200.00")
    assert done["explanation"][0]["inputs"]["deductible"] == "1000"
    assert done["status"] == "approved" and done["automatic"], done["review_reasons"]


@pytest.mark.feature("B.01")
async def test_the_large_subsidy_counts_the_costs_of_the_term(zhejiang: World, person: Person) -> None:
    first = await subsidy(
        zhejiang, person, *await stay(zhejiang, person, "1", cash="15000.00"), kind="large-expense"
    )
    below = (await zhejiang.send_in(person.actor, first)).json()
    assert below["amount"] == "0.00" and below["not_paid"][0]["code"] == "below_deductible"
    papers = await stay(zhejiang, person, "2", cash="15000.00", admitted=FIRST + timedelta(days=20))
    second = await subsidy(zhejiang, person, *papers, kind="large-expense")
    # 30000 of the term, 10000 of them above the deductible of 20000, × 20 %
    assert (await zhejiang.send_in(person.actor, second)).json()["amount"] == "2000.00"


@pytest.mark.feature("B.01")
async def test_a_missing_document_of_the_stay_is_named(zhejiang: World, person: Person) -> None:
    papers = await stay(zhejiang, person, "1")
    claim = await subsidy(zhejiang, person, papers[0], papers[2])
    refused = await zhejiang.send_in(person.actor, claim)
    assert [(e["code"], e["field"]) for e in refused.json()["errors"]] == [
        ("document.missing", "stays.1.settlement")
    ]


@pytest.mark.feature("B.05")
@pytest.mark.parametrize(("after", "code"), [(7, "stay.overlaps"), (0, "stay.twice"), (10, None)])
async def test_stays_of_one_application_share_no_days(
    zhejiang: World, person: Person, after: int, code: str | None
) -> None:
    """Days 0 to 10 and then from the 7th: refused at the field; leaving and entering on one day is a transfer."""
    later = FIRST + timedelta(days=after)
    papers = [
        *await stay(zhejiang, person, "1"),
        *await stay(zhejiang, person, "2", place=2, admitted=later, days=7),
    ]
    sent = await zhejiang.send_in(person.actor, await subsidy(zhejiang, person, *papers))
    if code is None:
        assert sent.status_code == 200, sent.text
        return
    assert sent.status_code == 422, sent.text
    (error,) = sent.json()["errors"]
    assert (error["code"], error["field"]) == (code, "stays.2.admission_date")
    assert code == "stay.twice" or (f"{FIRST}" in error["message"] and f"{later}" in error["message"])


@pytest.mark.feature("B.06")
async def test_papers_without_a_rule_are_sorted_by_what_was_read(zhejiang: World, person: Person) -> None:
    """Each goes where its type belongs; a further receipt and what is unknown go to the other papers."""
    papers = [p["receipt"] for p in await stay(zhejiang, person, "3300000009")]
    further = await zhejiang.upload(person.actor, receipt(person.name, "3300000010", admitted=FIRST))
    card = await zhejiang.paper(person.actor, person.name, kind="id_card")
    unknown = await zhejiang.paper(person.actor)
    answer = await zhejiang.ask(
        person.actor,
        "ordinary-hospital",
        documents=[*papers, {"receipt": further}, {"receipt": card}, unknown],
    )
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    assert [(d["rule"], d["stay"]) for d in claim["documents"]] == [
        ("receipt", 1), ("settlement", 1), ("discharge-record", 1), ("more", 0), ("id-card", 0), ("more", 0),
    ]  # fmt: skip
    values = {(f["code"], f["stay"]): f["value"] for f in claim["fields"]}
    assert values["receipt_number", 1] == "3300000009" and values["cash_paid", 1] == "5000.00"
    claim = (await zhejiang.fill(person.actor, claim, fields=[{"code": "disease", "value": "肺炎"}])).json()
    sent = await zhejiang.send_in(person.actor, claim)
    assert sent.status_code == 200, sent.text


@pytest.mark.feature("B.06")
async def test_a_paper_without_a_rule_waits_until_it_has_been_read(zhejiang: World, person: Person) -> None:
    document_id, digest = new_id(), "ab" * 32
    token = zhejiang.receipt_token(person.actor, document_id, digest)
    claim = (
        await zhejiang.ask(person.actor, "ordinary-hospital", documents=[{"receipt": token, "stay": 2}])
    ).json()
    assert [(d["rule"], d["title"], d["state"]) for d in claim["documents"]] == [
        ("", "待识别归类", "being_read")
    ]
    refused = await zhejiang.send_in(person.actor, claim)
    assert ("document.being_read", "documents") in {(e["code"], e["field"]) for e in refused.json()["errors"]}
    read = receipt(person.name, "3300000011", admitted=FIRST)
    await zhejiang.tell(zhejiang.recognized(person.actor, read, document_id=document_id, sha256=digest))
    claim = await zhejiang.read(person.actor, claim)
    assert [(d["rule"], d["stay"], d["title"]) for d in claim["documents"]] == [("receipt", 2, "发票")]
    values = {(f["code"], f["stay"]): f["value"] for f in claim["fields"]}
    assert values["receipt_number", 2] == "3300000011"


@pytest.mark.feature("B.05")
async def test_several_stays_each_with_its_own_papers(zhejiang: World, person: Person) -> None:
    later = FIRST + timedelta(days=30)
    papers = [
        *await stay(zhejiang, person, "1"),
        *await stay(zhejiang, person, "2", place=2, admitted=later, cash="3000.00"),
    ]
    claim = await subsidy(zhejiang, person, *papers)
    values = {(f["code"], f["stay"]): f["value"] for f in claim["fields"]}
    assert values["receipt_number", 1] == "1" and values["receipt_number", 2] == "2"
    assert values["admission_date", 2] == later.isoformat()
    done = (await zhejiang.send_in(person.actor, claim)).json()
    # (5000 - 1000) × 30 % and (3000 - 1000) × 30 %
    assert done["amount"] == "1800.00"


@pytest.mark.feature("B.05")
async def test_a_stay_lacks_its_own_paper_although_the_other_has_it(zhejiang: World, person: Person) -> None:
    second = await stay(zhejiang, person, "2", place=2, admitted=FIRST + timedelta(days=30))
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"), second[0])
    refused = await zhejiang.send_in(person.actor, claim)
    assert {e["field"] for e in refused.json()["errors"]} == {
        "stays.2.settlement", "stays.2.discharge-record",
    }  # fmt: skip
    gone = await zhejiang.client.send(
        "DELETE", f"/claims/{claim['id']}/stays/2", person.actor, headers={"If-Match": str(claim["version"])}
    )
    assert {f["stay"] for f in gone.json()["fields"]} == {0, 1}
    assert (await zhejiang.send_in(person.actor, claim)).status_code == 200
    again = await zhejiang.client.send(
        "DELETE", f"/claims/{claim['id']}/stays/2", person.actor, headers={"If-Match": "99"}
    )
    assert again.status_code == 412


@pytest.mark.feature("B.05")
async def test_stays_out_of_order_and_too_many_are_refused(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    wrong = [{"code": "discharge_date", "value": (FIRST - timedelta(days=1)).isoformat(), "stay": 1}]
    claim = (await zhejiang.fill(person.actor, claim, fields=wrong)).json()
    assert "date.order" in errors(await zhejiang.send_in(person.actor, claim))
    many = [{"code": "hospital", "value": "浙江医院", "stay": place} for place in range(1, 12)]
    assert "stays.too_many" in errors(await zhejiang.fill(person.actor, claim, fields=many))


@pytest.mark.feature("B.06")
async def test_read_typed_and_corrected_stay_apart(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1", verified=False))
    field = {(f["code"], f["stay"]): f for f in claim["fields"]}
    number = field["receipt_number", 1]
    assert (number["source"], number["confidence"], number["corrected"]) == ("recognized", 0.99, False)
    assert number["document_id"] is not None
    assert field["disease", 1]["source"] == "typed" and field["disease", 1]["confidence"] is None
    change = [{"code": "cash_paid", "value": "4800.00", "stay": 1}]
    claim = (await zhejiang.fill(person.actor, claim, fields=change)).json()
    cash = next(f for f in claim["fields"] if f["code"] == "cash_paid")
    assert (cash["value"], cash["source"], cash["corrected"], cash["read"]) == (
        "4800.00", "typed", True, "5000.00",
    )  # fmt: skip
    sent = (await zhejiang.send_in(person.actor, claim)).json()
    reviewer = await zhejiang.read(zhejiang.role("city_reviewer"), sent)
    reasons = {(r["code"], r["field"]) for r in reviewer["review_reasons"]}
    assert ("field.corrected", "stays.1.cash_paid") in reasons
    assert ("field.unverified", "stays.1.total_cost") in reasons


@pytest.mark.feature("B.06")
async def test_further_receipts_go_to_other_papers(zhejiang: World, person: Person) -> None:
    read = receipt(person.name, "9", admitted=FIRST)
    more = {"receipt": await zhejiang.upload(person.actor, read), "rule": "more"}
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"), more)
    numbers = [f["value"] for f in claim["fields"] if f["code"] == "receipt_number"]
    assert numbers == ["1"]
    assert (await zhejiang.send_in(person.actor, claim)).status_code == 200
    # a further receipt counts as used all the same
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    again = await subsidy(zhejiang, other, *await stay(zhejiang, other, "9"))
    refused = await zhejiang.send_in(other.actor, again)
    assert refused.json()["code"] == "claim.receipt_already_claimed"


async def critical(zhejiang: World, person: Person, illness: str, *rules: str) -> dict[str, Any]:
    kinds = {"pathology": "pathology", "examination": "diagnosis"}
    papers = [
        {
            "receipt": await zhejiang.paper(person.actor, person.name, kind=kinds.get(rule, "other")),
            "rule": rule,
        }
        for rule in rules
    ]
    body = {"fields": fields(illness=illness, diagnosed_on=FIRST.isoformat())}
    papers += await stay(zhejiang, person, "1")
    return await subsidy(zhejiang, person, *papers, kind="critical-illness", **body)


FOUR = ("admission-record", "operation-record", "examination", "pathology")


@pytest.mark.feature("B.07")
@pytest.mark.parametrize(
    ("illness", "amount"), [("malignant-tumour", "20000.00"), ("tumour-mild", "5000.00")]
)
async def test_critical_illness_from_the_list_with_its_papers(
    zhejiang: World, person: Person, illness: str, amount: str
) -> None:
    claim = await critical(zhejiang, person, illness, *FOUR)
    sent = await zhejiang.send_in(person.actor, claim)
    assert sent.status_code == 200, sent.text
    assert (sent.json()["status"], sent.json()["amount"]) == ("in_review", amount)


@pytest.mark.feature("B.07")
@pytest.mark.parametrize("left_out", FOUR)
async def test_each_paper_of_a_critical_illness_is_required(
    zhejiang: World, person: Person, left_out: str
) -> None:
    rules = [rule for rule in FOUR if rule != left_out]
    claim = await critical(zhejiang, person, "malignant-tumour", *rules)
    refused = await zhejiang.send_in(person.actor, claim)
    assert [e["field"] for e in refused.json()["errors"]] == [left_out]


@pytest.mark.feature("B.07")
async def test_an_illness_outside_the_list_is_refused(zhejiang: World, person: Person) -> None:
    body = fields(illness="common-cold", diagnosed_on=FIRST.isoformat())
    refused = await zhejiang.ask(person.actor, "critical-illness", fields=body)
    assert refused.status_code == 422 and errors(refused) == {"field.invalid"}


def behalf(person: Person, **changes: Any) -> dict[str, Any]:
    number = id_number(person.serial)
    told = {"document_number": number, "name": person.name, "relation": "spouse", "consent": True}
    return told | changes


@pytest.mark.feature("B.02")
async def test_another_applies_and_the_insured_person_is_paid(zhejiang: World, person: Person) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    papers = await stay(zhejiang, person, "1", actor=other.actor)
    claim = await subsidy(zhejiang, person, *papers, actor=other.actor, on_behalf=behalf(person))
    told = claim["on_behalf"]
    assert (told["relation"], told["relation_title"], told["applicant"]) == ("spouse", "配偶", "王*")
    assert "同意" in told["consent"] and told["consented_at"]
    sent = (await zhejiang.send_in(other.actor, claim)).json()
    assert sent["person_id"] == str(person.id) and sent["status"] == "approved"
    assert sent["payout"]["card"] == mask_bank_card(card_number(person.serial))
    # both the applicant and the insured person follow it
    for actor in (other.actor, person.actor):
        assert [c["id"] for c in (await zhejiang.client.get("/claims", actor)).json()["items"]] == [
            claim["id"]
        ]


@pytest.mark.feature("B.02")
async def test_on_behalf_of_another_needs_consent_relation_and_the_right_person(
    zhejiang: World, person: Person
) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    for change, code in (
        ({"consent": False}, "claim.consent_missing"),
        ({"relation": "union_staff"}, "claim.on_behalf_not_possible"),
        ({"relation": "self"}, "claim.on_behalf_not_possible"),
        ({"relation": "neighbour"}, "claim.on_behalf_not_possible"),
        ({"name": "许晓云"}, "claim.person_not_found"),
        ({"document_number": id_number(77)}, "claim.person_not_found"),
    ):
        refused = await zhejiang.ask(other.actor, "ordinary-hospital", on_behalf=behalf(person, **change))
        assert refused.status_code == 422 and refused.json()["code"] == code, refused.text
        if code == "claim.on_behalf_not_possible":
            assert "配偶、子女、父母、兄弟姐妹、法定继承人、同事" in refused.json()["detail"]
    own = await zhejiang.ask(person.actor, "ordinary-hospital", on_behalf=behalf(person))
    assert own.status_code == 422 and own.json()["code"] == "claim.on_behalf_of_oneself"
    unrelated = await zhejiang.ask(other.actor, "ordinary-hospital", on_behalf=behalf(person) | {"more": 1})
    assert unrelated.status_code == 422


@pytest.mark.feature("B.02")
async def test_an_heir_is_paid_only_where_the_insured_person_has_died(
    zhejiang: World, person: Person
) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    heir = {"kind": "legal_heir", "name": "王芳", "card_number": card_number(other.serial)}
    papers = await stay(zhejiang, person, "1", actor=other.actor)
    told = behalf(person, relation="legal_heir")
    claim = await subsidy(zhejiang, person, *papers, actor=other.actor, on_behalf=told, payee=heir)
    assert errors(await zhejiang.send_in(other.actor, claim)) == {"payee.not_allowed"}
    claim = (await zhejiang.fill(other.actor, claim, fields=fields(deceased="yes"))).json()
    refused = await zhejiang.send_in(other.actor, claim)
    assert {e["field"] for e in refused.json()["errors"]} == {"death-certificate", "heirship"}
    for rule in ("death-certificate", "heirship"):
        paper = await zhejiang.paper(other.actor)
        await zhejiang.hand_in(other.actor, claim, {"receipt": paper, "rule": rule})
    sent = await zhejiang.send_in(other.actor, claim)
    assert sent.status_code == 200, sent.text
    read = await zhejiang.read(zhejiang.role("city_reviewer"), sent.json())
    assert "payee.heir" in {reason["code"] for reason in read["review_reasons"]}


@pytest.mark.feature("B.09")
async def test_paid_to_the_card_named_in_the_application(zhejiang: World) -> None:
    person = await zhejiang.cover(product_code=PRODUCT, bank_card=None, bank_name=None)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert errors(await zhejiang.send_in(person.actor, claim)) == {"payee.card_missing"}
    wrong = {"payee": {"card_number": card_number(5)[:-1] + "x"}}
    refused = await zhejiang.fill(person.actor, claim, **wrong)
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "payee.card_number"
    card = {"payee": {"card_number": card_number(5), "bank_name": "杭州银行"}}
    claim = (await zhejiang.fill(person.actor, claim, **card)).json()
    assert claim["payee"]["card"] == mask_bank_card(card_number(5))
    done = (await zhejiang.send_in(person.actor, claim)).json()
    assert done["status"] == "approved" and done["payout"]["status"] == "waiting"
    assert (done["payout"]["card"], done["payout"]["bank_name"]) == (
        mask_bank_card(card_number(5)), "杭州银行",
    )  # fmt: skip
