"""Requests about members: look up, change, transfer, hand in, decide."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from common.auth import Actor
from common.http import ContextDep, CursorDep, IfMatchDep, OnceDep, Page, SessionDep, requires
from common.http.edits import set_etag

from ...auth import MEMBER_READ, MEMBER_WRITE
from . import asking, deciding, reading
from .schemas import (
    ChangeCreate,
    MemberFound,
    MemberNamed,
    ReportedRead,
    RequestDecision,
    RequestListed,
    RequestPut,
    RequestRead,
    RequestRevealed,
    RequestsReport,
    State,
    TransferCreate,
)

router = APIRouter(tags=["member requests"])
Reader = Annotated[Actor, requires(MEMBER_READ)]
Writer = Annotated[Actor, requires(MEMBER_WRITE)]


@router.post("/members/lookup")
async def look_up_member(
    session: SessionDep, actor: Writer, body: MemberNamed, context: ContextDep
) -> MemberFound:
    """Find a member of any unit by document number or member number, masked, before asking for a transfer."""
    return await asking.look_up(session, actor=actor, context=context, asked=body)


@router.post("/member-requests/changes", status_code=201)
async def ask_change(
    session: SessionDep, actor: Writer, body: ChangeCreate, context: ContextDep, once: OnceDep
) -> RequestRead:
    """Ask for a change of name or number; hand it in afterwards."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=RequestRead,
        work=lambda: asking.ask_change(session, actor=actor, context=context, asked=body),
    )


@router.post("/member-requests/transfers", status_code=201)
async def ask_transfer(
    session: SessionDep, actor: Writer, body: TransferCreate, context: ContextDep, once: OnceDep
) -> RequestRead:
    """Ask for a transfer into or out of a unit; hand it in afterwards."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=RequestRead,
        work=lambda: asking.ask_transfer(session, actor=actor, context=context, asked=body),
    )


@router.get("/member-requests")
async def list_requests(
    session: SessionDep,
    actor: Reader,
    context: ContextDep,
    cursor: CursorDep,
    kind: Literal["change", "transfer"] | None = None,
    state: State | None = None,
) -> Page[RequestListed]:
    """Return the requests of what the caller sees, newest first."""
    return await reading.list_requests(
        session, actor=actor, context=context, cursor=cursor, kind=kind, state=state
    )


@router.post("/member-requests/report")
async def report_requests(
    session: SessionDep, actor: Writer, body: RequestsReport, once: OnceDep
) -> ReportedRead:
    """Hand in exactly the requests named, in the versions that were shown."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ReportedRead,
        work=lambda: asking.hand_in(session, actor=actor, items=body.items),
    )


@router.get("/member-requests/{request_id}")
async def read_request(
    session: SessionDep, actor: Reader, request_id: UUID, context: ContextDep, response: Response
) -> RequestRead:
    """Return one request with its steps."""
    request, answer = await reading.read(session, actor=actor, context=context, request_id=request_id)
    set_etag(response, request)
    return answer


@router.put("/member-requests/{request_id}")
async def correct_request(
    session: SessionDep,
    actor: Writer,
    request_id: UUID,
    body: RequestPut,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> RequestRead:
    """Correct a new or returned request."""
    request, answer = await asking.correct_request(
        session, actor=actor, context=context, request_id=request_id, expected=expected, asked=body
    )
    set_etag(response, request)
    return answer


@router.post("/member-requests/{request_id}/withdraw")
async def withdraw_request(
    session: SessionDep,
    actor: Writer,
    request_id: UUID,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> RequestRead:
    """Take a request back."""
    request, answer = await asking.withdraw(
        session, actor=actor, context=context, request_id=request_id, expected=expected
    )
    set_etag(response, request)
    return answer


@router.post("/member-requests/{request_id}/reveal")
async def reveal_request(
    session: SessionDep, actor: Writer, request_id: UUID, context: ContextDep
) -> RequestRevealed:
    """Show what a request asks for in full to who decides on it now; the audit log says who looked."""
    return await deciding.reveal(session, actor=actor, context=context, request_id=request_id)


@router.post("/member-requests/{request_id}/decide")
async def decide_request(
    session: SessionDep,
    actor: Writer,
    request_id: UUID,
    body: RequestDecision,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> RequestRead:
    """Approve, return or reject at the node where the request waits."""
    request, answer = await deciding.decide(
        session, actor=actor, context=context, request_id=request_id, expected=expected, asked=body
    )
    set_etag(response, request)
    return answer
