"""Notes on a receipt that its money went back, so that it can be used as a proof of payment no more."""

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
