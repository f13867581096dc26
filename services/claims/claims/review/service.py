"""Use cases of reviewers: a decision at a node."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import BUSINESS_ZONE, now
from common.contracts.claims import ClaimAdvanced, ClaimRejected, ClaimReturned
from common.contracts.pack import Chain, ClaimKind, Node
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound
from common.events import emit
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..copies.models import PolicyCopy
from ..copies.repository import CopyRepository
from ..decisions.service import Approval, approve_claims, let_go
from ..decisions.waiting import calculate_waiting
from ..intake.dossier import NAME, load_dossier
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.payee import opened_heir, payee_of
from ..intake.repository import ClaimRepository
from ..intake.rules.applicant import BANK
from ..intake.schemas import ClaimRead
from ..intake.service import find_claim, read_again
from .errors import (
    ActionNotAllowed,
    AmountChanged,
    ClaimTakenBack,
    CoverEnded,
    MissingUnknown,
    NodeNotReached,
    NodeUnknown,
    NothingToPay,
    NotYourNode,
    OpinionMissing,
    SamePerson,
    TaskTaken,
)
from .rules import Decided, held_by_another, same_person
from .schemas import DecisionWrite, PayeeRevealed


async def decide_claim(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, decision: DecisionWrite, keys: TenantKeys
) -> ClaimRead:
    """Decide at a node; the last agreement approves the claim and asks for its payout.

    The same decision of the same person sent again changes nothing and answers the same.
    """
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    if await _decided_so(session, actor=actor, claim=claim, decision=decision):
        return await read_again(session, claim, keys=keys)
    pack = await pack_of_version(session, claim.pack_version)
    chain = pack.claim_chain(claim.kind)
    _must_have_reached(claim, chain, decision.node)
    await must_not_be_taken_back(session, claim=claim)
    claim.must_be_at(decision.node)
    node = chain.node(decision.node)
    await must_be_allowed(session, actor=actor, claim=claim, node=node)
    await must_be_free(session, claim=claim, actor=actor, keys=keys)
    if decision.amount is not None and decision.amount != claim.amount:
        raise AmountChanged
    opinion = seal_words(keys, decision.opinion)
    if decision.action == "agree":
        await _agree(session, actor=actor, claim=claim, chain=chain, node=node, opinion=opinion, keys=keys)
    else:
        missing = _missing(pack.claim_kind(claim.kind), decision)
        await _turn_down(
            session, actor=actor, claim=claim, node=node, decision=decision, missing=missing, keys=keys
        )
    await record(
        session,
        actor_id=actor.id,
        action=f"claim.{decision.action}",
        subject=f"claim:{claim.id}",
        detail={"node": node.code, "round": claim.round},
    )
    return await read_again(session, claim, keys=keys)


def _must_have_reached(claim: Claim, chain: Chain, code: str) -> None:
    """Raise NodeUnknown for a node that the chain does not have, NodeNotReached for one that is still to come."""
    codes = [node.code for node in chain.nodes]
    if code not in codes:
        nodes = "、".join(f"{node.title.text().in_language()}（{node.code}）" for node in chain.nodes)
        raise NodeUnknown(node=code, nodes=nodes)
    waiting = claim.node if claim.status == "in_review" else None
    if waiting in codes and codes.index(code) > codes.index(waiting):
        titles = {node.code: node.title.text().in_language() for node in chain.nodes}
        raise NodeNotReached(node=titles[code], now=titles[waiting])


async def _decided_so(session: AsyncSession, *, actor: Actor, claim: Claim, decision: DecisionWrite) -> bool:
    """Say whether the caller decided so at this node already, in this round, and the claim has gone on since."""
    if claim.status == "in_review" and claim.node == decision.node:
        return False
    action = {"agree": "agreed", "return": "returned", "reject": "rejected"}[decision.action]
    steps = await ClaimRepository(session, actor.tenant_id).steps(claim.id)
    place = (claim.round, decision.node, action, actor.id)
    return any((step.round, step.node, step.action, step.handler_id) == place for step in steps)


async def role_title(session: AsyncSession, node: Node) -> str:
    """Return what the role that decides at a node is called."""
    pack = await current_pack(session)
    titles = {role.code: role.title.text().in_language() for role in pack.roles}
    return titles.get(node.role, node.role)


async def must_be_allowed(session: AsyncSession, *, actor: Actor, claim: Claim, node: Node) -> None:
    """Raise NotYourNode or SamePerson unless the caller may decide a claim at a node."""
    if node.role not in actor.roles:
        raise NotYourNode(node=node.title.text().in_language(), role=await role_title(session, node))
    steps = await ClaimRepository(session, actor.tenant_id).steps(claim.id)
    decided = [
        Decided(step.node, step.handler_id, step.action, step.human)
        for step in steps
        if step.handler_id is not None and step.action in {"agreed", "returned", "rejected"}
    ]
    person = await CopyRepository(session, actor.tenant_id).person(claim.person_id)
    insured = actor.person_id == claim.person_id or (person is not None and person.account_id == actor.id)
    me, applicant = Eyes(actor.id, actor.human), Eyes(claim.account_id, claim.human)
    if insured or same_person(node, me=me, applicant=applicant, decided=decided):
        raise SamePerson


async def must_not_be_taken_back(session: AsyncSession, *, claim: Claim) -> None:
    """Raise ClaimTakenBack, which says when, once the applicant has withdrawn the claim."""
    if claim.status != "withdrawn":
        return
    steps = await ClaimRepository(session, claim.tenant_id).steps(claim.id)
    at = next((step.created_at for step in reversed(steps) if step.action == "withdrawn"), now())
    raise ClaimTakenBack(at=f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}")


async def must_be_free(session: AsyncSession, *, claim: Claim, actor: Actor, keys: TenantKeys) -> None:
    """Raise TaskTaken, which names the colleague, while a claim is another's task."""
    held = held_by_another(
        handler_id=claim.handler_id,
        since=claim.handler_since,
        assigned=claim.assigned_by is not None,
        actor_id=actor.id,
        at=now(),
    )
    if held:
        colleague = await CopyRepository(session, actor.tenant_id).staff(claim.handler_id or actor.id)
        token = colleague.name if colleague else None
        raise TaskTaken(handler=keys.open(token, context=NAME) if token else claim.handler or "—")


