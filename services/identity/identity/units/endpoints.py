"""Units: registration and profile by their handlers, review by the back office."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from common.auth import Actor, ActorKind
from common.errors import NotFound
from common.http import (
    CursorDep,
    IfMatchDep,
    OnceDep,
    Page,
    PublicSessionDep,
    ServiceContext,
    SessionDep,
    context_of,
    requires,
)
from common.http.edits import set_etag

from ..accounts.mobile import limit_address, sign_in_by_mobile, sign_in_new_account
from ..accounts.schemas import MobileSignIn, TokensRead
from ..address import address_of, device_of
from ..auth import UNIT_EDIT, UNIT_OWN, UNIT_READ, UNIT_REVIEW
from ..closing import Closing
from ..staff.schemas import InvitationRead
from . import entering, profile, registration, service
from .schemas import (
    CommitmentRead,
    HandlerCreate,
    HandlerRead,
    HandlersRead,
    UnitCreate,
    UnitEnter,
    UnitEntered,
    UnitHandlerRevealed,
    UnitListed,
    UnitPatch,
    UnitProfilePut,
    UnitRead,
    UnitRegistered,
    UnitRegisteredRead,
    UnitReturn,
)

router = APIRouter(tags=["units"])
Context = Annotated[ServiceContext, Depends(context_of)]
Handler = Annotated[Actor, requires(UNIT_OWN)]
Reviewer = Annotated[Actor, requires(UNIT_REVIEW)]
Editor = Annotated[Actor, requires(UNIT_EDIT)]


@router.post("/units", status_code=201)
async def register_unit(
    session: PublicSessionDep, body: UnitCreate, context: Context, once: OnceDep, request: Request
) -> UnitRegisteredRead:
    """Register a unit; its handler is signed in at once. A request that comes twice registers once."""
    await limit_address(context, address_of(request))
    registered = await once.run(
        session,
        caller="anonymous",
        answer=UnitRegistered,
        work=lambda: registration.register_unit(session, context=context, asked=body),
    )
    tokens = await sign_in_new_account(
        session, context=context, account_id=registered.account_id, device=device_of(request)
    )
    return UnitRegisteredRead(**registered.model_dump(), tokens=tokens)


@router.post("/sessions/handler")
async def sign_in_handler(
    session: PublicSessionDep, body: MobileSignIn, context: Context, request: Request
) -> TokensRead:
    """Sign in as a unit's handler by mobile and code."""
    return await sign_in_by_mobile(
        session,
        context=context,
        kind=ActorKind.HANDLER,
        asked=body,
        address=address_of(request),
        device=device_of(request),
    )


@router.get("/commitment")
async def open_commitment(session: SessionDep, actor: Handler, context: Context) -> CommitmentRead:
    """Open the commitment letter; it can be accepted after `read_seconds`."""
    return await profile.open_commitment(session, actor=actor, context=context)


@router.put("/units/me/profile")
async def submit_profile(
    session: SessionDep,
    actor: Handler,
    body: UnitProfilePut,
    context: Context,
    expected: IfMatchDep,
    response: Response,
) -> UnitRead:
    """Hand in the unit's profile for review."""
    unit, answer = await profile.submit_profile(
        session, actor=actor, context=context, asked=body, expected=expected
    )
    set_etag(response, unit)
    return answer


@router.get("/units/me")
async def read_own_unit(
    session: SessionDep, actor: Handler, context: Context, response: Response
) -> UnitRead:
    """Return the handler's own unit with its three steps."""
    unit, answer = await profile.read_own_unit(session, actor=actor, context=context)
    set_etag(response, unit)
    return answer


