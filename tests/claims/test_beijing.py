"""The city office's member app: claims on one's own, the start-up loan once a year, accident relief for heirs."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from claims.intake.models import Claim
from common.clock import today

from .world import Member, Person, World, errors, fields, heir, id_number, receipt, together

ADMITTED = today() - timedelta(days=40)


@pytest_asyncio.fixture
async def beijing(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("beijing")


@pytest_asyncio.fixture
async def member(beijing: World) -> Member:
    return await beijing.admit()


async def hospital(beijing: World, person: Person, number: str = "1100000001") -> dict[str, Any]:
    read = receipt(person.name, number, admitted=ADMITTED) | {"个人自费": "0.00"}
    papers: list[dict[str, Any]] = [
        {"receipt": await beijing.paper(person.actor, person.name, kind=kind), "rule": rule}
        for rule, kind in (("id-card", "id_card"), ("bank-card", "bank_card"))
    ]
    papers += [
        {"receipt": await beijing.upload(person.actor, read, kind=kind), "rule": rule, "stay": 1}
        for rule, kind in (
            ("receipt", "e_receipt"),
            ("settlement", "settlement"),
            ("discharge-record", "discharge_record"),
        )
    ]
    body = {"documents": papers, "fields": [{"code": "disease", "value": "肺炎", "stay": 1}]}
    answer = await beijing.ask(person.actor, "hospital", **body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.feature("E.06")
async def test_a_member_claims_on_their_own_and_follows_it(beijing: World) -> None:
    person = await beijing.cover(product_code="inpatient")
    claim = await hospital(beijing, person)
    assert (await beijing.preview(person.actor, claim))["ready"] is True
    done = (await beijing.send_in(person.actor, claim)).json()
    # 1300 × 20 % and 1700 × 40 %, and 50 yuan for each of 7 days from the fourth on
    assert done["amount"] == "1290.00", done["explanation"]
    assert done["status"] == "approved" and done["automatic"]
    history = (await beijing.client.get("/claims?product_code=inpatient", person.actor)).json()["items"]
    assert [item["number"] for item in history] == [done["number"]]
    year = (await beijing.client.get(f"/claims?year={ADMITTED.year}", person.actor)).json()["items"]
    assert len(year) == 1
    assert (await beijing.client.get("/claims?year=2001", person.actor)).json()["items"] == []


@pytest.mark.feature("E.06")
async def test_without_cover_there_is_no_claim(beijing: World, member: Member) -> None:
    refused = await beijing.ask(member.actor, "hospital")
    assert refused.status_code == 422 and refused.json()["code"] == "claim.no_policy"
    unknown = await beijing.ask(member.actor, "dentist")
    assert unknown.json()["code"] == "claim.kind_unknown"


@pytest.mark.feature("N.03")
async def test_above_the_limit_of_the_rules_a_person_decides(beijing: World) -> None:
    person = await beijing.cover(product_code="inpatient")
    claim = await hospital(beijing, person)
    change = [
        {"code": "cash_paid", "value": "30000.00", "stay": 1}, {"code": "total_cost", "value": "32000.00", "stay": 1}
    ]  # fmt: skip
    claim = (await beijing.fill(person.actor, claim, fields=change)).json()
    sent = (await beijing.send_in(person.actor, claim)).json()
    assert sent["status"] == "in_review" and sent["node"] == "first-check"
    reasons = {reason["code"] for reason in sent["review_reasons"]}
    assert {"amount.above_limit", "field.corrected"} <= reasons


async def loan(beijing: World, member: Member, amount: str = "50000.00") -> dict[str, Any]:
    papers = [
        {"receipt": await beijing.paper(member.actor, member.name, kind=kind), "rule": rule}
        for rule, kind in (("id-card", "id_card"), ("business-licence", "other"))
    ]
    values = fields(requested_amount=amount, purpose="开办面包店", licence_number="91110108MA01ABCD1E")
    payee = {"card_number": member.card, "bank_name": "北京银行"}
    answer = await beijing.ask(member.actor, "startup-loan", documents=papers, fields=values, payee=payee)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.feature("E.07")
async def test_a_startup_loan_once_per_person_and_year(beijing: World, member: Member) -> None:
    claim = await loan(beijing, member)
    applied = next(f for f in claim["fields"] if f["code"] == "applied_on")
    assert (applied["value"], applied["source"]) == (today().isoformat(), "set")
    sent = (await beijing.send_in(member.actor, claim)).json()
    assert (sent["status"], sent["amount"]) == ("in_review", "50000.00")
    again = await loan(beijing, member)
    refused = await beijing.send_in(member.actor, again)
    assert refused.status_code == 422 and errors(refused) == {"claim.only_once"}
    said = refused.json()["errors"][0]["message"]
    assert "每人每年限申请一次" in said and sent["number"] in said and f"{today()}" in said
    other = await beijing.admit("王芳")
    assert (await beijing.send_in(other.actor, await loan(beijing, other))).status_code == 200
    # next year it is possible again
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        await session.execute(text("UPDATE claim SET event_on = event_on - 366 WHERE event_on IS NOT NULL"))
    assert (await beijing.send_in(member.actor, again)).status_code == 200


@pytest.mark.feature("E.07")
async def test_two_loans_at_the_same_moment_are_one(beijing: World, member: Member) -> None:
    drafts = [await loan(beijing, member) for _ in range(3)]
    answers = await together(*(beijing.send_in(member.actor, draft) for draft in drafts))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
    assert await beijing.count(Claim, Claim.status == "in_review") == 1


@pytest.mark.feature("E.07")
async def test_what_a_loan_cannot_be(beijing: World, member: Member) -> None:
    for code, value in (
        ("requested_amount", "200000.01"),
        ("requested_amount", "9999"),
        ("applied_on", "2020-01-01"),
        ("licence_number", "91110105MA00000000"),
        ("licence_number", "一二三"),
    ):
        refused = await beijing.ask(member.actor, "startup-loan", fields=fields(**{code: value}))
        assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == code, refused.text


@pytest.mark.feature("C.11", "P.05")
async def test_relief_of_a_fatal_accident_is_paid_to_the_heir(beijing: World) -> None:
    person = await beijing.cover(product_code="public-accident", bank_card=None)
    widow = await beijing.admit("王芳")
    told = {
        "document_number": id_number(person.serial), "name": person.name, "relation": "spouse", "consent": True,
    }  # fmt: skip
    papers = [
        {"receipt": await beijing.paper(widow.actor), "rule": rule} for rule in ("proof", "death-certificate")
    ]
    values = fields(happened_on=ADMITTED.isoformat(), grade="death", account_of_event="下班途中交通事故")
    payee = heir("王芳", widow.serial, widow.card)
    answer = await beijing.ask(
        widow.actor, "accident", on_behalf=told, documents=papers, fields=values, payee=payee
    )
    lacking = await beijing.send_in(widow.actor, answer.json())
    assert {error["field"] for error in lacking.json()["errors"]} == {"heirship"}, lacking.text
    proof = {"receipt": await beijing.paper(widow.actor), "rule": "heirship"}
    await beijing.hand_in(widow.actor, answer.json(), proof)
    sent = await beijing.send_in(widow.actor, answer.json())
    assert sent.json()["amount"] == "20000.00", sent.text
    assert sent.json()["payee"]["name"] == "王*"
