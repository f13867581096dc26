"""Refunds go to the provider; what it says of them becomes true here: sent, refused for good, or to be tried again."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.crypto import TenantKeys, open_words
from common.tenancy import current_pack

from ..dues.paying import give_back_dues
from ..refunds.service import pay_by_bank, return_online
from .matters import tell_payment
from .models import LATE_CAUSE, OnlinePayment, OnlineRefund, PaymentState
from .ports.interface import ProviderAway, RefundOrder, RefundRefused
from .repository import PaymentRepository
from .rules import MOST_TRIES, next_attempt
from .service import Ports, port_of
from .stray import tell_returned

log = structlog.get_logger()
GiveBack = Callable[..., Awaitable[None]]
GIVE_BACK: dict[str, GiveBack] = {"dues": give_back_dues}
"""What a purpose does when its money has gone back; cover is ended by a termination instead."""


async def send_next_refund(session: AsyncSession, *, tenant_id: UUID, ports: Ports, keys: TenantKeys) -> bool:
    """Send one refund; False if none is due. The number makes the provider pay it once."""
    repository = PaymentRepository(session, tenant_id)
    refund = await repository.refund_to_send(at=now())
    if refund is None:
        return False
    payment = await repository.find(OnlinePayment, refund.payment_id)
    if payment is None or payment.amount_paid is None:
        return False
    pack = await current_pack(session)
    order = RefundOrder(
        number=payment.number,
        refund_number=refund.number,
        amount=refund.amount,
        total=payment.amount_paid,
        reason=open_words(keys, refund.reason) or "",
    )
    try:
        done = await port_of(ports, pack, payment.channel).refund(order, pack)
    except RefundRefused as error:
        await _refused(session, refund, str(error))
        await tell_payment(session, payment)
    except ProviderAway as error:
        if refund.attempts + 1 < MOST_TRIES:
            refund.try_later(at=next_attempt(now(), refund.attempts), problem=str(error))
        else:
            await _refused(session, refund, str(error))
            await tell_payment(session, payment)
    else:
        if done:
            await _sent(session, payment, refund)
        else:
            refund.try_later(at=next_attempt(now(), refund.attempts), problem="processing")
    return True


async def _sent(session: AsyncSession, payment: OnlinePayment, refund: OnlineRefund) -> None:
    """The money is on its way: only now it is booked, and what it was paid for is given up."""
    refund.finish()
    await tell_payment(session, payment)
    if (refund_id := refund.refund_id) is not None:
        await return_online(
            session, tenant_id=refund.tenant_id, refund_id=refund_id, number=refund.number, on=today()
        )
    if refund.cause.startswith(LATE_CAUSE) or payment.state != PaymentState.PAID:
        await tell_returned(session, payment, refund)
        return
    give_back = GIVE_BACK.get(payment.purpose)
    if give_back is None:
        return
    sent = await PaymentRepository(session, refund.tenant_id).sent_of(payment.id)
    await give_back(
        session,
        tenant_id=payment.tenant_id,
        subject_id=payment.subject_id,
        refund_id=refund.id,
        amount=refund.amount,
        whole=sent == payment.amount_paid,
    )


async def _refused(session: AsyncSession, refund: OnlineRefund, problem: str) -> None:
    """The money stays here: a refund that is owed goes to the union's bank, any other waits for finance."""
    refund.refuse(problem)
    log.error("payment.refund_refused", refund=str(refund.id), why=problem)
    system = Actor.system(refund.tenant_id)
    detail = {"amount": str(refund.amount), "refund": str(refund.id)}
    await record(
        session, actor_id=system.id, action="payment.refund_refused", subject=f"payment:{refund.payment_id}",
        detail=detail,
    )  # fmt: skip
    if (refund_id := refund.refund_id) is not None:
        await pay_by_bank(session, tenant_id=refund.tenant_id, refund_id=refund_id)
