"""Staff: accounts and the two steps of signing in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import StringConstraints

from common.auth import Actor
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

from ..accounts.schemas import SessionsRead, TokensRead
from ..address import address_of, device_of
from ..auth import COLLEAGUES, SESSION_OWN, STAFF_MANAGE, TENANT_MANAGE
from ..closing import Closing
from ..platform.rules import require_platform
from ..tenants.access import NamedTenantDep
from . import invitations, managing, service, sign_in
from .schemas import (
    ColleagueRead,
    FirstStaffCreate,
    InvitationAccept,
    InvitationOpen,
    InvitationRead,
    InvitedRead,
    PasswordChange,
    PasswordReset,
    PasswordResetAsked,
    PasswordSetRead,
    RolesRead,
    StaffCode,
    StaffCreate,
    StaffPatch,
    StaffRead,
    StaffSignIn,
    StaffSignInRead,
)

router = APIRouter(tags=["staff"])
Context = Annotated[ServiceContext, Depends(context_of)]
Manager = Annotated[Actor, requires(STAFF_MANAGE)]
Operator = Annotated[Actor, requires(TENANT_MANAGE)]
Own = Annotated[Actor, requires(SESSION_OWN)]
UserName = Annotated[str, StringConstraints(min_length=1, max_length=60)]


@router.post("/sessions/staff")
async def begin_staff_sign_in(
    session: PublicSessionDep, body: StaffSignIn, context: Context, request: Request
) -> StaffSignInRead:
    """First step: user name and password; sends the code."""
    return await sign_in.begin_staff_sign_in(
        session, context=context, asked=body, address=address_of(request), device=device_of(request)
    )


@router.post("/sessions/staff/code")
async def finish_staff_sign_in(
    session: PublicSessionDep, body: StaffCode, context: Context, request: Request
) -> TokensRead:
    """Second step: the code."""
    return await sign_in.finish_staff_sign_in(session, context=context, asked=body, device=device_of(request))


@router.post("/tenants/{code}/staff", status_code=201)
async def create_first_staff(
    code: str,
    session: NamedTenantDep,
    actor: Operator,
    body: FirstStaffCreate,
    context: Context,
    once: OnceDep,
) -> StaffRead:
    """Make a staff account of a tenant (operators of the platform only)."""
    require_platform(actor)
    return await once.run(
        session,
        caller=str(actor.id),
        answer=StaffRead,
        work=lambda: service.create_staff(
            session, actor=actor, context=context, asked=body, password_due=body.password_due
        ),
    )


@router.post("/tenants/{code}/staff/{account_id}/invitation", status_code=201)
async def invite_first_staff(
    code: str, session: NamedTenantDep, actor: Operator, account_id: UUID, context: Context
) -> InvitationRead:
    """Invite the owner of an account that has no password yet (operators of the platform only); shown once."""
    require_platform(actor)
    return await invitations.invite_first(session, actor=actor, context=context, account_id=account_id)


@router.post("/staff", status_code=201)
async def create_staff(
    session: SessionDep, actor: Manager, body: StaffCreate, context: Context, once: OnceDep
) -> StaffRead:
    """Make a staff account."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=StaffRead,
        work=lambda: service.create_staff(session, actor=actor, context=context, asked=body),
    )


@router.get("/staff")
async def list_staff(
    session: SessionDep, actor: Manager, context: Context, cursor: CursorDep
) -> Page[StaffRead]:
    """Return the staff, newest first."""
    return await service.list_staff(session, actor=actor, context=context, cursor=cursor)


@router.get("/staff/colleagues")
async def name_colleagues(
    session: SessionDep,
    actor: Annotated[Actor, requires(COLLEAGUES)],
    context: Context,
    account: Annotated[list[UUID], Query(max_length=100)] = [],  # noqa: B006 (read only)
    user_name: Annotated[list[UserName], Query(max_length=100)] = [],  # noqa: B006 (read only)
) -> list[ColleagueRead]:
    """Return the full names of the union's staff by the ids or user names that other answers give; to staff only."""
    return await service.name_colleagues(session, context=context, ids=account, user_names=user_name)


@router.get("/staff/roles")
async def list_roles(session: SessionDep, actor: Manager) -> RolesRead:
    """Return the union's roles for staff with their names, and which of them the caller may give."""
    return await service.list_roles(session, actor=actor)


