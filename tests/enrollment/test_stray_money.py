"""Money that belongs to nothing: told when it arrives and when it goes back, once each (N.05)."""

from typing import Any

import pytest

from common.contracts.stray import StrayMoneyReceived, StrayMoneyReturned
from enrollment.online_payments.jobs import send_refunds

from .campus import Campus
from .test_amendments import said
from .test_online_payments import bill_to_pay, look, opened, sandbox, tell, told_of


async def stray(campus: Campus) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return await said(campus, StrayMoneyReceived.wire), await said(campus, StrayMoneyReturned.wire)


@pytest.mark.feature("N.05", "A.05")
async def test_money_that_came_too_late_is_told_and_that_it_went_back(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    await campus.client.post(f"/applications/{application}/withdraw", member)
    await sandbox(campus).decide(payment["number"], "paid")
    for _ in range(2):
        assert (await tell(campus, told_of(payment))).status_code == 200
    ((received,), returned) = await stray(campus)
    money = received["money"]
    assert (money["payment_id"], money["amount"], money["number"]) == (
        payment["id"], "90.00", payment["number"],
    )  # fmt: skip
    fund = campus.tenant.pack.product("critical-illness").fund
    assert (money["fund"], returned) == (fund, [])
    for _ in range(2):
        await send_refunds(campus.client.context, campus.tenant.id)
    (received_once, (back,)) = await stray(campus)
    assert received_once == [received]
    assert (back["refunded"], back["money"]["amount"], back["money"]["fund"]) == ("90.00", "90.00", fund)
    (refund,) = (await look(campus, payment))["refunds"]
    assert (back["refund_id"], refund["state"]) == (refund["id"], "done")


@pytest.mark.feature("N.05", "A.05")
async def test_another_amount_is_kept_apart_until_it_went_back(campus: Campus) -> None:
    _, _, payment = await opened(campus)
    await sandbox(campus).decide(payment["number"], "paid")
    await tell(campus, told_of(payment, amount="80.00"))
    ((received,), returned) = await stray(campus)
    assert (received["money"]["amount"], returned) == ("80.00", [])
    for part in ("50.00", "30.00"):
        body = {"amount": part, "reason": "金额不符"}
        answer = await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
        assert answer.status_code == 200, answer.text
    await send_refunds(campus.client.context, campus.tenant.id)
    _, parts = await stray(campus)
    assert sorted(part["refunded"] for part in parts) == ["30.00", "50.00"]
    assert {part["money"]["amount"] for part in parts} == {"80.00"}


async def test_dues_that_go_back_are_no_stray_money(campus: Campus) -> None:
    payment = await bill_to_pay(campus, await campus.member())
    await campus.press(payment)
    body = {"amount": payment["amount"], "reason": "多缴"}
    await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
    await send_refunds(campus.client.context, campus.tenant.id)
    assert await stray(campus) == ([], [])
    assert len(await said(campus, "enrollment.dues_refunded.v1")) == 1
