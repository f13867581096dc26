"""Use cases of online payments that do not depend on what is paid: start, stop, give back."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.contracts.pack import TenantPack
from common.errors import NotFound
from common.http import Cursor
from common.ids import new_id
from common.tenancy import current_pack

from ..receipts.refunds import note_refund
from .errors import AlreadyPaid, PaymentNotConfigured, PaymentUnavailable
from .matters import tell_payment
from .models import LATE_CAUSE, OnlinePayment, OnlineRefund, PaymentState
from .ports.interface import Mode, Outcome, PaymentPort, PayOrder, ProviderAway
from .repository import PaymentRepository
from .rules import expires
from .subjects import ToPay

log = structlog.get_logger()
Ports = dict[str, PaymentPort]


def port_of(ports: Ports, pack: TenantPack, channel: str | None = None) -> PaymentPort:
    """Return the provider of a channel, or the one that takes new payments; PaymentNotConfigured without one."""
    port = ports.get(channel) if channel else next(iter(ports.values()), None)
    if port is None or not port.serves(pack):
        raise PaymentNotConfigured
    return port


async def start_payment(
    session: AsyncSession,
    *,
    actor: Actor,
    ports: Ports,
    to_pay: ToPay,
    mode: Mode,
    open_id: str | None = None,
    client_ip: str | None = None,
) -> OnlinePayment:
    """Begin to pay for a subject, or go on with the payment that is open in the same way.

    AlreadyPaid if the one that is open has been paid meanwhile. PaymentUnavailable if the provider does not take it;
    nothing is kept then.
    """
    repository = PaymentRepository(session, actor.tenant_id)
    pack = await current_pack(session)
    port = port_of(ports, pack)
    known = await repository.open_of(to_pay.purpose, to_pay.subject_id)
    if known is not None:
        if known.mode == mode and known.expires_at > now() and known.amount == to_pay.amount:
            return known
        await _supersede(known, ports.get(known.channel), pack)
        await tell_payment(session, known)
    payment = _new_payment(actor, to_pay, port, mode)
    repository.add(payment)
    order = PayOrder(
        tenant_id=actor.tenant_id,
        number=payment.number,
        title=to_pay.title,
        amount=to_pay.amount,
        mode=mode,
        expires_at=payment.expires_at,
        open_id=open_id,
        client_ip=client_ip,
    )
    try:
        payment.handle = await port.create(order, pack)
    except ProviderAway as error:
        raise PaymentUnavailable from error
    await tell_payment(session, payment)
    return payment


async def _supersede(known: OnlinePayment, port: PaymentPort | None, pack: TenantPack) -> None:
    """Close an open payment whose place another takes, at the provider too: two codes would be paid twice."""
    if port is not None and port.serves(pack):
        try:
            outcome = await _closed_at(port, known.number, pack)
        except ProviderAway as error:
            # It may be paid all the same: the money goes back then.
            log.warning("payment.provider_away", why=str(error))
        else:
            if outcome.state == "paid":
                raise AlreadyPaid
    known.end(PaymentState.CLOSED)


async def _closed_at(port: PaymentPort, number: str, pack: TenantPack) -> Outcome:
    """Close a payment at the provider, who refuses that of a paid one; return how it stands then."""
    try:
        await port.close(number, pack)
    except ProviderAway as error:
        log.warning("payment.not_closed", why=str(error))
    return await port.query(number, pack)


def _new_payment(actor: Actor, to_pay: ToPay, port: PaymentPort, mode: Mode) -> OnlinePayment:
    payment_id = new_id()
    return OnlinePayment(
        id=payment_id,
        number=payment_id.hex,
        purpose=to_pay.purpose,
        subject_id=to_pay.subject_id,
        account_id=actor.id,
        person_id=to_pay.person_id,
        unit_id=to_pay.unit_id,
        title=to_pay.title,
        amount=to_pay.amount,
        channel=port.channel,
        mode=mode,
        expires_at=expires(now()),
    )


async def stop_paying(session: AsyncSession, *, tenant_id: UUID, purpose: str, subject_id: UUID) -> None:
    """Close the open payment of a subject; money that arrives all the same goes back."""
    payment = await PaymentRepository(session, tenant_id).open_of(purpose, subject_id)
    if payment is not None:
        payment.end(PaymentState.CLOSED)
        await tell_payment(session, payment)


async def find_payment(
    session: AsyncSession, *, actor: Actor, payment_id: UUID, lock: bool = False
) -> OnlinePayment:
    """Return a payment that the caller may see; NotFound otherwise."""
    payment = await PaymentRepository(session, actor.tenant_id).visible(actor, payment_id, lock=lock)
    if payment is None:
        raise NotFound
    return payment


async def list_payments(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: str | None, refund: str | None = None
) -> tuple[Sequence[OnlinePayment], dict[UUID, list[OnlineRefund]]]:
    """Return a page of the payments that the caller may see, and what went back of each."""
    repository = PaymentRepository(session, actor.tenant_id)
    payments = await repository.page(actor, cursor, state=state, refund=refund)
    return payments, await repository.refunds_of([payment.id for payment in payments])


async def refunds_of(session: AsyncSession, payment: OnlinePayment) -> Sequence[OnlineRefund]:
    """Return what went back of a payment."""
    return await PaymentRepository(session, payment.tenant_id).refunds(payment.id)


async def request_refund(
    session: AsyncSession,
    *,
    payment: OnlinePayment,
    amount: Decimal,
    cause: str,
    reason: str,
    requested_by: UUID,
) -> OnlineRefund:
    """Set money of a locked payment aside to go back; the worker sends it. The same cause asks once.

    `reason`: a fixed sentence of the platform, or a person's words, sealed.

    RefundTooLarge beyond what is left, NothingPaid for a payment without money.
    """
    repository = PaymentRepository(session, payment.tenant_id)
    known = await repository.refund_of_cause(cause)
    if known is not None:
        return known
    payment.give_back(amount)
    refund_id = new_id()
    refund = repository.add(
        OnlineRefund(
            id=refund_id,
            payment_id=payment.id,
            number=refund_id.hex,
            cause=cause,
            reason=reason,
            amount=amount,
            requested_by=requested_by,
        )
    )
    await session.flush()
    if payment.state == PaymentState.PAID and not cause.startswith(LATE_CAUSE):
        await note_refund(
            session,
            tenant_id=payment.tenant_id,
            kind=payment.purpose,
            subject_id=payment.subject_id,
            amount=amount,
        )
    await tell_payment(session, payment)
    detail = {"amount": str(amount), "cause": cause}
    subject = f"payment:{payment.id}"
    await record(session, actor_id=requested_by, action="payment.refund", subject=subject, detail=detail)
    return refund
