"""A death in the family or of the member (A.03): certificate, de-registration, or a text with two dates; each alone."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from .test_bit import DAY
from .world import Member, World, errors, fields, heir

pytestmark = pytest.mark.feature("A.03")


@pytest_asyncio.fixture
async def bit(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("bit")


@pytest.mark.parametrize(
    ("reason", "who", "amount"),
    [
        ("parent-death", "母亲", "1000.00"),
        ("family-death", "配偶", "1000.00"),
        ("family-death", "子女", "1000.00"),
        ("member-death", "会员本人", "3000.00"),
    ],
)
async def test_each_death_is_shown_by_a_paper_or_by_two_dates(
    bit: World, reason: str, who: str, amount: str
) -> None:
    member = await bit.admit()
    applicant = member
    more: dict[str, Any] = {"payee": {"card_number": member.card, "bank_name": "工商银行"}}
    if reason == "member-death":
        applicant = await bit.admit("王芳")
        behalf = {
            "document_number": member.number,
            "name": member.name,
            "relation": "spouse",
            "consent": True,
        }
        more = {"on_behalf": behalf, "payee": heir("王芳", applicant.serial, applicant.card)}

    async def opened() -> dict[str, Any]:
        body = {"fields": fields(reason=reason, happened_on=DAY), **more}
        answer = await bit.ask(applicant.actor, "condolence", **body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    claim = await opened()
    assert errors(await bit.send_in(applicant.actor, claim)) == {"document.missing"}
    wrong = {"receipt": await bit.paper(applicant.actor), "rule": "birth-certificate"}
    await bit.hand_in(applicant.actor, claim, wrong)
    assert errors(await bit.send_in(applicant.actor, claim)) == {"document.missing"}
    for text in (
        f"{who}于上月病故",
        f"{who} 1950年3月2日出生，上月离世",
        f"{who} 1950年13月2日生，2026-11-31离世",
    ):
        now = await bit.read(applicant.actor, claim)
        assert (await bit.fill(applicant.actor, now, fields=fields(statement=text))).status_code == 200
        assert errors(await bit.send_in(applicant.actor, claim)) == {"field.days_missing"}, text
    await _accepted(bit, applicant, claim, amount, statement=f"{who} 1950年3月2日出生，2026-11-01 4时离世")
    for rule in ("death-certificate", "deregistration"):
        await _accepted(bit, applicant, await opened(), amount, rule=rule)


async def _accepted(
    bit: World, applicant: Member, claim: dict[str, Any], amount: str, *, statement: str = "", rule: str = ""
) -> None:
    if statement:
        now = await bit.read(applicant.actor, claim)
        assert (await bit.fill(applicant.actor, now, fields=fields(statement=statement))).status_code == 200
    if rule:
        paper = await bit.paper(applicant.actor)
        await bit.hand_in(applicant.actor, claim, {"receipt": paper, "rule": rule})
    sent = await bit.send_in(applicant.actor, claim)
    assert sent.status_code == 200, sent.text
    assert (sent.json()["status"], sent.json()["amount"]) == ("in_review", amount)
    # what one claim uses of the year's ceiling is free for the next
    await bit.client.post(f"/claims/{claim['id']}/withdraw", applicant.actor)
