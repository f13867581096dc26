"""Handlers of facts that refunds depend on, and of refunds that go back online."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import business_day
from common.consumer import ConsumerContext
from common.contracts.claims import PayoutCompleted, PayoutFailed, PayoutRequested, PayoutWithdrawn

from .repository import TerminationRepository


async def on_payout_requested(
    session: AsyncSession, event: PayoutRequested, context: ConsumerContext
) -> None:
    """Keep that a benefit is to be paid: some products refund nothing from then on."""
    await _note(session, event, context)


async def on_payout_withdrawn(
    session: AsyncSession, event: PayoutWithdrawn, context: ConsumerContext
) -> None:
    """Forget a benefit whose decision was taken back: the cover is unused until it is decided again."""
    repository = TerminationRepository(session, context.envelope.tenantid)
    await repository.forget_benefit(event.payout.payout_id)


async def on_payout_completed(
    session: AsyncSession, event: PayoutCompleted, context: ConsumerContext
) -> None:
    """Keep that a benefit was paid."""
    await _note(session, event, context)


async def on_payout_failed(session: AsyncSession, event: PayoutFailed, context: ConsumerContext) -> None:
    """Keep that a benefit is not paid, or no more: it is still owed, so the cover was used."""
    await _note(session, event, context)


async def _note(
    session: AsyncSession, event: PayoutRequested | PayoutCompleted | PayoutFailed, context: ConsumerContext
) -> None:
    payout = event.payout
    if payout.product_code is None:
        return
    paid = isinstance(event, PayoutCompleted)
    await TerminationRepository(session, context.envelope.tenantid).note_benefit(
        payout_id=payout.payout_id,
        person_id=payout.person_id,
        product_code=payout.product_code,
        event_on=payout.event_on,
        paid_on=(payout.paid_on or business_day(context.envelope.time)) if paid else None,
        version=payout.version,
    )
