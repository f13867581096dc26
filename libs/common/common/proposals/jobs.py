"""Proposals that nobody decided in time end by themselves."""

from datetime import timedelta
from uuid import UUID

from ..audit import record
from ..consumer.worker import Job
from ..http.context import ServiceContext
from .repository import ProposalRepository

BATCH = 200


async def expire_proposals(context: ServiceContext, tenant_id: UUID) -> None:
    """End a tenant's overdue proposals."""
    while True:
        async with context.db.transaction(tenant_id) as session:
            overdue = await ProposalRepository.of(session).overdue(BATCH)
            for proposal in overdue:
                proposal.expire()
                await record(
                    session,
                    actor_id="system",
                    action="proposal.expired",
                    subject=f"proposal:{proposal.id}",
                    detail={"command": proposal.command},
                )
        if len(overdue) < BATCH:
            return


EXPIRY = Job("expire_proposals", every=timedelta(minutes=10), run=expire_proposals)
