"""Who may answer an appeal or complaint: the refusal, the page and the word to the administrator follow one rule."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, ActorKind, Eyes
from common.contracts.pack import Chain, Node, TenantPack
from common.errors import DomainError
from common.tenancy import current_pack
from common.text import Text

from ..copies.repository import CopyRepository
from ..intake.models import Claim, ClaimStep
from ..intake.repository import ClaimRepository
from ..intake.rules.step_words import ASSIGNED
from ..review.errors import NotYourNode
from .errors import DecidedBefore, OwnAppeal
from .models import Appeal
from .rules import Hands, reaches

NOBODY = Text(
    "没有人可以答复：有“{role}”岗位的同事都办理过该案件或提交了申请，或该岗位没有在用的账号。请管理员在“工作人员”中给另一位同事“{role}”岗位。",
    "Nobody can answer: whoever is “{role}” has decided or made this claim, or nobody is. The administrator gives "
    "“{role}” to another colleague under Staff.",
)


def node_of(appeal: Appeal, chain: Chain) -> Node:
    """Return the node where an appeal waits; the last one where the pack has it no more."""
    return next((node for node in chain.nodes if node.code == appeal.node), chain.nodes[-1])


async def must_be_allowed(session: AsyncSession, *, actor: Actor, appeal: Appeal, claim: Claim) -> None:
    """Raise NotYourNode, OwnAppeal or DecidedBefore unless the caller may answer an appeal where it waits."""
    pack = await current_pack(session)
    steps = await ClaimRepository(session, actor.tenant_id).steps_of([claim.id])
    refusal = _refusal(actor, appeal, _hands(appeal, claim, steps.get(claim.id, ())), pack)
    if refusal is not None:
        raise refusal


async def standing_of(
    session: AsyncSession, *, actor: Actor, appeals: Sequence[Appeal], claims: Mapping[UUID, Claim]
) -> dict[UUID, dict[str, Any]]:
    """Return what staff are told about answering each open appeal: may_answer, why_not, nobody."""
    waiting = [appeal for appeal in appeals if appeal.status == "open"]
    pack = await current_pack(session)
    if actor.kind is not ActorKind.STAFF or not waiting or pack.chains.appeals is None:
        return {}
    copies = CopyRepository(session, actor.tenant_id)
    steps = await ClaimRepository(session, actor.tenant_id).steps_of({appeal.claim_id for appeal in waiting})
    staff = await copies.active_staff()
    found = {}
    for appeal in waiting:
        hands = _hands(appeal, claims[appeal.claim_id], steps.get(appeal.claim_id, ()))
        refusal = _refusal(actor, appeal, hands, pack)
        role = node_of(appeal, pack.chains.appeals).role
        others = (
            one
            for one in staff
            if role in one.roles and reaches(one.org_path, appeal.org_path) and not hands.hold(Eyes(one.id))
        )
        # Where no staff were told of yet (after an upgrade) nothing is known, and nothing is said.
        stuck = refusal is not None and bool(staff) and next(others, None) is None
        found[appeal.id] = {
            "may_answer": refusal is None,
            "why_not": refusal.sentence.in_language() if refusal else None,
            "nobody": NOBODY.format(role=_title(role, pack)).in_language() if stuck else None,
        }
    return found


def _refusal(actor: Actor, appeal: Appeal, hands: Hands, pack: TenantPack) -> DomainError | None:
    chain = pack.chains.appeals
    if chain is None:
        return None
    node = node_of(appeal, chain)
    if node.role not in actor.roles:
        return NotYourNode(node=node.title.text().in_language(), role=_title(node.role, pack))
    if hands.own(Eyes.of(actor), actor.person_id):
        return OwnAppeal()
    return DecidedBefore() if hands.hold(Eyes.of(actor)) else None


def _hands(appeal: Appeal, claim: Claim, steps: Sequence[ClaimStep]) -> Hands:
    return Hands(
        person_id=claim.person_id,
        makers=(Eyes(appeal.account_id, appeal.human), Eyes(claim.account_id, claim.human)),
        deciders=(
            *(Eyes(step.handler_id, step.human) for step in steps if step.action != ASSIGNED),
            *appeal.earlier,
        ),
    )


def _title(role: str, pack: TenantPack) -> str:
    return next((one.title.text().in_language() for one in pack.roles if one.code == role), role)
