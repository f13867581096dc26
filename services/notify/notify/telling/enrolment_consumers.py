"""Handlers of enrollment's events beside orders and policies; what they say is in `enrolment`."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.dues import DuesPaid
from common.contracts.enrollment import ApplicationDecided, PolicyExpiring, PolicyTerminated, RefundDue

from ..copies.service import keep_covers
from . import enrolment
from .consumers import scene_of


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
    subscribe(PolicyExpiring, on_policy_expiring, acts=True),
    subscribe(ApplicationDecided, on_application_decided, acts=True),
    subscribe(DuesPaid, on_dues_paid, acts=True),
    subscribe(PolicyTerminated, on_policy_terminated),
    subscribe(RefundDue, on_refund_due, acts=True),
)
