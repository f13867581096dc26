"""Scheduled work: other services are told again which policies refunds are of."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.refunds import RefundOfPolicy, RefundsSnapshot
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id

from .repository import BATCH, RefundRepository

BATCHES_PER_TURN = 20
TOLD_AGAIN_AFTER = timedelta(days=1)
"""While this version is rolled out, the version before may still listen, and passes over what it does not know."""


async def tell_refunds(context: ServiceContext, tenant_id: UUID) -> None:
    """Tell the refunds that are to be told, twice: those of before claims kept their policies, all after a snapshot.

    Who hears one twice keeps it once.
    """
    for _ in range(BATCHES_PER_TURN):
        async with context.db.transaction(tenant_id) as session:
            if not await tell_batch(session, tenant_id=tenant_id):
                return


async def tell_batch(session: AsyncSession, *, tenant_id: UUID) -> bool:
    """Tell the next refunds; False if there is none left. Their mark and what is said are one transaction."""
    refunds = await RefundRepository(session, tenant_id).untold(BATCH)
    if not refunds:
        return False
    told = []
    for refund in refunds:
        refund.policy_told = refund.tell_again_at is not None
        refund.tell_again_at = now() + TOLD_AGAIN_AFTER
        if refund.policy_id is not None:
            told.append(RefundOfPolicy(refund_id=refund.id, policy_id=refund.policy_id, amount=refund.amount))
    emit(session, RefundsSnapshot(batch_id=new_id(), refunds=told))
    return True