@router.get("/staff/me")
async def read_me(session: SessionDep, actor: Own, context: Context) -> StaffRead:
    """Return the caller's own account."""
    return await service.read_me(session, actor=actor, context=context)


@router.put("/staff/me/password")
async def change_password(
    session: SessionDep, actor: Own, body: PasswordChange, context: Context
) -> StaffRead:
    """Change the caller's own password."""
    return await service.change_password(session, actor=actor, context=context, asked=body)


@router.post("/staff/{account_id}/close")
async def close_staff(
    session: SessionDep, actor: Manager, account_id: UUID, body: Closing, context: Context
) -> StaffRead:
    """Close an account, with the reason; its sessions end at once."""
    return await service.close_staff(
        session, actor=actor, context=context, account_id=account_id, reason=body.reason
    )


@router.patch("/staff/{account_id}")
async def amend_staff(
    session: SessionDep,
    actor: Manager,
    account_id: UUID,
    body: StaffPatch,
    context: Context,
    expected: IfMatchDep,
    response: Response,
) -> StaffRead:
    """Change a colleague's roles, place, name or mobile; their sessions end."""
    account, answer = await managing.amend_staff(
        session, actor=actor, context=context, account_id=account_id, expected=expected, asked=body
    )
    set_etag(response, account)
    return answer


@router.post("/staff/{account_id}/reopen")
async def reopen_staff(session: SessionDep, actor: Manager, account_id: UUID, context: Context) -> StaffRead:
    """Let a closed account sign in again, after a new invitation."""
    return await managing.reopen_staff(session, actor=actor, context=context, account_id=account_id)


@router.post("/staff/{account_id}/invitation", status_code=201)
async def invite_staff(
    session: SessionDep, actor: Manager, account_id: UUID, context: Context
) -> InvitationRead:
    """Invite the owner of an account to set the password, the first time or after a reset; shown once."""
    return await invitations.invite(session, actor=actor, context=context, account_id=account_id)


@router.post("/staff-invitations/open")
async def open_invitation(
    session: PublicSessionDep, body: InvitationOpen, context: Context, request: Request
) -> InvitedRead:
    """Open an invitation: a code goes to the mobile of the account."""
    return await invitations.open_invitation(
        session, context=context, asked=body, address=address_of(request)
    )


@router.post("/staff-invitations/accept")
async def accept_invitation(
    session: PublicSessionDep, body: InvitationAccept, context: Context
) -> PasswordSetRead:
    """Set the password with the invitation and the code."""
    return await invitations.accept_invitation(session, context=context, asked=body)


@router.post("/staff-password-resets", status_code=202)
async def ask_password_reset(
    session: PublicSessionDep, body: PasswordResetAsked, context: Context, request: Request
) -> InvitedRead:
    """Ask for a code because the password was forgotten; the answer does not tell whether the account exists."""
    return await invitations.ask_reset(session, context=context, asked=body, address=address_of(request))


@router.post("/staff-password-resets/finish")
async def finish_password_reset(
    session: PublicSessionDep, body: PasswordReset, context: Context
) -> PasswordSetRead:
    """Set a new password with the code."""
    return await invitations.finish_reset(session, context=context, asked=body)


@router.get("/staff/{account_id}/sessions")
async def list_staff_sessions(session: SessionDep, actor: Manager, account_id: UUID) -> SessionsRead:
    """Return where a colleague is signed in."""
    return await managing.list_sessions(session, actor=actor, account_id=account_id)


@router.post("/staff/{account_id}/sessions/end-all")
async def end_staff_sessions(
    session: SessionDep, actor: Manager, account_id: UUID, context: Context
) -> SessionsRead:
    """End every session of a colleague at once."""
    return await managing.end_all_sessions(session, actor=actor, context=context, account_id=account_id)


@router.post("/staff/{account_id}/sessions/{session_id}/end")
async def end_staff_session(
    session: SessionDep, actor: Manager, account_id: UUID, session_id: UUID, context: Context
) -> SessionsRead:
    """End one session of a colleague at once."""
    return await managing.end_session(
        session, actor=actor, context=context, account_id=account_id, session_id=session_id
    )
