"""Money of a payment goes back at finance's word."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound

from .errors import CoverInForce, RefundByBank
from .models import OnlinePayment, OnlineRefund, PaymentState
from .repository import PaymentRepository
from .sending import GIVE_BACK
from .service import find_payment, request_refund


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
    if payment.purpose not in GIVE_BACK and payment.state == PaymentState.PAID:
        raise CoverInForce
    words = seal_words(keys, reason)
    await request_refund(
        session, payment=payment, amount=amount, cause=asked, reason=words, requested_by=actor.id
    )
    return payment


async def retry_refund(
    session: AsyncSession, *, actor: Actor, payment_id: UUID, refund_id: UUID
) -> OnlinePayment:
    """Send a refund again that the provider refused: what stood against it is gone, or staff settled it there.

    RefundByBank for one that the union's bank pays instead; RefundNotRefused for any other.
    """
    payment = await find_payment(session, actor=actor, payment_id=payment_id, lock=True)
    repository = PaymentRepository(session, actor.tenant_id)
    refund = await repository.find(OnlineRefund, refund_id, lock=True)
    if refund is None or refund.payment_id != payment.id:
        raise NotFound
    if refund.by_bank:
        raise RefundByBank
    refund.ask_again()
    await record(
        session, actor_id=actor.id, action="payment.refund_retried", subject=f"payment:{payment.id}",
        detail={"refund": str(refund.id)},
    )  # fmt: skip
    return payment
