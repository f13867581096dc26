"""A payment is told while it is not decided, or money of it is on its way back: its payer's data stays until then."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.matters import MemberMatterChanged
from common.events import emit

from .models import OnlinePayment, PaymentState
from .repository import PaymentRepository


async def tell_payment(session: AsyncSession, payment: OnlinePayment) -> None:
    """Say whether a payment is under way; held money is, until all of it has gone back."""
    await session.flush()
    emit(
        session,
        MemberMatterChanged(
            matter_id=payment.id,
            person_id=payment.person_id,
            kind="payment",
            number=payment.number,
            open=await _under_way(session, payment),
            told_at=now(),
        ),
    )


async def _under_way(session: AsyncSession, payment: OnlinePayment) -> bool:
    if payment.amount_paid is None:
        return payment.state == PaymentState.OPEN
    leaving = payment.amount_paid if payment.state == PaymentState.HELD else payment.refunded
    return await PaymentRepository(session, payment.tenant_id).settled_of(payment.id) < leaving
