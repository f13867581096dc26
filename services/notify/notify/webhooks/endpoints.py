"""HTTP of webhooks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from common.auth import Actor
from common.http import ContextDep, CursorDep, IfMatchDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import MANAGE_WEBHOOKS
from . import service
from .schemas import (
    DeliveryState,
    EndpointCreate,
    EndpointEdit,
    EndpointRead,
    EndpointSecret,
    EventTypeList,
    Replayed,
    ReplayRange,
    Resume,
    WebhookDeliveryListed,
    WebhookDeliveryRead,
)

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
Owner = Annotated[Actor, requires(MANAGE_WEBHOOKS)]


@router.get("/event-types")
async def list_event_types(actor: Owner) -> EventTypeList:
    """可以接收的事件及其字段。"""
    return service.list_event_types()


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_endpoint(
    session: SessionDep, actor: Owner, keys: KeysDep, context: ContextDep, body: EndpointCreate, once: OnceDep
) -> EndpointSecret:
    """登记接收地址。签名密钥只在这次返回；请求按 Standard Webhooks 规范签名（webhook-signature 等三个头）。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=EndpointSecret,
        work=lambda: service.create_endpoint(session, actor=actor, keys=keys, context=context, body=body),
    )


@router.get("")
async def list_endpoints(session: SessionDep, actor: Owner, cursor: CursorDep) -> Page[EndpointRead]:
    """接收地址：经办人看到本单位的，全市工作人员看到全部。"""
    return await service.list_endpoints(session, actor=actor, cursor=cursor)


@router.get("/{endpoint_id}")
async def read_endpoint(session: SessionDep, actor: Owner, endpoint_id: UUID) -> EndpointRead:
    """一个接收地址的设置和状态。"""
    return await service.read_endpoint(session, actor=actor, endpoint_id=endpoint_id)


@router.put("/{endpoint_id}")
async def edit_endpoint(
    session: SessionDep,
    actor: Owner,
    context: ContextDep,
    endpoint_id: UUID,
    body: EndpointEdit,
    version: IfMatchDep,
) -> EndpointRead:
    """修改地址、名称或接收的事件。"""
    return await service.edit_endpoint(
        session, actor=actor, context=context, endpoint_id=endpoint_id, version=version, body=body
    )


@router.delete("/{endpoint_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_endpoint(session: SessionDep, actor: Owner, endpoint_id: UUID, version: IfMatchDep) -> None:
    """删除接收地址及其发送记录。"""
    await service.remove_endpoint(session, actor=actor, endpoint_id=endpoint_id, version=version)


@router.post("/{endpoint_id}/pause")
async def pause_endpoint(session: SessionDep, actor: Owner, endpoint_id: UUID) -> EndpointRead:
    """暂停发送；期间的事件保留。"""
    return await service.pause_endpoint(session, actor=actor, endpoint_id=endpoint_id)


@router.post("/{endpoint_id}/resume")
async def resume_endpoint(session: SessionDep, actor: Owner, endpoint_id: UUID, body: Resume) -> EndpointRead:
    """恢复发送（暂停或因长期失败停用之后），可同时补发保留的事件。"""
    return await service.resume_endpoint(
        session, actor=actor, endpoint_id=endpoint_id, deliver_held=body.deliver_held
    )


@router.post("/{endpoint_id}/secret")
async def replace_secret(
    session: SessionDep, actor: Owner, keys: KeysDep, endpoint_id: UUID, once: OnceDep
) -> EndpointSecret:
    """更换签名密钥：新密钥只显示这一次，24 小时内新旧密钥同时签名。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=EndpointSecret,
        work=lambda: service.replace_secret(session, actor=actor, keys=keys, endpoint_id=endpoint_id),
    )


@router.post("/{endpoint_id}/test")
async def test_endpoint(session: SessionDep, actor: Owner, endpoint_id: UUID, once: OnceDep) -> Replayed:
    """发送一个 webhook.ping 试一试，结果看发送记录。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=Replayed,
        work=lambda: service.test_endpoint(session, actor=actor, endpoint_id=endpoint_id),
    )


@router.get("/{endpoint_id}/deliveries")
async def list_deliveries(
    session: SessionDep,
    actor: Owner,
    endpoint_id: UUID,
    cursor: CursorDep,
    state: DeliveryState | None = None,
    kind: Annotated[str | None, Query(alias="type", max_length=80, description="事件类型")] = None,
) -> Page[WebhookDeliveryListed]:
    """发送记录（保留 30 天），新的在前。"""
    return await service.list_deliveries(
        session, actor=actor, endpoint_id=endpoint_id, cursor=cursor, state=state, kind=kind
    )


@router.get("/{endpoint_id}/deliveries/{delivery_id}")
async def read_delivery(
    session: SessionDep, actor: Owner, endpoint_id: UUID, delivery_id: UUID
) -> WebhookDeliveryRead:
    """一次发送的内容和历次尝试。"""
    return await service.read_delivery(session, actor=actor, endpoint_id=endpoint_id, delivery_id=delivery_id)


@router.post("/{endpoint_id}/deliveries/{delivery_id}/replay")
async def replay_delivery(
    session: SessionDep, actor: Owner, endpoint_id: UUID, delivery_id: UUID
) -> WebhookDeliveryListed:
    """重发一条，webhook-id 不变。"""
    return await service.replay_delivery(
        session, actor=actor, endpoint_id=endpoint_id, delivery_id=delivery_id
    )


@router.post("/{endpoint_id}/replay")
async def replay_range(
    session: SessionDep, actor: Owner, endpoint_id: UUID, body: ReplayRange, once: OnceDep
) -> Replayed:
    """重发一段时间内的事件，webhook-id 不变，接收方据此去重。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=Replayed,
        work=lambda: service.replay_range(session, actor=actor, endpoint_id=endpoint_id, body=body),
    )
