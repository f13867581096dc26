"""HTTP of applications."""

from datetime import timedelta
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from common.auth import Actor, ActorKind
from common.clock import now
from common.crypto import sign
from common.http import (
    CursorDep,
    IfMatchDep,
    KeysDep,
    LinkKeyDep,
    OnceDep,
    Page,
    SessionDep,
    check_version,
    context_of,
    requires,
)

from ..auth import COUNTER, READ, SUBMIT, ApplicantDep, ReaderDep
from ..settings import ClaimsSettings
from ..submission import service as submission
from . import counter, inviting, opening, previewing, service
from .kind_schemas import KindRead
from .models import Wanted
from .preview_schemas import CounterWork, PreviewRead
from .rules.step_words import ASSIGNED
from .schemas import (
    ClaimCreate,
    ClaimRead,
    ClaimSearch,
    ClaimSummary,
    CounterClaim,
    DocumentLink,
    DocumentsAdd,
    FieldsChange,
    Invitation,
)

router = APIRouter(tags=["claims"])
Applicant = Annotated[Actor, requires(SUBMIT)]


FOR_STAFF = frozenset({"picture.similar"})
"""Reasons for a review that speak of other people's claims."""


def tag(response: Response, actor: Actor, claim: ClaimRead) -> ClaimRead:
    """Send the claim's version as ETag, and to a member nothing of other people's claims or accounts."""
    response.headers["ETag"] = f'"{claim.version}"'
    if actor.kind is not ActorKind.STAFF:
        claim.taken = None
    if actor.kind is ActorKind.MEMBER:
        claim.review_reasons = [r for r in claim.review_reasons if r.code not in FOR_STAFF]
        claim.timeline = [step for step in claim.timeline if step.action != ASSIGNED]
        for step in claim.timeline:
            step.handler, step.handler_id = " ".join(filter(None, (step.role, step.handler_name))), None
    return claim


@router.get("/kinds")
async def list_kinds(
    session: SessionDep, actor: ReaderDep, opener: Literal["member", "counter"] = "member"
) -> list[KindRead]:
    """Return the kinds of application that a member (or staff at the counter) can open, with their forms."""
    return await service.list_kinds(session, opener=opener)


@router.post("/claims", status_code=201)
async def open_claim(
    session: SessionDep,
    actor: Applicant,
    once: OnceDep,
    keys: KeysDep,
    key: LinkKeyDep,
    response: Response,
    request: ClaimCreate,
) -> ClaimRead:
    """Open a draft; its fields are filled from the documents, now or when they have been read."""
    claim = await once.run(
        session,
        caller=str(actor.id),
        answer=ClaimRead,
        work=lambda: opening.open_claim(session, actor=actor, request=request, keys=keys, link_key=key),
    )
    return tag(response, actor, claim)


@router.post("/counter/claims", status_code=201)
async def take_in(
    session: SessionDep,
    actor: Annotated[Actor, requires(COUNTER)],
    once: OnceDep,
    keys: KeysDep,
    key: LinkKeyDep,
    response: Response,
    request: CounterClaim,
) -> ClaimRead:
    """Take an application in at the counter with its scanned papers; sent again with the same id it is the same one."""
    claim = await once.run(
        session,
        caller=str(actor.id),
        answer=ClaimRead,
        work=lambda: opening.take_in(session, actor=actor, request=request, keys=keys, link_key=key),
    )
    return tag(response, actor, claim)


@router.get("/counter/claims")
async def list_counter_work(
    session: SessionDep, actor: Annotated[Actor, requires(COUNTER)], keys: KeysDep, cursor: CursorDep
) -> Page[CounterWork]:
    """Return what the counter took in and nobody has handed in yet, with what keeps each back; the newest first."""
    return await counter.list_counter_work(session, actor=actor, cursor=cursor, keys=keys)


@router.post("/invitations", status_code=201)
async def invite_claim(
    session: SessionDep,
    actor: Annotated[Actor, requires(COUNTER)],
    once: OnceDep,
    keys: KeysDep,
    request: Invitation,
) -> ClaimRead:
    """Open a claim for a covered person, who is told to hand in the documents (待上传)."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ClaimRead,
        work=lambda: inviting.invite_claim(session, actor=actor, request=request, keys=keys),
    )


@router.get("/claims")
async def list_claims(
    session: SessionDep,
    actor: ReaderDep,
    keys: KeysDep,
    cursor: CursorDep,
    status: Annotated[str | None, Query(max_length=20)] = None,
    kind: Annotated[str | None, Query(max_length=60)] = None,
    product_code: Annotated[str | None, Query(max_length=60)] = None,
    year: Annotated[int | None, Query(ge=1990, le=2200, description="Of the event.")] = None,
    number: Annotated[str | None, Query(max_length=20)] = None,
    person_id: UUID | None = None,
) -> Page[ClaimSummary]:
    """Return the caller's own claims, or those that the caller's scope reaches; the newest first."""
    wanted = Wanted(status, kind, product_code, year, number, person_id)
    return await service.list_claims(session, actor=actor, cursor=cursor, wanted=wanted, keys=keys)


@router.post("/claims/search")
async def search_claims(
    session: SessionDep,
    actor: Annotated[Actor, requires(READ)],
    keys: KeysDep,
    cursor: CursorDep,
    request: ClaimSearch,
) -> Page[ClaimSummary]:
    """Return the claims of the person with a document number, within the caller's scope; the search is audited."""
    return await service.search_claims(session, actor=actor, cursor=cursor, request=request, keys=keys)


