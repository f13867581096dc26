"""Staff: accounts and the two steps of signing in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from common.auth import Actor
from common.http import (
    CursorDep,
    OnceDep,
    Page,
    PublicSessionDep,
    ServiceContext,
    SessionDep,
    context_of,
    requires,
)

from ..accounts.schemas import TokensRead
from ..address import address_of
from ..auth import SESSION_OWN, STAFF_MANAGE, TENANT_MANAGE
from ..platform.rules import require_platform
from ..tenants.access import NamedTenantDep
from . import service, sign_in
from .schemas import PasswordChange, StaffCode, StaffCreate, StaffRead, StaffSignIn, StaffSignInRead

router = APIRouter(tags=["staff"])
Context = Annotated[ServiceContext, Depends(context_of)]
Manager = Annotated[Actor, requires(STAFF_MANAGE)]
Own = Annotated[Actor, requires(SESSION_OWN)]


@router.post("/sessions/staff")
async def begin_staff_sign_in(
    session: PublicSessionDep, body: StaffSignIn, context: Context, request: Request
) -> StaffSignInRead:
    """First step: user name and password; sends the code."""
    return await sign_in.begin_staff_sign_in(
        session, context=context, asked=body, address=address_of(request)
    )


@router.post("/sessions/staff/code")
async def finish_staff_sign_in(session: PublicSessionDep, body: StaffCode, context: Context) -> TokensRead:
    """Second step: the code."""
    return await sign_in.finish_staff_sign_in(session, context=context, asked=body)


@router.post("/tenants/{code}/staff", status_code=201)
async def create_first_staff(
    code: str,
    session: NamedTenantDep,
    actor: Annotated[Actor, requires(TENANT_MANAGE)],
    body: StaffCreate,
    context: Context,
    once: OnceDep,
) -> StaffRead:
    """Make a staff account of a tenant (operators of the platform only)."""
    require_platform(actor)
    return await once.run(
        session,
        caller=str(actor.id),
        answer=StaffRead,
        work=lambda: service.create_staff(session, actor=actor, context=context, asked=body),
    )


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
async def close_staff(session: SessionDep, actor: Manager, account_id: UUID, context: Context) -> StaffRead:
    """Close an account; its sessions end at once."""
    return await service.close_staff(session, actor=actor, context=context, account_id=account_id)
