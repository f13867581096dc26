"""Asking for verification codes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from common.http import PublicSessionDep, ServiceContext, context_of

from ..address import address_of
from . import service
from .schemas import VerificationCodeCreate, VerificationCodeRead

router = APIRouter(tags=["sign-in"])
Context = Annotated[ServiceContext, Depends(context_of)]


@router.post("/verification-codes", status_code=201)
async def request_code(
    session: PublicSessionDep, body: VerificationCodeCreate, context: Context, request: Request
) -> VerificationCodeRead:
    """Send a code by SMS; valid for five minutes, five tries, one use."""
    return await service.request_code(session, context=context, asked=body, address=address_of(request))
