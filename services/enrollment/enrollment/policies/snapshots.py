"""Tells all policies again, in batches, so that another service can rebuild its copy while everything runs.

The refunds of policies are told again with them, by a job of their own.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.enrollment import PoliciesIssued
from common.events import emit
from common.ids import new_id

from ..refunds.repository import RefundRepository
from .facts import policy_fact
from .models import PolicySnapshot
from .repository import PolicyRepository

BATCH = 500


async def request_snapshot(session: AsyncSession, *, actor: Actor) -> PolicySnapshot:
    """Ask for all policies to be told again; the worker does it in batches of 500."""
    run = PolicyRepository(session, actor.tenant_id).add(PolicySnapshot(requested_by=actor.id))
    await session.flush()
    await record(
        session, actor_id=actor.id, action="policies.snapshot_requested", subject=f"snapshot:{run.id}"
    )
    return run


async def tell_batch(session: AsyncSession, *, tenant_id: UUID) -> bool:
    """Tell the next policies of the oldest run; False if there is no run to go on with."""
    repository = PolicyRepository(session, tenant_id)
    run = await repository.open_snapshot()
    if run is None:
        return False
    if run.after is None:
        await RefundRepository(session, tenant_id).forget_told()
    policies = await repository.next_to_tell(run.after, BATCH)
    if policies:
        facts = [policy_fact(policy) for policy in policies]
        emit(session, PoliciesIssued(batch_id=new_id(), policies=facts, notify=False))
    run.advance(told=len(policies), after=policies[-1].id if len(policies) == BATCH else None)
    return True