async def _agree(
    session: AsyncSession,
    *,
    actor: Actor,
    claim: Claim,
    chain: Chain,
    node: Node,
    opinion: str,
    keys: TenantKeys,
) -> None:
    if not claim.amount:
        raise NothingToPay
    following = chain.after(node.code)
    if following is not None:
        ClaimRepository(session, actor.tenant_id).add_step(
            claim,
            node=node.code,
            action="agreed",
            handler_id=actor.id,
            handler=actor.label,
            human=actor.human,
            opinion=opinion,
        )
        claim.move_to(node=following.code, role=following.role)
        emit(session, ClaimAdvanced(claim=claim_fact(claim), passed=node.code))
        return
    dossier = await load_dossier(session, claim, keys=keys)
    _must_be_covered(claim, dossier.policy)
    approval = Approval(claim, payee_of(dossier), node.code, actor.id, actor.label, actor.human, opinion)
    await approve_claims(session, tenant_id=actor.tenant_id, approvals=[approval], keys=keys)


def _must_be_covered(claim: Claim, policy: PolicyCopy | None) -> None:
    """Raise CoverEnded where the policy was ended, and its money went back, before the day of the case."""
    if policy is None or policy.ended_on is None or claim.event_on is None:
        return
    if policy.last_day < claim.event_on:
        raise CoverEnded(number=policy.number, ended_on=str(policy.last_day), event_on=str(claim.event_on))


def _missing(kind: ClaimKind, decision: DecisionWrite) -> list[dict[str, Any]]:
    """Return what a return asks for; MissingUnknown for a place that the form does not have."""
    whole = {field.code for field in kind.form.fields} | {"payee", BANK}
    whole |= {rule.code for rule in kind.documents if rule.per == "claim"}
    per_stay = {field.code for field in kind.stays.fields} if kind.stays else set()
    per_stay |= {rule.code for rule in kind.documents if rule.per == "stay"}
    for place in decision.missing:
        parts = place.split(".")
        known = len(parts) == 3 and parts[0] == "stays" and parts[1].isdigit() and parts[2] in per_stay
        if not (known or place in whole):
            raise MissingUnknown(place=place)
    return [{"place": place} for place in decision.missing]


def _possible(node: Node) -> str:
    actions = [Text("同意 agree", "agree")]
    actions += [Text("退回 return", "return")] if node.may_return else []
    actions += [Text("拒绝 reject", "reject")] if node.may_reject else []
    return "、".join(action.in_language() for action in actions)


async def _turn_down(
    session: AsyncSession,
    *,
    actor: Actor,
    claim: Claim,
    node: Node,
    decision: DecisionWrite,
    missing: list[dict[str, Any]],
    keys: TenantKeys,
) -> None:
    """Return to the applicant, or reject; a rejected claim frees its receipts and the caps."""
    returning = decision.action == "return"
    if not (node.may_return if returning else node.may_reject):
        raise ActionNotAllowed(node=node.title.text().in_language(), possible=_possible(node))
    if not decision.opinion:
        raise OpinionMissing
    words = seal_words(keys, decision.opinion)
    ClaimRepository(session, actor.tenant_id).add_step(
        claim,
        node=node.code,
        action="returned" if returning else "rejected",
        handler_id=actor.id,
        handler=actor.label,
        human=actor.human,
        opinion=words,
    )
    if returning:
        claim.give_back(words, missing=missing)
        emit(session, ClaimReturned(claim=claim_fact(claim), reason=keys.sealed_words(decision.opinion)))
        return
    claim.reject(words)
    await let_go(session, claim=claim)
    await calculate_waiting(session, claim=claim, keys=keys)
    emit(session, ClaimRejected(claim=claim_fact(claim), reason=keys.sealed_words(decision.opinion)))


async def reveal_payee(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys
) -> PayeeRevealed:
    """Return the heir who is paid in full, for whoever compares them with the papers; NotFound where there is none."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id)
    heir = opened_heir(claim.payee or {}, keys)
    if heir is None:
        raise NotFound
    await record(session, actor_id=actor.id, action="claim.revealed", subject=f"claim:{claim.id}", detail={})
    return PayeeRevealed(name=heir.name, document_number=heir.document_number, mobile=heir.mobile)
