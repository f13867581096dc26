"""Sign-in of those who operate the platform."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from common.http import ServiceContext, context_of

from ..address import address_of
from . import service
from .schemas import PlatformSessionCreate, PlatformSessionRead

router = APIRouter(tags=["platform"])


@router.post("/platform/sessions")
async def sign_in_operator(
    body: PlatformSessionCreate, context: Annotated[ServiceContext, Depends(context_of)], request: Request
) -> PlatformSessionRead:
    """Sign in with an operator's secret."""
    return await service.sign_in_operator(context, asked=body, address=address_of(request))
