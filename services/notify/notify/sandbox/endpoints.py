"""HTTP of the sandbox: local runs only."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from common.errors import SandboxClosed
from common.http import PublicSessionDep, context_of

from . import service
from .service import SandboxList

router = APIRouter(tags=["sandbox"])


@router.get("/sandbox/messages")
async def list_sandbox_messages(
    request: Request, session: PublicSessionDep, mobile: Annotated[str | None, Query(max_length=20)] = None
) -> SandboxList:
    """本机试运行时“发出”的消息；其他环境没有此地址。"""
    context = context_of(request)
    if context.settings.environment != "local":
        raise SandboxClosed
    keys = await context.keyring.for_tenant(session)
    return await service.list_messages(session, keys=keys, mobile=mobile)
