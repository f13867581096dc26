"""Handlers of facts that refunds depend on, and of refunds that go back online."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import business_day
from common.consumer import ConsumerContext
from common.contracts.claims import PayoutCompleted

from .repository import TerminationRepository


async def on_payout_completed(
    session: AsyncSession, event: PayoutCompleted, context: ConsumerContext
) -> None:
    """Keep that a benefit was paid: some products refund nothing afterwards."""
    payout = event.payout
    if payout.product_code is None:
        return
    await TerminationRepository(session, context.envelope.tenantid).note_benefit(
        payout_id=payout.payout_id,
        person_id=payout.person_id,
        product_code=payout.product_code,
        paid_on=payout.paid_on or business_day(context.envelope.time),
    )
