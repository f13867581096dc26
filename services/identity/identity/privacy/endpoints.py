"""Personal data on request: by the member, and for them by staff."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.errors import NotFound
from common.http import ContextDep, CursorDep, IfMatchDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import MEMBER_OWN, PRIVACY_MANAGE
from . import service
from .schemas import DataRequestCreate, DataRequestRead, DataRequestRefuse

router = APIRouter(tags=["personal data"])
Member = Annotated[Actor, requires(MEMBER_OWN)]
Officer = Annotated[Actor, requires(PRIVACY_MANAGE)]


@router.post("/members/me/data-requests", status_code=201)
async def ask_for_own_data(
    session: SessionDep, actor: Member, body: DataRequestCreate, keys: KeysDep, once: OnceDep
) -> DataRequestRead:
    """Ask for an export of one's own data (the file is the task's result), or for its erasure."""
    if actor.person_id is None:
        raise NotFound
    person_id = actor.person_id
    return await once.run(
        session,
        caller=str(actor.id),
        answer=DataRequestRead,
        work=lambda: service.ask(session, actor=actor, person_id=person_id, asked=body, keys=keys),
    )


@router.get("/members/me/data-requests")
async def list_own_requests(session: SessionDep, actor: Member, keys: KeysDep) -> list[DataRequestRead]:
    """Return one's own requests."""
    return await service.list_own(session, actor=actor, keys=keys)


@router.post("/members/me/data-requests/{request_id}/withdraw")
async def withdraw_own_request(
    session: SessionDep, actor: Member, request_id: UUID, keys: KeysDep, expected: IfMatchDep
) -> DataRequestRead:
    """Take one's own request back."""
    return await service.withdraw(session, actor=actor, request_id=request_id, expected=expected, keys=keys)


@router.post("/members/{person_id}/data-requests", status_code=201)
async def ask_for_data(
    session: SessionDep,
    actor: Officer,
    person_id: UUID,
    body: DataRequestCreate,
    keys: KeysDep,
    once: OnceDep,
) -> DataRequestRead:
    """Ask for a member's export or erasure on their behalf."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=DataRequestRead,
        work=lambda: service.ask(session, actor=actor, person_id=person_id, asked=body, keys=keys),
    )


@router.get("/data-requests")
async def list_requests(
    session: SessionDep,
    actor: Officer,
    cursor: CursorDep,
    keys: KeysDep,
    state: Literal["open", "refused", "withdrawn", "running", "failed", "done"] | None = None,
) -> Page[DataRequestRead]:
    """Return the requests, newest first."""
    return await service.list_requests(session, actor=actor, cursor=cursor, state=state, keys=keys)


@router.post("/data-requests/{request_id}/approve")
async def approve_erasure(
    session: SessionDep, actor: Officer, request_id: UUID, context: ContextDep, expected: IfMatchDep
) -> DataRequestRead:
    """Let an erasure be carried out, by somebody else than who asked for it."""
    return await service.approve(
        session, actor=actor, context=context, request_id=request_id, expected=expected
    )


@router.post("/data-requests/{request_id}/refuse")
async def refuse_request(
    session: SessionDep,
    actor: Officer,
    request_id: UUID,
    body: DataRequestRefuse,
    keys: KeysDep,
    expected: IfMatchDep,
) -> DataRequestRead:
    """Refuse an erasure with the reason."""
    return await service.refuse(
        session, actor=actor, request_id=request_id, expected=expected, answer=body.answer, keys=keys
    )
