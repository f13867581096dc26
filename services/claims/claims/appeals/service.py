"""Use cases: lodge an appeal or complaint, answer it, take it back, read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import business_day, today
from common.contracts.claims import AppealAnswered, AppealLodged
from common.contracts.pack import Chain
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page
from common.identifiers import mask_name
from common.ids import new_id
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..copies.repository import CopyRepository
from ..intake.dossier import NAME
from ..intake.facts import claim_fact
from ..intake.handing_in import verify_documents
from ..intake.models import Claim, ClaimDocument
from ..intake.repository import ClaimRepository
from ..intake.service import find_claim
from ..review.errors import ActionNotAllowed, NotYourNode, SamePerson
from ..review.service import role_title
from ..submission.reopening import reopen_claim
from .errors import AppealOpen, AppealsNotOffered, AppealTooLate, NothingToAppeal, NotSubmitted
from .models import Appeal
from .repository import AppealRepository
from .rules import answer_by, last_day
from .schemas import AppealAnswer, AppealRead, AppealStepRead, AppealWrite

GRANTED = Text("申诉成立", "the appeal was granted")


async def lodge_appeal(
    session: AsyncSession,
    *,
    actor: Actor,
    claim_id: UUID,
    request: AppealWrite,
    keys: TenantKeys,
    link_key: bytes,
) -> AppealRead:
    """Appeal against a refusal in time, or complain; it goes to the first node of the appeals' chain."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    chain = await _chain(session)
    if request.kind == "appeal":
        await _must_be_in_time(session, claim)
    elif claim.submitted_at is None:
        raise NotSubmitted
    repository = AppealRepository(session, actor.tenant_id)
    known = await repository.open_of(claim.id, request.kind)
    if known is not None:
        raise AppealOpen(due_on=str(known.due_on))
    first = chain.nodes[0]
    appeal = repository.add(
        Appeal(
            id=new_id(),
            version=1,
            claim_id=claim.id,
            kind=request.kind,
            status="open",
            words=seal_words(keys, request.words),
            node=first.code,
            node_role=first.role,
            due_on=answer_by(chain, today()),
            account_id=actor.id,
            human=actor.human,
            person_id=claim.person_id,
            unit_id=claim.unit_id,
            org_path=claim.org_path,
        )
    )
    await _add_papers(session, actor=actor, claim=claim, appeal=appeal, request=request, key=link_key)
    await session.flush()
    lodged = AppealLodged(
        claim=claim_fact(claim), appeal_id=appeal.id, kind=appeal.kind, due_on=appeal.due_on
    )
    emit(session, lodged)
    return (await _read(session, [appeal], {claim.id: claim}, keys))[0]


async def _add_papers(
    session: AsyncSession, *, actor: Actor, claim: Claim, appeal: Appeal, request: AppealWrite, key: bytes
) -> None:
    """Put the papers that an appeal brings with those of its claim, beyond the kind's numbers."""
    kind = (await pack_of_version(session, claim.pack_version)).claim_kind(claim.kind)
    handed_in = verify_documents(request.documents, kind=kind, actor=actor, key=key)
    if not handed_in:
        return
    repository = ClaimRepository(session, claim.tenant_id)
    known = {file.document_id for file in await repository.documents(claim.id)}
    repository.add_all(
        [
            ClaimDocument(
                claim_id=claim.id,
                document_id=paper.document_id,
                rule=paper.code,
                stay=paper.stay,
                sha256=paper.sha256,
                appeal_id=appeal.id,
            )
            for paper in handed_in
            if paper.document_id not in known
        ]
    )


async def _must_be_in_time(session: AsyncSession, claim: Claim) -> None:
    if claim.status != "rejected" or claim.decided_at is None:
        raise NothingToAppeal
    kind = (await pack_of_version(session, claim.pack_version)).claim_kind(claim.kind)
    until = last_day(kind, business_day(claim.decided_at))
    if today() > until:
        raise AppealTooLate(days=kind.appeal_days, until=str(until))


