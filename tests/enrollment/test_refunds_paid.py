"""Refunds are shown as paid: by the union's bank as claims tells it, or online, the way the money came."""

from typing import Any

import pytest

from common.clock import today
from common.consumer import Worker
from common.contracts.claims import RefundFact, RefundFailed, RefundPaid
from common.contracts.enrollment import RefundDue
from common.ids import new_id
from common.testing import Pump
from enrollment.issuing.jobs import issue_policies
from enrollment.online_payments.jobs import send_refunds
from enrollment.refunds.service import owe_refunds

from .beijing import Beijing, member
from .campus import Campus
from .covers import staff
from .test_amendments import group, policies, said
from .test_cover_consumers import deliver, refund


async def owed(beijing: Beijing, worker: Worker) -> tuple[str, dict[str, Any]]:
    """An amendment that somebody left by, and the refund that it owes."""
    base = await group(beijing, worker, [member(1), member(2)], days=40)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    ids = [str(row.id) for row in (await policies(beijing)).values()]
    await beijing.post(f"/orders/{order}/leavers", beijing.handler, {"policy_ids": ids[:1]})
    await beijing.submit(order)
    await beijing.reviewed(order)
    await issue_policies(worker.context, beijing.tenant.id)
    (due,) = await said(beijing, "enrollment.refund_due.v1")
    return order, due


@pytest.mark.feature("P.01", "N.05")
async def test_an_order_shows_what_became_of_its_refund(beijing: Beijing, worker: Worker) -> None:
    """Owed, refused by the bank, paid, given back; an older word changes nothing, nor does the same one again."""
    order, due = await owed(beijing, worker)
    assert due["way"] == "transfer"
    keys = beijing.tenant.keys

    def fact(version: int, paid: bool = False) -> RefundFact:
        return RefundFact(
            version=version, refund_id=due["refund_id"], payout_id=new_id(), number="R1", fund=due["fund"],
            amount=due["amount"], paid_on=today() if paid else None,
        )  # fmt: skip

    async def shown() -> tuple[str, str | None]:
        (row,) = (await beijing.state(order))["refunds"]
        return row["state"], row["paid_on"]

    assert await shown() == ("owed", None)
    failed = RefundFailed(refund=fact(3), reason=keys.sealed_words("账户已销户"))
    await deliver(worker, beijing.tenant.id, failed)
    assert await shown() == ("failed", None)
    await deliver(worker, beijing.tenant.id, RefundPaid(refund=fact(6, paid=True)))
    assert await shown() == ("paid", today().isoformat())
    await deliver(worker, beijing.tenant.id, failed)
    assert await shown() == ("paid", today().isoformat()), "what was told earlier changes nothing"
    await deliver(worker, beijing.tenant.id, RefundFailed(refund=fact(7), reason=keys.sealed_words("退汇")))
    assert await shown() == ("failed", None)
    unknown = fact(9, paid=True).model_copy(update={"refund_id": new_id()})
    await deliver(worker, beijing.tenant.id, RefundPaid(refund=unknown))


@pytest.mark.feature("D.13", "P.01")
@pytest.mark.parametrize("late", [False, True])
async def test_the_receipt_says_that_money_of_it_went_back_by_the_bank(
    beijing: Beijing, worker: Worker, late: bool
) -> None:
    """Of the order that was paid, not of the amendment by which somebody left; issued later, it says so at once."""
    order, due = await owed(beijing, worker)
    base = (await beijing.state(order))["base_order_id"]
    agency = staff(beijing, "enrollment.receipt.issue", "enrollment.order.read", org_path="/chaoyang/")

    def word(version: int) -> RefundFact:
        return RefundFact(
            version=version, refund_id=due["refund_id"], payout_id=new_id(), number="R1", fund=due["fund"],
            amount=due["amount"], paid_on=today(),
        )  # fmt: skip

    async def refunded() -> tuple[str, str | None]:
        receipt = (await beijing.client.post(f"/orders/{base}/receipt", agency)).json()
        return receipt["refunded"], receipt["refunded_on"]

    went_back = (due["amount"], today().isoformat())
    if not late:
        assert await refunded() == ("0.00", None)
    for version in (1, 2):
        await deliver(worker, beijing.tenant.id, RefundPaid(refund=word(version)))
    assert await refunded() == went_back
    returned = RefundFailed(refund=word(3), reason=beijing.tenant.keys.sealed_words("退汇"))
    await deliver(worker, beijing.tenant.id, returned)
    assert await refunded() == ("0.00", None)
    await deliver(worker, beijing.tenant.id, RefundPaid(refund=word(4)))
    assert await refunded() == went_back


@pytest.mark.feature("A.05", "N.05")
async def test_what_was_paid_online_is_told_to_go_back_online_and_that_it_did(
    campus: Campus, worker: Worker, pump: Pump
) -> None:
    person = await campus.member()
    await campus.paid(person)
    await pump.settle()
    policy = (await campus.client.get("/policies/mine", person)).json()["items"][0]
    online = refund(campus, policy["order_id"])
    others = [refund(campus, policy["order_id"], payee="unit", unit_id=new_id()), refund(campus, new_id())]
    wanted: list[tuple[str, RefundDue]] = [(f"test:{due.refund_id}", due) for due in (online, *others)]
    async with campus.client.context.db.transaction(campus.tenant.id) as session:
        await owe_refunds(session, tenant_id=campus.tenant.id, refunds=wanted)
    told = {due["refund_id"]: due["way"] for due in await said(campus, "enrollment.refund_due.v1")}
    assert told == {str(online.refund_id): "online", **{str(o.refund_id): "transfer" for o in others}}
    await pump.settle()
    for _ in range(2):
        await send_refunds(campus.client.context, campus.tenant.id)
    (back,) = await said(campus, "enrollment.refund_returned.v1")
    assert (back["refund_id"], back["amount"]) == (str(online.refund_id), "40.00")
