"""Money of a payment goes back at finance's word, and with it what it was paid for."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys, seal_words

from ..dues.paying import give_back_dues
from .errors import CoverInForce
from .models import OnlinePayment, PaymentState
from .repository import PaymentRepository
from .service import find_payment, request_refund

GiveBack = Callable[..., Awaitable[None]]
GIVE_BACK: dict[str, GiveBack] = {"dues": give_back_dues}
"""What a purpose does when its money goes back; cover is ended by a termination instead."""


async def refund_payment(
    session: AsyncSession,
    *,
    actor: Actor,
    payment_id: UUID,
    amount: Decimal,
    reason: str,
    cause: str,
    keys: TenantKeys,
) -> OnlinePayment:
    """Give back a part or all of a payment at finance's word; the same cause asks once.

    CoverInForce for money that a purpose keeps: a policy would stay in force and nothing would be booked.
    """
    payment = await find_payment(session, actor=actor, payment_id=payment_id, lock=True)
    asked = f"asked:{cause}"
    if await PaymentRepository(session, actor.tenant_id).refund_of_cause(asked) is not None:
        return payment
    give_back = GIVE_BACK.get(payment.purpose)
    if give_back is None and payment.state == PaymentState.PAID:
        raise CoverInForce
    words = seal_words(keys, reason)
    refund = await request_refund(
        session, payment=payment, amount=amount, cause=asked, reason=words, requested_by=actor.id
    )
    if give_back is not None and payment.state == PaymentState.PAID:
        await give_back(
            session,
            tenant_id=payment.tenant_id,
            subject_id=payment.subject_id,
            refund_id=refund.id,
            amount=amount,
            whole=payment.refunded == payment.amount_paid,
        )
    return payment
