"""What the provider says becomes true here: the payment, and through it what was paid for. Once, however often told."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.crypto import TenantKeys, open_words
from common.tenancy import current_pack

from ..dues.paying import settle_dues
from ..individual.paying import settle_cover
from ..refunds.service import return_online
from .models import LATE_CAUSE, OnlinePayment, PaymentState
from .ports.interface import Notice, Outcome, ProviderAway, RefundOrder
from .repository import PaymentRepository
from .rules import ASK_AFTER, next_attempt
from .service import Ports, port_of, request_refund

log = structlog.get_logger()
Settle = Callable[..., Awaitable[bool]]
SETTLE: dict[str, Settle] = {"cover": settle_cover, "dues": settle_dues}
"""What a purpose does with its money; False: it no longer waits for any."""
LATE = "到账时业务已撤回或已缴费，原路退回"


async def take_notice(session: AsyncSession, *, tenant_id: UUID, notice: Notice) -> None:
    """Take what a verified notice says; a number that is not known here is left alone."""
    payment = await PaymentRepository(session, tenant_id).by_number(notice.number)
    if payment is None:
        log.warning("payment.notice_unknown")
        return
    await take_outcome(session, payment, notice.outcome)


async def take_outcome(session: AsyncSession, payment: OnlinePayment, outcome: Outcome) -> None:
    """Take how a locked payment stands with the provider; told again, nothing happens."""
    if payment.settled:
        return
    if outcome.state in ("failed", "closed"):
        payment.end(PaymentState.FAILED if outcome.state == "failed" else PaymentState.CLOSED)
    if outcome.state != "paid" or outcome.amount is None:
        return
    exact = payment.pay(
        amount=outcome.amount,
        transaction_id=outcome.transaction_id or "",
        paid_at=outcome.paid_at or now(),
    )
    system = Actor.system(payment.tenant_id)
    detail = {"amount": str(outcome.amount), "expected": str(payment.amount)}
    action = "payment.received" if exact else "payment.held"
    await record(session, actor_id=system.id, action=action, subject=f"payment:{payment.id}", detail=detail)
    if not exact:
        return
    taken = await SETTLE[payment.purpose](session, tenant_id=payment.tenant_id, subject_id=payment.subject_id)
    if not taken:
        await request_refund(
            session,
            payment=payment,
            amount=outcome.amount,
            cause=f"{LATE_CAUSE}{payment.id}",
            reason=LATE,
            requested_by=system.id,
        )


async def ask_about(session: AsyncSession, payment: OnlinePayment, ports: Ports) -> None:
    """Ask the provider about a locked open payment; past its time it is closed there and here."""
    pack = await current_pack(session)
    port = port_of(ports, pack, payment.channel)
    payment.asked_at = now()
    try:
        outcome = await port.query(payment.number, pack)
        if outcome.state == "open" and payment.expires_at <= now():
            await port.close(payment.number, pack)
            outcome = await port.query(payment.number, pack)
    except ProviderAway as error:
        log.warning("payment.provider_away", why=str(error))
        return
    await take_outcome(session, payment, outcome)


async def ask_about_next(session: AsyncSession, *, tenant_id: UUID, ports: Ports) -> bool:
    """Ask about one payment whose notice has not come; False if there is none."""
    payment = await PaymentRepository(session, tenant_id).to_ask(before=now() - ASK_AFTER)
    if payment is None:
        return False
    await ask_about(session, payment, ports)
    return True


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
    except ProviderAway as error:
        refund.try_later(at=next_attempt(now(), refund.attempts), problem=str(error))
        return True
    if done:
        refund.finish()
        if (refund_id := refund.refund_id) is not None:
            await return_online(
                session, tenant_id=tenant_id, refund_id=refund_id, number=refund.number, on=today()
            )
    else:
        refund.try_later(at=next_attempt(now(), refund.attempts), problem="processing")
    return True
