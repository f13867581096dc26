"""Scheduled work: other services are told again which policies refunds are of."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.refunds import RefundOfPolicy, RefundsSnapshot
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id

from .repository import BATCH, RefundRepository

BATCHES_PER_TURN = 20


async def tell_refunds(context: ServiceContext, tenant_id: UUID) -> None:
    """Tell the refunds that are to be told: once those of before claims kept their policies, all after a snapshot."""
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
        refund.policy_told = True
        if refund.policy_id is not None:
            told.append(RefundOfPolicy(refund_id=refund.id, policy_id=refund.policy_id, amount=refund.amount))
    emit(session, RefundsSnapshot(batch_id=new_id(), refunds=told))
    return True
