"""Use cases: take a task, put it down, assign it to a colleague."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import path_range
from common.contracts.pack import Node
from common.crypto import TenantKeys
from common.tenancy import pack_of_version

from ..copies.repository import CopyRepository
from ..intake.dossier import NAME
from ..intake.errors import ClaimNotInReview
from ..intake.models import Claim
from ..intake.service import find_claim
from ..intake.taken import taken_of
from .errors import ColleagueElsewhere, ColleagueUnfit, ColleagueUnknown
from .schemas import Assignment, ColleagueRead, TaskHeld
from .service import must_be_allowed, must_be_free


async def take_task(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> TaskHeld:
    """Make a waiting claim the caller's task (领取), for four hours anew where theirs have passed; TaskTaken."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    await must_be_allowed(session, actor=actor, claim=claim, node=await _node(session, claim))
    await must_be_free(session, claim=claim, actor=actor, keys=keys)
    taken = taken_of(claim)
    if taken is None or taken.handler_id != actor.id:
        claim.take(actor.id, actor.label)
    return _read(claim)


async def put_down_task(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> TaskHeld:
    """Give the caller's task back to everybody of the role; somebody else's stays theirs (TaskTaken)."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    await must_be_free(session, claim=claim, actor=actor, keys=keys)
    if claim.handler_id is not None:
        claim.put_down()
        claim.touch()
    return _read(claim)


async def assign_task(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, request: Assignment
) -> TaskHeld:
    """Make a waiting claim somebody's task, whoever had it (改派); audited. Four eyes hold when they decide."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    node = await _node(session, claim)
    await _must_fit(session, claim, node, request.handler_id)
    claim.take(request.handler_id, request.handler, assigned_by=actor.id)
    await record(
        session,
        actor_id=actor.id,
        action="claim.assigned",
        subject=f"claim:{claim.id}",
        detail={"node": claim.node or "", "handler_id": str(request.handler_id)},
    )
    return _read(claim)


async def list_colleagues(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys
) -> list[ColleagueRead]:
    """Return the staff to whom a waiting claim can be assigned: of the node's role, whose branch holds it."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    node = await _node(session, claim)
    found = await CopyRepository(session, actor.tenant_id).colleagues(node.role, claim.org_path)
    return [
        ColleagueRead(
            id=one.id,
            name=keys.open(one.name, context=NAME) if one.name else "",
            org_path=one.org_path,
        )
        for one in found
    ]


async def _node(session: AsyncSession, claim: Claim) -> Node:
    return (await pack_of_version(session, claim.pack_version)).claim_chain(claim.kind).node(claim.node or "")


async def _must_fit(session: AsyncSession, claim: Claim, node: Node, handler_id: UUID) -> None:
    """Raise ColleagueUnfit unless the account is active, has the node's role, and its branch holds the claim."""
    colleague = await CopyRepository(session, claim.tenant_id).staff(handler_id)
    if colleague is None or not colleague.active:
        raise ColleagueUnknown
    if node.role not in colleague.roles:
        raise ColleagueUnfit(node=node.title.text().in_language())
    low, high = path_range(colleague.org_path)
    if not low <= (claim.org_path or "/") < high:
        raise ColleagueElsewhere


async def _waiting(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> Claim:
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    if claim.status != "in_review":
        raise ClaimNotInReview
    return claim


def _read(claim: Claim) -> TaskHeld:
    return TaskHeld(
        claim_id=claim.id, handler_id=claim.handler_id, handler=claim.handler, version=claim.version
    )
