"""Notes on a receipt that its money went back, so that it can be used as a proof of payment no more."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today

from .repository import ReceiptRepository


async def note_refund(
    session: AsyncSession, *, tenant_id: UUID, kind: str, subject_id: UUID, amount: Decimal
) -> None:
    """Note a refund on the receipt of a subject, if one was written."""
    receipt = await ReceiptRepository(session, tenant_id).of_subject(kind, subject_id)
    if receipt is not None:
        receipt.note_refund(amount, on=today())


async def note_bank_refund(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    order_id: UUID | None,
    policy_id: UUID | None,
    amount: Decimal,
    paid_on: date | None,
) -> None:
    """Note on the receipt of what it was paid for that the union's bank paid a refund; without a day: gave it back."""
    receipt = await ReceiptRepository(session, tenant_id).of_money(order_id=order_id, policy_id=policy_id)
    if receipt is None:
        return
    if paid_on is None:
        receipt.take_back(amount)
    else:
        receipt.note_refund(amount, on=paid_on)
