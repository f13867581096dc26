"""The provincial union's subsidies: three kinds, each with its formula and documents."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from common.clock import today

from .world import Person, World, errors, fields, receipt

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
@pytest.mark.parametrize(("illness", "asked"), [("stroke-sequelae", False), ("tumour-mild", True)])
async def test_a_pathology_report_is_asked_of_tumours_alone(
    zhejiang: World, person: Person, illness: str, asked: bool
) -> None:
    claim = await critical(zhejiang, person, illness, "admission-record", "operation-record", "examination")
    sent = await zhejiang.send_in(person.actor, claim)
    assert errors(sent) == {"document.missing"} if asked else sent.status_code == 200, sent.text


@pytest.mark.feature("B.07")
async def test_who_had_no_operation_says_so_and_a_reviewer_decides(zhejiang: World, person: Person) -> None:
    claim = await critical(zhejiang, person, "stroke-sequelae", "admission-record", "examination")
    refused = await zhejiang.send_in(person.actor, claim)
    assert [e["field"] for e in refused.json()["errors"]] == ["operation-record"]
    assert "没有手术记录的原因" in refused.json()["errors"][0]["message"]
    said = fields(no_operation_record="保守治疗，没有做手术")
    claim = (await zhejiang.fill(person.actor, claim, fields=said)).json()
    preview = (await zhejiang.client.get(f"/claims/{claim['id']}/preview", person.actor)).json()
    paper = next(item for item in preview["checklist"] if item["code"] == "operation-record")
    assert (paper["present"], paper["by_text"]) == (True, True)
    sent = await zhejiang.send_in(person.actor, claim)
    assert (sent.status_code, sent.json()["status"]) == (200, "in_review"), sent.text
    read = await zhejiang.read(zhejiang.role("city_reviewer"), sent.json())
    reasons = {reason["code"]: reason for reason in read["review_reasons"]}
    assert reasons["document.stated"]["field"] == "no_operation_record"
    assert "手术记录" in reasons["document.stated"]["text"]


@pytest.mark.feature("B.07")
async def test_a_diagnosis_before_the_cover_is_said_before_it_is_handed_in(
    zhejiang: World, person: Person
) -> None:
    claim = await critical(zhejiang, person, "tumour-mild", *FOUR)
    before = fields(diagnosed_on=(person.policy.starts_on - timedelta(days=1)).isoformat())
    claim = (await zhejiang.fill(person.actor, claim, fields=before)).json()
    preview = await zhejiang.preview(person.actor, claim)
    assert [(fault["code"], fault["field"]) for fault in preview["faults"]] == [
        ("claim.not_covered", "diagnosed_on")
    ]


@pytest.mark.feature("B.07")
async def test_an_illness_outside_the_list_is_refused(zhejiang: World, person: Person) -> None:
    body = fields(illness="common-cold", diagnosed_on=FIRST.isoformat())
    refused = await zhejiang.ask(person.actor, "critical-illness", fields=body)
    assert refused.status_code == 422 and errors(refused) == {"field.invalid"}
