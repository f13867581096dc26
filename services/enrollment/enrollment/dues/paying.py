"""Payment of a bill for dues: what is to be paid, and what happens when the money is there."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.dues import DuesPaid, DuesRefunded
from common.events import Sealed, emit

from ..copies.repository import CopyRepository
from ..online_payments.subjects import ToPay
from ..receipts.issuing import Line, issue_receipt
from .models import DuesBill
from .repository import DuesRepository

PURPOSE = "dues"


def dues_to_pay(bill: DuesBill) -> ToPay:
    """Return what a payment of a bill is for; DuesStateWrong unless it waits for one."""
    bill.require_open()
    return ToPay(
        purpose=PURPOSE,
        subject_id=bill.id,
        person_id=bill.person_id,
        unit_id=bill.unit_id,
        amount=bill.amount,
        title=_title(bill),
    )


def _title(bill: DuesBill) -> str:
    first, last = min(bill.periods), max(bill.periods)
    return f"会费 {first}" if first == last else f"会费 {first}—{last}（{len(bill.periods)}期）"


async def fund_of_dues(session: AsyncSession, *, tenant_id: UUID, subject_id: UUID) -> str | None:
    """Return the fund whose account the money for a bill came to; None where there is no such bill."""
    bill = await DuesRepository(session, tenant_id).find(DuesBill, subject_id)
    return bill.fund if bill else None


async def hold_bill(session: AsyncSession, *, tenant_id: UUID, subject_id: UUID) -> None:
    """Lock a bill before its payment is locked."""
    await DuesRepository(session, tenant_id).find(DuesBill, subject_id, lock=True)


async def settle_dues(session: AsyncSession, *, tenant_id: UUID, subject_id: UUID) -> bool:
    """Take the money for a bill: receipt, DuesPaid; False if it no longer waits for any."""
    repository = DuesRepository(session, tenant_id)
    bill = await repository.find(DuesBill, subject_id, lock=True)
    if bill is None or bill.state != "open":
        return False
    person = await CopyRepository(session, tenant_id).person(bill.person_id)
    receipt = await issue_receipt(
        session,
        tenant_id=tenant_id,
        kind=PURPOSE,
        subject_id=bill.id,
        fund=bill.fund,
        unit_id=bill.unit_id,
        person_id=bill.person_id,
        payer_token=person.name_token if person else None,
        payer_name=None,
        issued_by=bill.account_id,
        lines=[Line(_title(bill), len(bill.periods), bill.amount)],
        remark=bill.number,
    )
    bill.pay(receipt_number=receipt.number)
    paid = DuesPaid(
        bill_id=bill.id,
        number=bill.number,
        person_id=bill.person_id,
        unit_id=bill.unit_id,
        name=Sealed(ciphertext=person.name_token) if person else None,
        fund=bill.fund,
        amount=bill.amount,
        periods=bill.periods,
        paid_on=today(),
        receipt_number=receipt.number,
    )
    emit(session, paid)
    return True


async def give_back_dues(
    session: AsyncSession, *, tenant_id: UUID, subject_id: UUID, refund_id: UUID, amount: Decimal, whole: bool
) -> None:
    """Say that dues go back, in part or (`whole`) all that was left: the bill then no longer counts as paid."""
    repository = DuesRepository(session, tenant_id)
    bill = await repository.find(DuesBill, subject_id, lock=True)
    if bill is None or bill.state != "paid":
        return
    if whole and bill.refund():
        await repository.free_periods(bill)
    refunded = DuesRefunded(
        refund_id=refund_id,
        bill_id=bill.id,
        number=bill.number,
        person_id=bill.person_id,
        unit_id=bill.unit_id,
        fund=bill.fund,
        amount=amount,
        whole=whole,
        periods=bill.periods,
        refunded_on=today(),
    )
    emit(session, refunded)