async def _chain(session: AsyncSession) -> Chain:
    chain = (await current_pack(session)).chains.appeals
    if chain is None:
        raise AppealsNotOffered
    return chain


async def answer_appeal(
    session: AsyncSession, *, actor: Actor, appeal_id: UUID, request: AppealAnswer, keys: TenantKeys
) -> AppealRead:
    """Answer at the node where it waits; the last node's answer is told. A granted appeal reopens the claim.

    The same decision of the same person sent again changes nothing and answers the same.
    """
    appeal, claim = await _held(session, actor=actor, appeal_id=appeal_id)
    if appeal.status == request.decision and appeal.handler_id == actor.id:
        return (await _read(session, [appeal], {claim.id: claim}, keys))[0]
    appeal.must_be_open()
    if _said_before(appeal, actor, request, keys):
        return (await _read(session, [appeal], {claim.id: claim}, keys))[0]
    chain = await _chain(session)
    node = next((node for node in chain.nodes if node.code == appeal.node), chain.nodes[-1])
    await _must_be_allowed(session, actor=actor, appeal=appeal, claim=claim, chain=chain)
    if (request.decision == "answered") != (appeal.kind == "complaint"):
        possible = Text("答复 answered", "answered")
        if appeal.kind != "complaint":
            possible = Text("申诉成立 granted、驳回申诉 dismissed", "granted, dismissed")
        raise ActionNotAllowed(node=node.title.text().in_language(), possible=possible.in_language())
    following = chain.after(node.code)
    await record(
        session,
        actor_id=actor.id,
        action=f"appeal.{request.decision}",
        subject=f"appeal:{appeal.id}",
        detail={"node": node.code},
    )
    if following is not None and request.decision != "dismissed":
        appeal.move_to(
            node=following.code, role=following.role, handler=actor, decision=request.decision,
            answer=seal_words(keys, request.answer),
        )  # fmt: skip
        return (await _read(session, [appeal], {claim.id: claim}, keys))[0]
    appeal.close(
        request.decision, answer=seal_words(keys, request.answer), handler_id=actor.id, handler=actor.label
    )
    if request.decision == "granted":
        await reopen_claim(session, claim=claim, keys=keys, handler_id=actor.id, handler=actor.label)
    emit(
        session,
        AppealAnswered(
            claim=claim_fact(claim),
            appeal_id=appeal.id,
            kind=appeal.kind,
            decision=request.decision,
            answer=keys.sealed_words(request.answer),
        ),
    )
    return (await _read(session, [appeal], {claim.id: claim}, keys))[0]


def _said_before(appeal: Appeal, actor: Actor, request: AppealAnswer, keys: TenantKeys) -> bool:
    """Whether the caller has said the same at a node before: the answer was lost, or the button tapped twice."""
    return any(
        one["account"] == str(actor.id)
        and one.get("decision") == request.decision
        and open_words(keys, one.get("answer")) == request.answer
        for one in appeal.handlers
    )


async def _must_be_allowed(
    session: AsyncSession, *, actor: Actor, appeal: Appeal, claim: Claim, chain: Chain
) -> None:
    node = next((node for node in chain.nodes if node.code == appeal.node), chain.nodes[-1])
    if node.role not in actor.roles:
        raise NotYourNode(node=node.title.text().in_language(), role=await role_title(session, node))
    steps = await ClaimRepository(session, actor.tenant_id).steps(claim.id)
    concerned = [Eyes(step.handler_id, step.human) for step in steps]
    concerned += [Eyes(appeal.account_id, appeal.human), Eyes(claim.account_id, claim.human)]
    concerned += appeal.earlier
    own = actor.person_id is not None and actor.person_id == claim.person_id
    if own or any(Eyes(actor.id, actor.human).are(other) for other in concerned):
        raise SamePerson


