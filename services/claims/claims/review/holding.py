"""Use cases: take a task, put it down, assign it to a colleague."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.tenancy import pack_of_version

from ..intake.errors import ClaimNotInReview
from ..intake.models import Claim
from ..intake.service import find_claim
from .schemas import Assignment, TaskHeld
from .service import must_be_allowed, must_be_free


async def take_task(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> TaskHeld:
    """Make a waiting claim the caller's task (领取); TaskTaken while it is another's."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    chain = (await pack_of_version(session, claim.pack_version)).claim_chain(claim.kind)
    await must_be_allowed(session, actor=actor, claim=claim, node=chain.node(claim.node or ""))
    must_be_free(claim, actor)
    if claim.handler_id != actor.id:
        claim.take(actor.id, actor.label)
    return _read(claim)


async def put_down_task(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> TaskHeld:
    """Give the caller's task back to everybody of the role; somebody else's stays theirs (TaskTaken)."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    must_be_free(claim, actor)
    if claim.handler_id is not None:
        claim.put_down()
        claim.touch()
    return _read(claim)


async def assign_task(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, request: Assignment
) -> TaskHeld:
    """Make a waiting claim somebody's task, whoever had it (改派); audited. Four eyes hold when they decide."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    claim.take(request.handler_id, request.handler, assigned_by=actor.id)
    await record(
        session,
        actor_id=actor.id,
        action="claim.assigned",
        subject=f"claim:{claim.id}",
        detail={"node": claim.node or "", "handler_id": str(request.handler_id)},
    )
    return _read(claim)


async def _waiting(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> Claim:
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    if claim.status != "in_review":
        raise ClaimNotInReview
    return claim


def _read(claim: Claim) -> TaskHeld:
    return TaskHeld(
        claim_id=claim.id, handler_id=claim.handler_id, handler=claim.handler, version=claim.version
    )