@router.get("/units")
async def list_units(
    session: SessionDep,
    actor: Annotated[Actor, requires(UNIT_READ)],
    cursor: CursorDep,
    status: Literal["registered", "under_review", "approved", "returned"] | None = None,
    credit_code: Annotated[str | None, Query(max_length=18)] = None,
    name: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[UnitListed]:
    """Return the units of the caller's part of the organisation, newest first."""
    return await service.list_units(
        session, actor=actor, cursor=cursor, status=status, credit_code=credit_code, name=name
    )


@router.get("/units/{unit_id}")
async def read_unit(
    session: SessionDep,
    actor: Annotated[Actor, requires(UNIT_READ)],
    unit_id: UUID,
    context: Context,
    response: Response,
) -> UnitRead:
    """Return one unit, the handler's values masked."""
    unit, answer = await service.read(session, actor=actor, context=context, unit_id=unit_id)
    set_etag(response, unit)
    return answer


@router.post("/units/{unit_id}/reveal")
async def reveal_handler(
    session: SessionDep, actor: Reviewer, unit_id: UUID, context: Context
) -> UnitHandlerRevealed:
    """Show the handler's name and ID number, to be compared with the papers; each look is in the audit log."""
    return await service.reveal_handler(session, actor=actor, context=context, unit_id=unit_id)


@router.post("/units/{unit_id}/approve")
async def approve_unit(
    session: SessionDep,
    actor: Reviewer,
    unit_id: UUID,
    context: Context,
    expected: IfMatchDep,
    response: Response,
) -> UnitRead:
    """Approve the profile as it was read."""
    unit, answer = await service.approve_unit(
        session, actor=actor, context=context, unit_id=unit_id, expected=expected
    )
    set_etag(response, unit)
    return answer


@router.post("/units/{unit_id}/return")
async def return_unit(
    session: SessionDep,
    actor: Reviewer,
    unit_id: UUID,
    body: UnitReturn,
    context: Context,
    expected: IfMatchDep,
    response: Response,
) -> UnitRead:
    """Give the profile back with a reason."""
    unit, answer = await service.return_unit(
        session, actor=actor, context=context, unit_id=unit_id, expected=expected, reason=body.reason
    )
    set_etag(response, unit)
    return answer


@router.patch("/units/{unit_id}")
async def amend_unit(
    session: SessionDep,
    actor: Annotated[Actor, requires(UNIT_EDIT)],
    unit_id: UUID,
    body: UnitPatch,
    context: Context,
    expected: IfMatchDep,
    response: Response,
) -> UnitRead:
    """Change a unit on its behalf (staff only: a handler's own way is the profile)."""
    if actor.kind is not ActorKind.STAFF:
        raise NotFound
    unit, answer = await service.amend_unit(
        session, actor=actor, context=context, unit_id=unit_id, expected=expected, asked=body
    )
    set_etag(response, unit)
    return answer


@router.post("/units/entered", status_code=201)
async def enter_unit(
    session: SessionDep, actor: Editor, body: UnitEnter, context: Context, once: OnceDep
) -> UnitEntered:
    """Enter a unit on its behalf, approved at once, with its first handler."""
    if actor.kind is not ActorKind.STAFF:
        raise NotFound
    return await once.run(
        session,
        caller=str(actor.id),
        answer=UnitEntered,
        work=lambda: entering.enter_unit(session, actor=actor, context=context, asked=body),
    )


@router.get("/units/{unit_id}/handlers")
async def list_handlers(session: SessionDep, actor: Editor, unit_id: UUID, context: Context) -> HandlersRead:
    """Return the handlers of a unit, masked."""
    return await entering.list_handlers(session, actor=actor, context=context, unit_id=unit_id)


@router.post("/units/{unit_id}/handlers", status_code=201)
async def add_handler(
    session: SessionDep, actor: Editor, unit_id: UUID, body: HandlerCreate, context: Context, once: OnceDep
) -> HandlerRead:
    """Give a unit one more handler."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=HandlerRead,
        work=lambda: entering.add_handler(session, actor=actor, context=context, unit_id=unit_id, asked=body),
    )


@router.post("/units/{unit_id}/handlers/{account_id}/invitation", status_code=201)
async def invite_handler(
    session: SessionDep, actor: Editor, unit_id: UUID, account_id: UUID, context: Context
) -> InvitationRead:
    """Invite a handler who signs in with a password to set it; shown once."""
    return await entering.invite_handler(
        session, actor=actor, context=context, unit_id=unit_id, account_id=account_id
    )


@router.post("/units/{unit_id}/handlers/{account_id}/name")
async def name_handler(
    session: SessionDep, actor: Editor, unit_id: UUID, account_id: UUID, context: Context
) -> HandlerRead:
    """Make a handler the one whom messages of the unit go to."""
    return await entering.name_handler(
        session, actor=actor, context=context, unit_id=unit_id, account_id=account_id
    )


@router.post("/units/{unit_id}/handlers/{account_id}/close")
async def close_handler(
    session: SessionDep, actor: Editor, unit_id: UUID, account_id: UUID, body: Closing, context: Context
) -> HandlerRead:
    """Let a handler in no more, with the reason."""
    return await entering.close_handler(
        session, actor=actor, context=context, unit_id=unit_id, account_id=account_id, reason=body.reason
    )
