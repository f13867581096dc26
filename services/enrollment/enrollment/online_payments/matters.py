"""A payment is told while it is not decided, or money of it is on its way back: its payer's data stays until then."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.matters import MemberMatterChanged
from common.events import emit

from .models import OnlinePayment, PaymentState
from .repository import PaymentRepository


async def tell_payment(session: AsyncSession, payment: OnlinePayment) -> None:
    """Say whether a payment is under way; held money is, until all of it has gone back."""
    await session.flush()
    await tell_payments(session, [payment])


async def tell_payments(session: AsyncSession, payments: Sequence[OnlinePayment]) -> None:
    """Say of payments of one tenant whether they are under way."""
    if not payments:
        return
    repository = PaymentRepository(session, payments[0].tenant_id)
    settled = await repository.settled_of([p.id for p in payments if p.amount_paid is not None])
    for payment in payments:
        emit(
            session,
            MemberMatterChanged(
                matter_id=payment.id,
                person_id=payment.person_id,
                kind="payment",
                number=payment.number,
                open=_under_way(payment, settled.get(payment.id, Decimal(0))),
                told_at=now(),
            ),
        )


def _under_way(payment: OnlinePayment, settled: Decimal) -> bool:
    if payment.amount_paid is None:
        return payment.state == PaymentState.OPEN
    leaving = payment.amount_paid if payment.state == PaymentState.HELD else payment.refunded
    return settled < leaving