@router.get("/claims/{claim_id}")
async def get_claim(
    session: SessionDep, actor: ReaderDep, keys: KeysDep, response: Response, claim_id: UUID
) -> ClaimRead:
    """Return a claim: fields with their source, documents, timeline, explanation, payout."""
    return tag(response, actor, await service.get_claim(session, actor=actor, claim_id=claim_id, keys=keys))


@router.get("/claims/{claim_id}/preview")
async def preview_claim(
    session: SessionDep, actor: ReaderDep, keys: KeysDep, response: Response, claim_id: UUID
) -> PreviewRead:
    """Return the application as it would be handed in now (表单预览): faults, checklist, estimate; nothing changes."""
    preview = await previewing.preview_claim(session, actor=actor, claim_id=claim_id, keys=keys)
    tag(response, actor, preview.claim)
    return preview


@router.patch("/claims/{claim_id}/fields")
async def change_fields(
    session: SessionDep,
    actor: ApplicantDep,
    keys: KeysDep,
    expected: IfMatchDep,
    response: Response,
    claim_id: UUID,
    request: FieldsChange,
) -> ClaimRead:
    """Type values; what replaces a recognised value stays marked."""
    claim = await service.find_own(session, actor=actor, claim_id=claim_id)
    check_version(claim, expected)
    changed = await service.change_fields(session, actor=actor, claim=claim, request=request, keys=keys)
    return tag(response, actor, changed)


@router.delete("/claims/{claim_id}/stays/{stay}")
async def remove_stay(
    session: SessionDep,
    actor: ApplicantDep,
    keys: KeysDep,
    expected: IfMatchDep,
    response: Response,
    claim_id: UUID,
    stay: Annotated[int, Path(ge=1, le=50)],
) -> ClaimRead:
    """Take a hospital stay off an application, with its documents."""
    claim = await service.find_own(session, actor=actor, claim_id=claim_id)
    check_version(claim, expected)
    return tag(
        response, actor, await service.remove_stay(session, actor=actor, claim=claim, stay=stay, keys=keys)
    )


@router.post("/claims/{claim_id}/documents")
async def add_documents(
    session: SessionDep,
    actor: ApplicantDep,
    keys: KeysDep,
    key: LinkKeyDep,
    response: Response,
    claim_id: UUID,
    request: DocumentsAdd,
) -> ClaimRead:
    """Hand in further documents; one that is there already stays as it is."""
    claim = await service.add_documents(
        session, actor=actor, claim_id=claim_id, request=request, keys=keys, link_key=key
    )
    return tag(response, actor, claim)


@router.delete("/claims/{claim_id}/documents/{document_id}")
async def remove_document(
    session: SessionDep,
    actor: ApplicantDep,
    keys: KeysDep,
    response: Response,
    claim_id: UUID,
    document_id: UUID,
) -> ClaimRead:
    """Take a document off a claim."""
    claim = await service.remove_document(
        session, actor=actor, claim_id=claim_id, document_id=document_id, keys=keys
    )
    return tag(response, actor, claim)


@router.get("/claims/{claim_id}/documents")
async def list_document_links(
    session: SessionDep, actor: ReaderDep, key: LinkKeyDep, request: Request, claim_id: UUID
) -> list[DocumentLink]:
    """Return short-lived links with which the ocr service shows the claim's documents to the caller."""
    files = await service.list_files(session, actor=actor, claim_id=claim_id)
    lifetime: timedelta = cast(ClaimsSettings, context_of(request).settings).document_link_lifetime
    links = []
    for file in files:
        claims = {
            "document_id": str(file.document_id),
            "tenant_id": str(actor.tenant_id),
            "reader_id": str(actor.id),
        }
        link = sign("document-link", claims, key, lifetime)
        url = f"/api/ocr/documents/{file.document_id}/content?link={link}"
        links.append(
            DocumentLink(
                document_id=file.document_id, rule=file.rule, link=link, url=url, expires_at=now() + lifetime
            )
        )
    return links


@router.post("/claims/{claim_id}/submit")
async def submit_claim(
    session: SessionDep, actor: ApplicantDep, keys: KeysDep, response: Response, claim_id: UUID
) -> ClaimRead:
    """Hand in; refused with every reason, or decided by rule, or sent to the first reviewer. Twice is once."""
    return tag(
        response, actor, await submission.submit_claim(session, actor=actor, claim_id=claim_id, keys=keys)
    )


@router.post("/claims/{claim_id}/withdraw")
async def withdraw_claim(
    session: SessionDep, actor: ApplicantDep, keys: KeysDep, response: Response, claim_id: UUID
) -> ClaimRead:
    """Take a claim back before it is decided."""
    return tag(
        response, actor, await submission.withdraw_claim(session, actor=actor, claim_id=claim_id, keys=keys)
    )
