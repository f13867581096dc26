"""HTTP of templates."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import SessionDep, requires

from ..auth import MANAGE_TEMPLATES
from . import service
from .schemas import Audience, Channel, PreviewRequest, TemplateHistory, TemplateList, TemplatePreview

router = APIRouter(prefix="/templates", tags=["templates"])
Reader = Annotated[Actor, requires(MANAGE_TEMPLATES)]
EVENT = Query(max_length=80, description="事件，例如 claims.payout_completed")


@router.get("")
async def list_templates(
    session: SessionDep, actor: Reader, event: Annotated[str | None, EVENT] = None
) -> TemplateList:
    """配置包里的消息模板和各事件可用的变量；修改模板请发布新版配置包。"""
    return await service.list_templates(session, event=event)


@router.post("/preview")
async def preview_template(session: SessionDep, actor: Reader, body: PreviewRequest) -> TemplatePreview:
    """用样例值（或给定的值）预览一条消息；也可以试一段新的文字，变量写错会指出。"""
    return await service.preview_template(session, body=body)


@router.get("/history")
async def read_history(
    session: SessionDep, actor: Reader, event: Annotated[str, EVENT], to: Audience, channel: Channel
) -> TemplateHistory:
    """一个模板在各版配置包里的变化，新的在前。"""
    return await service.read_history(session, event=event, to=to, channel=channel)
