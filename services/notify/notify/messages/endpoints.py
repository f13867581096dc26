"""HTTP of messages."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, KeysDep, Page, SessionDep, requires

from ..auth import READ_DELIVERIES, READ_OWN
from . import service
from .schemas import DeliveryCounts, DeliveryRead, MessageRead, ReadAll, UnreadCount

router = APIRouter(tags=["messages"])
Owner = Annotated[Actor, requires(READ_OWN)]
Auditor = Annotated[Actor, requires(READ_DELIVERIES)]


@router.get("/messages")
async def list_messages(
    session: SessionDep,
    actor: Owner,
    keys: KeysDep,
    cursor: CursorDep,
    unread: Annotated[bool, Query(description="只看未读")] = False,
) -> Page[MessageRead]:
    """我的消息：最新的在前。"""
    return await service.list_messages(session, actor=actor, keys=keys, cursor=cursor, unread=unread)


@router.get("/messages/unread-count")
async def count_unread(session: SessionDep, actor: Owner) -> UnreadCount:
    """未读消息数。"""
    return await service.count_unread(session, actor=actor)


@router.post("/messages/read-all")
async def read_all(session: SessionDep, actor: Owner) -> ReadAll:
    """全部标为已读。"""
    return await service.read_all(session, actor=actor)


@router.get("/messages/{message_id}")
async def show_message(session: SessionDep, actor: Owner, keys: KeysDep, message_id: UUID) -> MessageRead:
    """一条消息的内容，不改变已读状态。"""
    return await service.show_message(session, actor=actor, keys=keys, message_id=message_id)


@router.post("/messages/{message_id}/read")
async def read_message(session: SessionDep, actor: Owner, keys: KeysDep, message_id: UUID) -> MessageRead:
    """打开一条消息并标为已读；重复打开结果相同。"""
    return await service.read_message(session, actor=actor, keys=keys, message_id=message_id)


@router.get("/deliveries")
async def list_deliveries(
    session: SessionDep,
    actor: Auditor,
    keys: KeysDep,
    cursor: CursorDep,
    state: Annotated[
        Literal["queued", "sent", "failed"] | None, Query(description="queued 待发，sent 已发，failed 失败")
    ] = None,
    channel: Annotated[Literal["sms", "inapp", "wechat"] | None, Query(description="渠道")] = None,
    template: Annotated[
        str | None, Query(max_length=80, description="事件，例如 claims.payout_completed")
    ] = None,
) -> Page[DeliveryRead]:
    """消息发送情况：手机号打码，不显示内容。"""
    return await service.list_deliveries(
        session, actor=actor, keys=keys, cursor=cursor, state=state, channel=channel, template=template
    )


@router.get("/deliveries/summary")
async def count_deliveries(
    session: SessionDep, actor: Auditor, days: Annotated[int, Query(ge=1, le=90)] = 7
) -> DeliveryCounts:
    """最近几天各渠道、各状态的消息数。"""
    return await service.count_deliveries(session, actor=actor, days=days)
