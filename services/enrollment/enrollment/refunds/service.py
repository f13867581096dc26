"""Owe a refund, once per subject: the row and RefundDue in one transaction. Note when it was paid."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.claims import RefundFact
from common.contracts.enrollment import RefundDue, RefundReturned
from common.events import emit

from ..online_payments.repository import PaymentRepository
from ..receipts.refunds import note_bank_refund
from ..statistics.repository import StatisticRepository
from ..statistics.rules import Change, Changes, Place, together
from .models import RefundOwed
from .repository import RefundRepository

KEPT = (
    "reason", "fund", "product_code", "amount", "due_on", "payee", "unit_id", "person_id", "people", "order_id",
    "order_number", "policy_id",
)  # fmt: skip


async def owe_refunds(
    session: AsyncSession, *, tenant_id: UUID, refunds: Sequence[tuple[str, RefundDue]]
) -> None:
    """Owe refunds, each with its subject, and say so; one occasion is refunded once, and nothing is no refund.

    What a member paid online goes back online, but for what whoever owes it leaves to the union's bank (`way`).
    """
    wanted = {due.refund_id: (subject, due) for subject, due in refunds if due.amount > 0}
    if not wanted:
        return
    online = await _paid_online(session, tenant_id, [due for _, due in wanted.values()])
    rows = [
        {"id": due.refund_id, "subject": subject} | {name: getattr(due, name) for name in KEPT}
        for subject, due in wanted.values()
    ]
    added = await RefundRepository(session, tenant_id).owe(rows)
    counted: Changes = {}
    for refund_id, (_, due) in wanted.items():
        if refund_id in added and due.unit_id is not None:
            place = Place(due.unit_id, due.product_code, due.due_on)
            together(counted, place, Change(refunded=due.amount))
    await StatisticRepository(session, tenant_id).count(counted)
    for refund_id, (_, due) in wanted.items():
        if refund_id in added:
            way = "online" if due.payee == "member" and due.order_id in online else "transfer"
            way = due.way or way
            emit(session, due.model_copy(update={"way": way}))


async def owe_rest(
    session: AsyncSession, *, tenant_id: UUID, refunds: Sequence[tuple[str, RefundDue]]
) -> None:
    """Owe what is missing of refunds, once for each subject: all of it where nothing was owed, else the difference."""
    owed = await RefundRepository(session, tenant_id).amounts([subject for subject, _ in refunds])
    missing = [
        (subject, due)
        if subject not in owed
        else (f"{subject}:rest", due.model_copy(update={"amount": due.amount - owed[subject]}))
        for subject, due in refunds
    ]
    await owe_refunds(session, tenant_id=tenant_id, refunds=missing)


async def _paid_online(session: AsyncSession, tenant_id: UUID, dues: Sequence[RefundDue]) -> set[UUID]:
    """Return the orders whose money came online: it goes back the same way, by no bank batch."""
    orders = {due.order_id for due in dues if due.payee == "member" and due.order_id is not None}
    return await PaymentRepository(session, tenant_id).orders_paid_online(orders)


async def return_online(
    session: AsyncSession, *, tenant_id: UUID, refund_id: UUID, number: str, on: date
) -> None:
    """Note that a refund went back online, and say so once; what is no refund of this kind is left alone."""
    refund = await RefundRepository(session, tenant_id).find(RefundOwed, refund_id, lock=True)
    if refund is None or refund.state == "paid":
        return
    refund.pay(on=on, version=0)
    emit(
        session,
        RefundReturned(
            refund_id=refund.id, fund=refund.fund, amount=refund.amount, returned_on=on, number=number
        ),
    )


async def pay_by_bank(session: AsyncSession, *, tenant_id: UUID, refund_id: UUID) -> None:
    """Say of a refund that did not go back online that the union's bank pays it; what has been paid is left alone."""
    refund = await RefundRepository(session, tenant_id).find(RefundOwed, refund_id, lock=True)
    if refund is None or refund.state == "paid":
        return
    facts = {name: getattr(refund, name) for name in KEPT}
    emit(session, RefundDue(refund_id=refund.id, way="transfer", instead=True, **facts))


async def take_bank_word(session: AsyncSession, *, tenant_id: UUID, fact: RefundFact, paid: bool) -> None:
    """Show a refund as paid by the union's bank, or as failed; what was told earlier changes nothing."""
    refund = await RefundRepository(session, tenant_id).find(RefundOwed, fact.refund_id, lock=True)
    if refund is None or refund.told_version >= fact.version:
        return
    before = refund.paid_on
    if paid and fact.paid_on is not None:
        refund.pay(on=fact.paid_on, version=fact.version)
    else:
        refund.fail(version=fact.version)
    if (before is None) != (refund.paid_on is None):
        await note_bank_refund(
            session,
            tenant_id=tenant_id,
            order_id=refund.order_id,
            policy_id=refund.policy_id,
            amount=refund.amount,
            paid_on=refund.paid_on,
        )
