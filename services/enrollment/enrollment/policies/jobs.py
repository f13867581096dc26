"""Scheduled work: snapshot runs. Each call does a bounded part for one tenant."""

from uuid import UUID

from common.http import ServiceContext

from .snapshots import tell_batch

CHUNKS_PER_TURN = 20
"""So that one tenant's 100,000 policies do not keep the others waiting."""


async def tell_policies(context: ServiceContext, tenant_id: UUID) -> None:
    """Go on telling the policies of a snapshot run."""
    for _ in range(CHUNKS_PER_TURN):
        async with context.db.transaction(tenant_id) as session:
            if not await tell_batch(session, tenant_id=tenant_id):
                return
