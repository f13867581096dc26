"""HTTP of bulk messages; they are begun by a proposal `bulk_message.send` under /proposals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.http import CursorDep, OnceDep, Page, SessionDep, requires, requires_any

from ..auth import APPROVE_BULK, PROPOSE_BULK
from . import service
from .schemas import BulkContent, BulkDetail, BulkRead, Estimate

router = APIRouter(prefix="/bulk-messages", tags=["bulk messages"])
Proposer = Annotated[Actor, requires(PROPOSE_BULK)]
Either = Annotated[Actor, requires_any(PROPOSE_BULK, APPROVE_BULK)]


@router.post("/estimate")
async def estimate(session: SessionDep, actor: Either, body: BulkContent) -> Estimate:
    """估算接收人数和短信费用，不发送。发送须提出 bulk_message.send（POST /proposals），由另一人复核。"""
    return await service.estimate(session, actor=actor, body=body)


@router.get("")
async def list_bulk(session: SessionDep, actor: Either, cursor: CursorDep) -> Page[BulkRead]:
    """群发消息，新的在前。"""
    return await service.list_bulk(session, actor=actor, cursor=cursor)


@router.get("/{bulk_id}")
async def read_bulk(session: SessionDep, actor: Either, bulk_id: UUID) -> BulkDetail:
    """一次群发的内容、进度和发送情况。"""
    return await service.read_bulk(session, actor=actor, bulk_id=bulk_id)


@router.post("/{bulk_id}/stop")
async def stop_bulk(session: SessionDep, actor: Either, bulk_id: UUID, once: OnceDep) -> BulkDetail:
    """停止群发：不再告知其他人，尚未发出的不再发送；已发出的不能撤回。任何一位有权限的人都可以停止。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BulkDetail,
        work=lambda: service.stop_bulk(session, actor=actor, bulk_id=bulk_id),
    )
