"""Handlers of what claims says of refunds that the union's bank pays."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext
from common.contracts.claims import RefundFailed, RefundPaid

from .service import take_bank_word


async def on_refund_paid(session: AsyncSession, event: RefundPaid, context: ConsumerContext) -> None:
    """Show the refund as paid."""
    await take_bank_word(session, tenant_id=context.envelope.tenantid, fact=event.refund, paid=True)


async def on_refund_failed(session: AsyncSession, event: RefundFailed, context: ConsumerContext) -> None:
    """Show that the refund waits for an account."""
    await take_bank_word(session, tenant_id=context.envelope.tenantid, fact=event.refund, paid=False)
