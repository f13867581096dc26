"""Money without a purpose in the books, and a refund noted as paid that was not: both sides are booked (N.05)."""

from decimal import Decimal

import pytest

from common.clock import today
from common.contracts.stray import StrayMoney, StrayMoneyReceived, StrayMoneyReturned
from common.ids import new_id

from .test_ledger_by_hand import approve, propose
from .test_refunds import FAILED, name_account, payouts, refund
from .world import FUND, World


def money_of(amount: str) -> StrayMoney:
    return StrayMoney(
        payment_id=new_id(), number="0" * 24 + "20260101", fund=FUND, amount=Decimal(amount), received_on=today()
    )  # fmt: skip


def returned(money: StrayMoney, amount: str) -> StrayMoneyReturned:
    return StrayMoneyReturned(
        money=money, refund_id=new_id(), refund_number="1" * 32, refunded=Decimal(amount), returned_on=today()
    )


@pytest.mark.feature("N.05")
async def test_stray_money_is_in_suspense_until_it_goes_back_and_reconciles(world: World) -> None:
    await world.fund("500.00")
    money = money_of("90.00")
    await world.tell(StrayMoneyReceived(money=money), StrayMoneyReceived(money=money), times=2)
    books = (await world.ledger())["accounts"]
    assert (books["bank"], books["suspense"], books["contributions"]) == ("590.00", "-90.00", "-500.00")
    part = returned(money, "40.00")
    await world.tell(part, part, returned(money, "50.00"), times=2)
    ledger = await world.ledger()
    books = ledger["accounts"]
    assert (books["bank"], books["suspense"], ledger["difference"]) == ("500.00", "0.00", "0.00")
    lines = (
        ("C1", "500.00", "20260101000001"), ("C2", "90.00", money.number),
        ("C3", "-40.00", "1" * 32), ("C4", "-50.00", "1" * 32),
    )  # fmt: skip
    assert (await world.send_statement(world.statement(*lines))).status_code == 201
    standing = await world.client.get(f"/reconciliation/standing?fund={FUND}", world.staff("finance"))
    assert standing.json()["reconciled"] and standing.json()["difference"] == "0.00", standing.text


@pytest.mark.feature("N.05")
async def test_what_arrived_before_that_was_told_is_booked_with_its_return(world: World) -> None:
    money = money_of("90.00")
    back = returned(money, "90.00")
    await world.tell(back, StrayMoneyReceived(money=money), back, times=2)
    books = (await world.ledger())["accounts"]
    assert (books["bank"], books["suspense"]) == ("0.00", "0.00")


@pytest.mark.feature("N.05", "P.03")
async def test_a_refund_noted_as_paid_by_mistake_is_owed_again(world: World) -> None:
    """Noted, undone, noted once more: each is booked, by two people each time."""
    await world.fund("500.00")
    await world.tell(refund(world))
    (waiting,) = await payouts(world)
    maker, checker = world.staff("payout_maker"), world.staff("payout_checker")
    settle = {"payout_id": waiting["id"], "paid_on": today().isoformat(), "memo": "柜面现金退款"}
    undo = {"payout_id": waiting["id"], "reversed_on": today().isoformat(), "reason": "登记有误，款未付出"}
    early = await propose(world, undo, command="payout.reverse", actor=maker)
    assert (early.status_code, early.json()["code"]) == (409, "payout.state_wrong")
    for bank in ("380.00", "380.00"):
        made = await propose(world, settle, command="refund.settle", actor=maker)
        assert (await approve(world, made.json(), checker)).status_code == 200
        ledger = (await world.ledger())["accounts"]
        assert (ledger["bank"], ledger["refunds_payable"]) == (bank, "0.00")
        failed = len(await world.events(FAILED))
        taken_back = await propose(world, undo, command="payout.reverse", actor=maker)
        assert taken_back.status_code == 201, taken_back.text
        assert (await approve(world, taken_back.json(), maker)).status_code == 403
        assert (await approve(world, taken_back.json(), checker)).status_code == 200
        ledger = (await world.ledger())["accounts"]
        assert (ledger["bank"], ledger["refunds_payable"]) == ("500.00", "-120.00")
        (again,) = await payouts(world)
        assert (again["status"], again["paid_on"]) == ("failed", None)
        assert len(await world.events(FAILED)) == failed + 1
    assert (await name_account(world, again)).status_code == 200
    assert (await payouts(world))[0]["status"] == "waiting"
