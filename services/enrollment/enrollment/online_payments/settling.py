"""What the provider says becomes true here: the payment, and through it what was paid for. Once, however often told."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.tenancy import current_pack

from ..dues.paying import hold_bill, settle_dues
from ..individual.paying import hold_cover, settle_cover
from .matters import tell_payment
from .models import LATE_CAUSE, OnlinePayment, PaymentState
from .ports.interface import Notice, Outcome, ProviderAway
from .repository import PaymentRepository
from .rules import ASK_AFTER, WATCHED
from .service import Ports, port_of, request_refund
from .stray import tell_late, tell_received

log = structlog.get_logger()
Settle = Callable[..., Awaitable[bool]]
Hold = Callable[..., Awaitable[None]]
SETTLE: dict[str, Settle] = {"cover": settle_cover, "dues": settle_dues}
"""What a purpose does with its money; False: it no longer waits for any."""
HOLD: dict[str, Hold] = {"cover": hold_cover, "dues": hold_bill}
"""How what a payment is for is locked."""
LATE = "到账时业务已撤回或已缴费，原路退回"


async def hold(session: AsyncSession, payment: OnlinePayment) -> OnlinePayment | None:
    """Lock what a payment is for, then the payment, and return it as it is now.

    In this order, like whoever withdraws, cancels or pays: two that hold each one and want the other's end in a
    deadlock.
    """
    await HOLD[payment.purpose](session, tenant_id=payment.tenant_id, subject_id=payment.subject_id)
    return await PaymentRepository(session, payment.tenant_id).locked(payment.id)


async def take_notice(session: AsyncSession, *, tenant_id: UUID, notice: Notice) -> None:
    """Take what a verified notice says; a number that is not known here is left alone."""
    known = await PaymentRepository(session, tenant_id).by_number(notice.number)
    payment = await hold(session, known) if known is not None else None
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
        await tell_payment(session, payment)
    if outcome.state != "paid" or outcome.amount is None:
        return
    exact = payment.pay(
        amount=outcome.amount,
        transaction_id=outcome.transaction_id or "",
        paid_at=outcome.paid_at or now(),
    )
    await tell_payment(session, payment)
    system = Actor.system(payment.tenant_id)
    detail = {"amount": str(outcome.amount), "expected": str(payment.amount)}
    action = "payment.received" if exact else "payment.held"
    await record(session, actor_id=system.id, action=action, subject=f"payment:{payment.id}", detail=detail)
    if not exact:
        await tell_received(session, payment)
        return
    taken = await SETTLE[payment.purpose](session, tenant_id=payment.tenant_id, subject_id=payment.subject_id)
    if not taken:
        await tell_late(session, payment)
        await request_refund(
            session,
            payment=payment,
            amount=outcome.amount,
            cause=f"{LATE_CAUSE}{payment.id}",
            reason=LATE,
            requested_by=system.id,
        )


async def ask_about(session: AsyncSession, known: OnlinePayment, ports: Ports) -> OnlinePayment | None:
    """Ask the provider about a payment that nobody holds, then hold it, take the answer and return it as it is now.

    Whoever withdraws or pays never waits for the provider; what they did meanwhile is seen when the answer is taken.
    Once the provider's word is final a payment is not asked about again.
    """
    if known.settled:
        return known
    outcome = await _asked(session, known, ports)
    payment = await hold(session, known)
    if payment is None or payment.settled:
        return payment
    payment.asked_at = now()
    if outcome is None:
        return payment
    if outcome.state != "open":
        payment.asked_at = max(now(), payment.expires_at + WATCHED)
    await take_outcome(session, payment, outcome)
    return payment


async def _asked(session: AsyncSession, known: OnlinePayment, ports: Ports) -> Outcome | None:
    """Return how a payment stands with the provider, None if it is away; one past its time, or closed here, is closed
    there too.
    """
    pack = await current_pack(session)
    port = port_of(ports, pack, known.channel)
    try:
        outcome = await port.query(known.number, pack)
        if outcome.state == "open" and (known.expires_at <= now() or known.state == PaymentState.CLOSED):
            await port.close(known.number, pack)
            outcome = await port.query(known.number, pack)
    except ProviderAway as error:
        log.warning("payment.provider_away", why=str(error))
        return None
    return outcome


async def ask_about_next(session: AsyncSession, *, tenant_id: UUID, ports: Ports) -> bool:
    """Ask about one payment whose notice has not come; False if there is none."""
    waiting = await PaymentRepository(session, tenant_id).to_ask(before=now() - ASK_AFTER)
    if waiting is None:
        return False
    await ask_about(session, waiting, ports)
    return True