async def withdraw_appeal(
    session: AsyncSession, *, actor: Actor, appeal_id: UUID, keys: TenantKeys
) -> AppealRead:
    """Take an appeal or complaint back before it is answered; only whoever lodged it."""
    appeal, claim = await _held(session, actor=actor, appeal_id=appeal_id)
    if appeal.account_id != actor.id:
        raise NotFound
    appeal.withdraw()
    return (await _read(session, [appeal], {claim.id: claim}, keys))[0]


async def _held(session: AsyncSession, *, actor: Actor, appeal_id: UUID) -> tuple[Appeal, Claim]:
    appeal = await AppealRepository(session, actor.tenant_id).find_visible(actor, appeal_id)
    if appeal is None:
        raise NotFound
    claims = await ClaimRepository(session, actor.tenant_id).hold([appeal.claim_id])
    return appeal, claims[appeal.claim_id]


async def list_appeals(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    status: str | None,
    kind: str | None,
    claim_id: UUID | None,
    keys: TenantKeys,
) -> Page[AppealRead]:
    """Return the caller's own appeals, or those that staff's scope reaches; the newest first."""
    rows = await AppealRepository(session, actor.tenant_id).page(
        actor, cursor, status=status, kind=kind, claim_id=claim_id
    )
    claims = await ClaimRepository(session, actor.tenant_id).by_ids({row.claim_id for row in rows})
    read = {item.id: item for item in await _read(session, rows, claims, keys)}
    return cursor.page(rows, lambda row: read[row.id])


async def _read(
    session: AsyncSession, appeals: Sequence[Appeal], claims: dict[UUID, Claim], keys: TenantKeys
) -> list[AppealRead]:
    pack = await current_pack(session)
    chain = pack.chains.appeals
    nodes = {node.code: node.title.text().in_language() for node in (chain.nodes if chain else ())}
    kinds = {kind.code: kind.title.text().in_language() for kind in pack.claims}
    tenant_id = session.info["tenant_id"]
    roles = {role.code: role.title.text().in_language() for role in pack.roles}
    handlers = {appeal.handler_id for appeal in appeals if appeal.handler_id}
    names = await CopyRepository(session, tenant_id).staff_names(handlers)

    def title(appeal: Appeal) -> str:
        token = names.get(appeal.handler_id) if appeal.handler_id else None
        name = mask_name(keys.open(token, context=NAME)) if token else ""
        return " ".join(filter(None, (roles.get(appeal.node_role, ""), name))) if appeal.handler_id else ""

    papers = await ClaimRepository(session, tenant_id).papers_of_appeals([appeal.id for appeal in appeals])
    return [
        AppealRead(
            id=appeal.id,
            claim_id=appeal.claim_id,
            claim_number=claims[appeal.claim_id].number,
            claim_kind=claims[appeal.claim_id].kind,
            title=kinds.get(claims[appeal.claim_id].kind, claims[appeal.claim_id].kind),
            kind=appeal.kind,
            status=appeal.status,
            words=open_words(keys, appeal.words) or "",
            node=appeal.node,
            node_title=nodes.get(appeal.node, appeal.node),
            due_on=appeal.due_on,
            overdue=appeal.status == "open" and appeal.due_on < today(),
            documents=papers.get(appeal.id, []),
            answer=open_words(keys, appeal.answer),
            handler=appeal.handler,
            handler_title=title(appeal),
            earlier=[
                AppealStepRead(
                    node=one["node"],
                    node_title=nodes.get(one["node"], one["node"]),
                    decision=one["decision"],
                    answer=open_words(keys, one["answer"]) or "",
                    handler=one["label"],
                    answered_at=one["at"],
                )
                for one in appeal.handlers
                if one.get("answer")
            ],
            answered_at=appeal.answered_at,
            created_at=appeal.created_at,
            version=appeal.version,
        )
        for appeal in appeals
    ]
