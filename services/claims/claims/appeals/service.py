"""Use cases: lodge an appeal or complaint, answer it, take it back, read."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import business_day, today
from common.contracts.claims import AppealAnswered, AppealLodged
from common.contracts.pack import Chain
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page
from common.ids import new_id
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..intake.facts import claim_fact
from ..intake.handing_in import verify_documents
from ..intake.models import Claim, ClaimDocument
from ..intake.repository import ClaimRepository
from ..intake.service import find_claim
from ..review.errors import ActionNotAllowed
from ..submission.reopening import reopen_claim
from .answering import must_be_allowed, node_of
from .errors import AppealOpen, AppealsNotOffered, AppealTooLate, NothingToAppeal, NotSubmitted
from .models import Appeal
from .reading import read_appeals
from .repository import AppealRepository
from .rules import answer_by, last_day
from .schemas import AppealAnswer, AppealRead, AppealWrite

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
    return (await read_appeals(session, [appeal], {claim.id: claim}, keys, actor=actor))[0]


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
        return (await read_appeals(session, [appeal], {claim.id: claim}, keys, actor=actor))[0]
    appeal.must_be_open()
    if _said_before(appeal, actor, request, keys):
        return (await read_appeals(session, [appeal], {claim.id: claim}, keys, actor=actor))[0]
    chain = await _chain(session)
    node = node_of(appeal, chain)
    await must_be_allowed(session, actor=actor, appeal=appeal, claim=claim)
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
        return (await read_appeals(session, [appeal], {claim.id: claim}, keys, actor=actor))[0]
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
    return (await read_appeals(session, [appeal], {claim.id: claim}, keys, actor=actor))[0]


def _said_before(appeal: Appeal, actor: Actor, request: AppealAnswer, keys: TenantKeys) -> bool:
    """Whether the caller has said the same at a node before: the answer was lost, or the button tapped twice."""
    return any(
        one["account"] == str(actor.id)
        and one.get("decision") == request.decision
        and open_words(keys, one.get("answer")) == request.answer
        for one in appeal.handlers
    )


async def withdraw_appeal(
    session: AsyncSession, *, actor: Actor, appeal_id: UUID, keys: TenantKeys
) -> AppealRead:
    """Take an appeal or complaint back before it is answered; only whoever lodged it."""
    appeal, claim = await _held(session, actor=actor, appeal_id=appeal_id)
    if appeal.account_id != actor.id:
        raise NotFound
    appeal.withdraw()
    return (await read_appeals(session, [appeal], {claim.id: claim}, keys, actor=actor))[0]


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
    read = {item.id: item for item in await read_appeals(session, rows, claims, keys, actor=actor)}
    return cursor.page(rows, lambda row: read[row.id])
