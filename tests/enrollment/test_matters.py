"""What a member has begun is told, and when it is over: identity keeps their data meanwhile (N.07)."""

from typing import Any

import pytest

from common.contracts.matters import MemberMatterChanged
from enrollment.online_payments.jobs import send_refunds

from .campus import Campus
from .test_amendments import said
from .test_online_payments import opened, sandbox, tell, told_of

pytestmark = pytest.mark.feature("N.07")


async def matters(campus: Campus) -> dict[str, list[bool]]:
    """How each matter stood, word by word; the same word said again counts once."""
    found: dict[str, list[bool]] = {}
    told: list[dict[str, Any]] = await said(campus, MemberMatterChanged.wire)
    for word in sorted(told, key=lambda word: word["told_at"]):
        words = found.setdefault(f"{word['kind']} {word['matter_id']}", [])
        if words[-1:] != [word["open"]]:
            words.append(word["open"])
    return found


async def test_an_application_and_its_payment_are_under_way_until_the_money_is_there(campus: Campus) -> None:
    _, application, payment = await opened(campus)
    assert await matters(campus) == {f"application {application}": [True], f"payment {payment['id']}": [True]}
    await campus.press(payment)
    expected = {f"application {application}": [True, False], f"payment {payment['id']}": [True, False]}
    assert await matters(campus) == expected


async def test_money_on_its_way_back_is_under_way(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    await campus.client.post(f"/applications/{application}/withdraw", member)
    closed = {f"application {application}": [True, False], f"payment {payment['id']}": [True, False]}
    assert await matters(campus) == closed
    await sandbox(campus).decide(payment["number"], "paid")
    await tell(campus, told_of(payment))
    assert (await matters(campus))[f"payment {payment['id']}"][-1] is True
    await send_refunds(campus.client.context, campus.tenant.id)
    assert (await matters(campus))[f"payment {payment['id']}"][-1] is False


async def test_held_money_is_under_way_until_all_of_it_went_back(campus: Campus) -> None:
    _, _, payment = await opened(campus)
    await sandbox(campus).decide(payment["number"], "paid")
    await tell(campus, told_of(payment, amount="80.00"))
    for part, open_after in (("50.00", True), ("30.00", False)):
        body = {"amount": part, "reason": "金额不符"}
        await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
        await send_refunds(campus.client.context, campus.tenant.id)
        assert (await matters(campus))[f"payment {payment['id']}"][-1] is open_after
