"""Use cases of reviewers: the queue, a decision."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import business_day, today
from common.contracts.claims import ClaimRejected, ClaimReturned
from common.contracts.pack import Chain, Node, TenantPack
from common.crypto import TenantKeys
from common.events import emit
from common.http import Cursor, Page
from common.identifiers import mask_name
from common.tenancy import pack_of_version
from common.text import language

from ..copies.repository import CopyRepository
from ..decisions.service import Approval, approve_claims, let_go
from ..intake.dossier import NAME, load_dossier
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.payee import payee_of
from ..intake.repository import ClaimRepository
from ..intake.schemas import ClaimRead, ReasonRead
from ..intake.service import find_claim, read_again
from .errors import ActionNotAllowed, AmountChanged, NothingToPay, NotYourNode, OpinionMissing, SamePerson
from .rules import Decided, same_person
from .schemas import DecisionWrite, TaskRead


async def list_tasks(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, node: str | None, keys: TenantKeys
) -> Page[TaskRead]:
    """Return the claims that wait at nodes of the caller's roles, within the caller's scope."""
    repository = ClaimRepository(session, actor.tenant_id)
    rows = await repository.tasks(actor, cursor, node=node)
    packs = {
        version: await pack_of_version(session, version) for version in {row.pack_version for row in rows}
    }
    tokens = await CopyRepository(session, actor.tenant_id).policy_names({row.policy_id for row in rows})
    decided = await repository.decided_by(actor.id, [row.id for row in rows])

    def read(claim: Claim) -> TaskRead:
        others = any(step_node != claim.node for step_node in decided.get(claim.id, ()))
        token = tokens.get(claim.policy_id) if claim.policy_id else None
        name = keys.open(token, context=NAME) if token else None
        return _task(claim, packs[claim.pack_version], name, mine=not others)

    return cursor.page(rows, read)


def _task(claim: Claim, pack: TenantPack, name: str | None, *, mine: bool) -> TaskRead:
    node = pack.claim_chain(claim.kind).node(claim.node or "")
    since = business_day(claim.node_since) if claim.node_since else None
    deadline = since + timedelta(days=node.deadline_days) if since and node.deadline_days else None
    return TaskRead(
        claim_id=claim.id,
        number=claim.number,
        kind=claim.kind,
        title=pack.claim_kind(claim.kind).title.text().in_language(),
        node=node.code,
        node_title=node.title.text().in_language(),
        since=claim.node_since,
        deadline=deadline,
        overdue=deadline is not None and deadline < today(),
        due_on=claim.due_on,
        amount=claim.amount,
        person_name=mask_name(name) if name else None,
        review_reasons=[
            ReasonRead(code=r["code"], text=r[language.get()], field=r["field"]) for r in claim.review_reasons
        ],
        mine=mine,
    )


async def decide_claim(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, decision: DecisionWrite, keys: TenantKeys
) -> ClaimRead:
    """Decide at a node; the last agreement approves the claim and asks for its payout."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    claim.must_be_at(decision.node)
    chain = (await pack_of_version(session, claim.pack_version)).claim_chain(claim.kind)
    node = chain.node(decision.node)
    await _must_be_allowed(session, actor=actor, claim=claim, node=node)
    if decision.amount is not None and decision.amount != claim.amount:
        raise AmountChanged
    if decision.action == "agree":
        await _agree(
            session, actor=actor, claim=claim, chain=chain, node=node, opinion=decision.opinion, keys=keys
        )
    else:
        await _turn_down(session, actor=actor, claim=claim, node=node, decision=decision)
    await record(
        session,
        actor_id=actor.id,
        action=f"claim.{decision.action}",
        subject=f"claim:{claim.id}",
        detail={"node": node.code, "round": claim.round},
    )
    return await read_again(session, claim, keys=keys)


async def _must_be_allowed(session: AsyncSession, *, actor: Actor, claim: Claim, node: Node) -> None:
    if node.role not in actor.roles:
        raise NotYourNode(node=node.title.text().in_language())
    steps = await ClaimRepository(session, actor.tenant_id).steps(claim.id)
    decided = [
        Decided(step.node, step.handler_id)
        for step in steps
        if step.handler_id is not None and step.action in {"agreed", "returned", "rejected"}
    ]
    person = await CopyRepository(session, actor.tenant_id).person(claim.person_id)
    insured = actor.person_id == claim.person_id or (person is not None and person.account_id == actor.id)
    if same_person(node, actor_id=actor.id, submitter_id=claim.account_id, insured=insured, decided=decided):
        raise SamePerson


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
    following = chain.after(node.code)
    if following is not None:
        ClaimRepository(session, actor.tenant_id).add_step(
            claim, node=node.code, action="agreed", handler_id=actor.id, opinion=opinion
        )
        claim.move_to(node=following.code, role=following.role)
        return
    if not claim.amount:
        raise NothingToPay
    dossier = await load_dossier(session, claim, keys=keys)
    approval = Approval(claim, payee_of(dossier), node.code, actor.id, opinion)
    await approve_claims(session, tenant_id=actor.tenant_id, approvals=[approval], keys=keys)


async def _turn_down(
    session: AsyncSession, *, actor: Actor, claim: Claim, node: Node, decision: DecisionWrite
) -> None:
    """Return to the applicant, or reject; a rejected claim frees its receipts and the caps."""
    returning = decision.action == "return"
    if not (node.may_return if returning else node.may_reject):
        raise ActionNotAllowed(node=node.title.text().in_language())
    if not decision.opinion:
        raise OpinionMissing
    ClaimRepository(session, actor.tenant_id).add_step(
        claim,
        node=node.code,
        action="returned" if returning else "rejected",
        handler_id=actor.id,
        opinion=decision.opinion,
    )
    if returning:
        claim.give_back(decision.opinion)
        emit(session, ClaimReturned(claim=claim_fact(claim), reason=decision.opinion))
        return
    claim.reject(decision.opinion)
    await let_go(session, claim=claim)
    emit(session, ClaimRejected(claim=claim_fact(claim), reason=decision.opinion))
