"""HTTP of appeals and complaints."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from common.auth import Actor, ActorKind
from common.http import CursorDep, KeysDep, LinkKeyDep, OnceDep, Page, SessionDep

from ..auth import ApplicantDep, DeciderDep, ReaderDep
from . import service
from .schemas import AppealAnswer, AppealRead, AppealWrite

router = APIRouter(tags=["appeals"])


def _tag(response: Response, actor: Actor, appeal: AppealRead) -> AppealRead:
    response.headers["ETag"] = f'"{appeal.version}"'
    return _for(actor, appeal)


def _for(actor: Actor, appeal: AppealRead) -> AppealRead:
    """Return an appeal as the caller sees it: members see no sign-in names, and the last node's answer alone."""
    if actor.kind is ActorKind.MEMBER:
        appeal.handler, appeal.earlier = appeal.handler_title, []
        appeal.may_answer, appeal.why_not, appeal.nobody = False, None, None
    return appeal


@router.post("/claims/{claim_id}/appeals", status_code=201)
async def lodge_appeal(
    session: SessionDep,
    actor: ApplicantDep,
    once: OnceDep,
    keys: KeysDep,
    link_key: LinkKeyDep,
    response: Response,
    claim_id: UUID,
    request: AppealWrite,
) -> AppealRead:
    """Appeal against a refusal (申诉) within the kind's days, or complain about the handling (投诉)."""
    appeal = await once.run(
        session,
        caller=str(actor.id),
        answer=AppealRead,
        work=lambda: service.lodge_appeal(
            session, actor=actor, claim_id=claim_id, request=request, keys=keys, link_key=link_key
        ),
    )
    return _tag(response, actor, appeal)


@router.get("/appeals")
async def list_appeals(
    session: SessionDep,
    actor: ReaderDep,
    keys: KeysDep,
    cursor: CursorDep,
    status: Literal["open", "granted", "dismissed", "answered", "withdrawn"] | None = None,
    kind: Literal["appeal", "complaint"] | None = None,
    claim_id: Annotated[UUID | None, Query()] = None,
) -> Page[AppealRead]:
    """Return one's own appeals and complaints, or those of the caller's scope; the newest first."""
    page = await service.list_appeals(
        session, actor=actor, cursor=cursor, status=status, kind=kind, claim_id=claim_id, keys=keys
    )
    return page.model_copy(update={"items": [_for(actor, appeal) for appeal in page.items]})


@router.post("/appeals/{appeal_id}/answer")
async def answer_appeal(
    session: SessionDep,
    actor: DeciderDep,
    keys: KeysDep,
    response: Response,
    appeal_id: UUID,
    request: AppealAnswer,
) -> AppealRead:
    """Answer at the node where it waits; a granted appeal lets the claim be looked at again by others."""
    answered = await service.answer_appeal(
        session, actor=actor, appeal_id=appeal_id, request=request, keys=keys
    )
    return _tag(response, actor, answered)


@router.post("/appeals/{appeal_id}/withdraw")
async def withdraw_appeal(
    session: SessionDep, actor: ApplicantDep, keys: KeysDep, response: Response, appeal_id: UUID
) -> AppealRead:
    """Take an appeal or complaint back before it is answered."""
    withdrawn = await service.withdraw_appeal(session, actor=actor, appeal_id=appeal_id, keys=keys)
    return _tag(response, actor, withdrawn)
