"""Asking for verification codes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from common.auth import Actor
from common.http import PublicSessionDep, ServiceContext, SessionDep, context_of, requires, tenant_of

from ..address import address_of
from ..auth import MEMBER_OWN
from . import service
from .captcha import new_captcha
from .schemas import (
    CaptchaCreate,
    CaptchaRead,
    OwnCodeCreate,
    VerificationCodeCreate,
    VerificationCodeRead,
)

router = APIRouter(tags=["sign-in"])
Context = Annotated[ServiceContext, Depends(context_of)]


@router.post("/verification-codes", status_code=201)
async def request_code(
    session: PublicSessionDep, body: VerificationCodeCreate, context: Context, request: Request
) -> VerificationCodeRead:
    """Send a code by SMS; valid for five minutes, five tries, one use."""
    return await service.request_code(session, context=context, asked=body, address=address_of(request))


@router.post("/captchas", status_code=201)
async def make_captcha(
    body: CaptchaCreate, context: Context, tenant_id: Annotated[UUID, Depends(tenant_of)], request: Request
) -> CaptchaRead:
    """Make a picture to read or a sound to hear; it is good for one answer."""
    return await new_captcha(context, tenant_id=tenant_id, kind=body.kind, address=address_of(request))


@router.post("/accounts/me/verification-codes", status_code=201)
async def request_own_code(
    session: SessionDep,
    body: OwnCodeCreate,
    context: Context,
    actor: Annotated[Actor, requires(MEMBER_OWN)],
    request: Request,
) -> VerificationCodeRead:
    """Send a code to the account's own mobile, or to the one it is to change to."""
    return await service.request_own_code(
        session, context=context, actor=actor, asked=body, address=address_of(request)
    )
