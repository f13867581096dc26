"""Handlers of enrollment's events beside orders and policies; what they say is in `enrolment`."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.dues import DuesPaid
from common.contracts.enrollment import (
    ApplicationDecided,
    OrderSubmitted,
    PaymentHeld,
    PolicyExpiring,
    PolicyTerminated,
    RefundDue,
)
from common.contracts.orders import OrderCompleted
from common.contracts.stray import LatePaymentReceived

from ..copies.service import keep_covers
from . import cover, enrolment
from .consumers import scene_of


async def on_order_submitted(session: AsyncSession, event: OrderSubmitted, context: ConsumerContext) -> None:
    """Tell the handler that the order waits for its review."""
    await cover.tell_order(await scene_of(session, context), event.order, "enrollment.order_submitted")


async def on_payment_held(session: AsyncSession, event: PaymentHeld, context: ConsumerContext) -> None:
    """Tell the handler that the amount differs, and by how much."""
    await cover.tell_held(await scene_of(session, context), event)


async def on_order_completed(session: AsyncSession, event: OrderCompleted, context: ConsumerContext) -> None:
    """Tell the handler that the people of the order are covered."""
    await cover.tell_completed(await scene_of(session, context), event)


async def on_policy_expiring(session: AsyncSession, event: PolicyExpiring, context: ConsumerContext) -> None:
    """Tell the handler whose cover ends."""
    await enrolment.tell_expiring(await scene_of(session, context), event)


async def on_application_decided(
    session: AsyncSession, event: ApplicationDecided, context: ConsumerContext
) -> None:
    """Tell the member what became of the application."""
    await enrolment.tell_application(await scene_of(session, context), event)


async def on_dues_paid(session: AsyncSession, event: DuesPaid, context: ConsumerContext) -> None:
    """Tell the member that the dues have arrived."""
    await enrolment.tell_dues(await scene_of(session, context), event)


async def on_late_payment_received(
    session: AsyncSession, event: LatePaymentReceived, context: ConsumerContext
) -> None:
    """Tell the member that the money goes back."""
    await enrolment.tell_late(await scene_of(session, context), event)


async def on_policy_terminated(
    session: AsyncSession, event: PolicyTerminated, context: ConsumerContext
) -> None:
    """Keep when cover ends; tell the member unless this is a replay."""
    await keep_covers(session, tenant_id=context.envelope.tenantid, policies=[event.policy])
    if context.envelope.replay:
        return
    await enrolment.tell_terminated(await scene_of(session, context), event)


async def on_refund_due(session: AsyncSession, event: RefundDue, context: ConsumerContext) -> None:
    """Tell the member that money comes back."""
    await enrolment.tell_refund(await scene_of(session, context), event)


SUBSCRIPTIONS = (
    subscribe(OrderSubmitted, on_order_submitted, acts=True),
    subscribe(PaymentHeld, on_payment_held, acts=True),
    subscribe(OrderCompleted, on_order_completed, acts=True),
    subscribe(PolicyExpiring, on_policy_expiring, acts=True),
    subscribe(ApplicationDecided, on_application_decided, acts=True),
    subscribe(DuesPaid, on_dues_paid, acts=True),
    subscribe(LatePaymentReceived, on_late_payment_received, acts=True),
    subscribe(PolicyTerminated, on_policy_terminated),
    subscribe(RefundDue, on_refund_due, acts=True),
)
