"""Use cases: take a task, put it down, assign it to a colleague."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import path_range
from common.contracts.claims import ClaimAssigned
from common.contracts.pack import Node
from common.crypto import TenantKeys, seal_words
from common.events import emit
from common.tenancy import pack_of_version

from ..copies.models import StaffCopy
from ..copies.repository import CopyRepository
from ..intake.dossier import NAME
from ..intake.errors import ClaimNotInReview
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.rules.step_words import ASSIGNED
from ..intake.service import find_claim
from ..intake.taken import taken_of
from .errors import ColleagueElsewhere, ColleagueUnfit, ColleagueUnknown, NotYourNode, SamePerson
from .schemas import Assignment, ColleagueRead, TaskHeld, TaskStanding
from .service import must_be_allowed, must_be_free, must_not_be_taken_back


async def take_task(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> TaskHeld:
    """Make a waiting claim the caller's task (领取), for four hours anew where theirs have passed; TaskTaken."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    await must_be_allowed(session, actor=actor, claim=claim, node=await _node(session, claim))
    await must_be_free(session, claim=claim, actor=actor, keys=keys)
    taken = taken_of(claim)
    if taken is None or taken.handler_id != actor.id:
        claim.take(actor.id, actor.label)
    return _read(claim)


async def read_standing(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> TaskStanding:
    """Say whether the caller may decide a claim where it waits, before they read it and write an opinion."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id)
    if claim.status != "in_review":
        return TaskStanding(may_decide=False, why_not=None)
    try:
        await must_be_allowed(session, actor=actor, claim=claim, node=await _node(session, claim))
    except (NotYourNode, SamePerson) as refused:
        return TaskStanding(may_decide=False, why_not=refused.sentence.in_language())
    return TaskStanding(may_decide=True, why_not=None)


async def put_down_task(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> TaskHeld:
    """Give the caller's task back to everybody of the role; somebody else's stays theirs (TaskTaken)."""
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    await must_be_free(session, claim=claim, actor=actor, keys=keys)
    if claim.handler_id is not None:
        claim.put_down()
        claim.touch()
    return _read(claim)


async def assign_task(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, request: Assignment, keys: TenantKeys
) -> TaskHeld:
    """Make a waiting claim somebody's task, whoever had it (改派); audited, and in the timeline as staff see it.

    Four eyes hold when they decide. Assigned again to whom it is assigned already, nothing changes.
    """
    claim = await _waiting(session, actor=actor, claim_id=claim_id)
    node = await _node(session, claim)
    colleague = await _fitting(session, claim, node, request.handler_id)
    if claim.handler_id == request.handler_id and claim.assigned_by is not None and not request.reason:
        return _read(claim)
    claim.take(request.handler_id, request.handler, assigned_by=actor.id)
    name = keys.open(colleague.name, context=NAME) if colleague.name else request.handler
    words = "：".join(filter(None, (f"→ {name}", request.reason)))
    ClaimRepository(session, claim.tenant_id).add_step(
        claim, node=node.code, action=ASSIGNED, handler_id=actor.id, handler=actor.label, human=actor.human,
        opinion=seal_words(keys, words),
    )  # fmt: skip
    if request.handler_id != actor.id:
        reason = keys.sealed_words(request.reason) if request.reason else None
        emit(session, ClaimAssigned(claim=claim_fact(claim), handler_id=request.handler_id, reason=reason))
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


async def _fitting(session: AsyncSession, claim: Claim, node: Node, handler_id: UUID) -> StaffCopy:
    """Return the colleague; raises unless active, with the node's role, and their branch holds the claim."""
    colleague = await CopyRepository(session, claim.tenant_id).staff(handler_id)
    if colleague is None or not colleague.active:
        raise ColleagueUnknown
    if node.role not in colleague.roles:
        raise ColleagueUnfit(node=node.title.text().in_language())
    low, high = path_range(colleague.org_path)
    if not low <= (claim.org_path or "/") < high:
        raise ColleagueElsewhere
    return colleague


async def _waiting(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> Claim:
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    await must_not_be_taken_back(session, claim=claim)
    if claim.status != "in_review":
        raise ClaimNotInReview
    return claim


def _read(claim: Claim) -> TaskHeld:
    return TaskHeld(
        claim_id=claim.id, handler_id=claim.handler_id, handler=claim.handler, version=claim.version
    )
