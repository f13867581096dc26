"""Scheduled work of renewals: the list of the 1st, the messages at noon."""

from uuid import UUID

from common.http import ServiceContext

from .listing import make_list
from .telling import tell_units

BATCHES_PER_TURN = 20


async def list_renewals(context: ServiceContext, tenant_id: UUID) -> None:
    """Make the month's list if it is not there."""
    async with context.db.transaction(tenant_id) as session:
        await make_list(session, tenant_id=tenant_id)


async def tell_renewals(context: ServiceContext, tenant_id: UUID) -> None:
    """Tell the units, batch by batch, each in a transaction of its own."""
    for _ in range(BATCHES_PER_TURN):
        async with context.db.transaction(tenant_id) as session:
            if not await tell_units(session, tenant_id=tenant_id):
                return
