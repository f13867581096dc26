"""Proposals that nobody decided in time end by themselves."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from ..audit import record
from ..consumer.worker import Job
from ..http.context import ServiceContext
from .commands import Command
from .repository import ProposalRepository
from .service import forget

BATCH = 200


async def expire_proposals(
    context: ServiceContext, tenant_id: UUID, *, commands: Sequence[Command[Any]]
) -> None:
    """End a tenant's overdue proposals."""
    known = {command.name: command for command in commands}
    while True:
        async with context.db.transaction(tenant_id) as session:
            overdue = await ProposalRepository.of(session).overdue(BATCH)
            keys = await context.keyring.for_tenant(session) if overdue else None
            for proposal in overdue:
                proposal.expire()
                if keys is not None and proposal.command in known:
                    forget(proposal, known[proposal.command], keys)
                await record(
                    session,
                    actor_id="system",
                    action="proposal.expired",
                    subject=f"proposal:{proposal.id}",
                    detail={"command": proposal.command},
                )
        if len(overdue) < BATCH:
            return


def expiry(commands: Sequence[Command[Any]]) -> Job:
    """Return the job of a service with these commands."""
    return Job(
        "expire_proposals", every=timedelta(minutes=10), run=partial(expire_proposals, commands=commands)
    )
