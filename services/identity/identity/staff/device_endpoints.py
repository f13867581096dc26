"""HTTP of the second factor of staff: the device that makes the codes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.auth import Actor
from common.http import ServiceContext, SessionDep, context_of, requires

from ..auth import SESSION_OWN, STAFF_MANAGE
from . import second_factor
from .schemas import RecoveryCodesRead, TotpBegin, TotpBegunRead, TotpConfirm, TotpRead, TotpRemove

router = APIRouter(tags=["staff"])
Context = Annotated[ServiceContext, Depends(context_of)]
Manager = Annotated[Actor, requires(STAFF_MANAGE)]
Own = Annotated[Actor, requires(SESSION_OWN)]


@router.post("/staff/{account_id}/second-factor/reset")
async def reset_second_factor(
    session: SessionDep, actor: Manager, account_id: UUID, context: Context
) -> TotpRead:
    """Take the second factor off a colleague's account who has lost the device."""
    return await second_factor.reset_totp(session, actor=actor, context=context, account_id=account_id)


@router.get("/staff/me/second-factor")
async def read_second_factor(session: SessionDep, actor: Own) -> TotpRead:
    """Return whether the caller's account has the second factor."""
    return await second_factor.read_totp(session, actor=actor)


@router.post("/staff/me/second-factor", status_code=201)
async def begin_second_factor(
    session: SessionDep, actor: Own, body: TotpBegin, context: Context
) -> TotpBegunRead:
    """Make a secret for the caller's device."""
    return await second_factor.begin_totp(session, actor=actor, context=context, asked=body)


@router.post("/staff/me/second-factor/confirm")
async def confirm_second_factor(
    session: SessionDep, actor: Own, body: TotpConfirm, context: Context
) -> RecoveryCodesRead:
    """Let it count, with a first code of the device; the recovery codes are shown this once."""
    return await second_factor.confirm_totp(session, actor=actor, context=context, asked=body)


@router.post("/staff/me/second-factor/remove")
async def remove_second_factor(
    session: SessionDep, actor: Own, body: TotpRemove, context: Context
) -> TotpRead:
    """Go back to SMS codes."""
    return await second_factor.remove_totp(session, actor=actor, context=context, asked=body)
