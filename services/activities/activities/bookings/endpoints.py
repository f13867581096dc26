"""HTTP of slots and bookings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status

from common.auth import Actor
from common.clock import now
from common.http import IfMatchDep, KeysDep, OnceDep, SessionDep, requires, requires_any
from common.http.edits import set_etag

from ..auth import COLLECT, JOIN, MANAGE
from ..rewards.reading import opened
from ..rewards.schemas import RewardRead, RewardSealed
from . import planning, service
from .schemas import BookingCreate, BookingMove, SlotEdit, SlotList, SlotRead, SlotsCreate

router = APIRouter(tags=["bookings"])
Participant = Annotated[Actor, requires(JOIN)]
Manager = Annotated[Actor, requires(MANAGE)]


@router.get("/campaigns/{campaign_id}/slots")
async def list_slots(
    session: SessionDep, actor: Annotated[Actor, requires_any(JOIN, MANAGE, COLLECT)], campaign_id: UUID
) -> SlotList:
    """活动的全部预约时段和剩余名额，按时间排列；不分时段的活动只有一项。"""
    return await planning.list_slots(session, actor=actor, campaign_id=campaign_id)


@router.post("/campaigns/{campaign_id}/slots", status_code=status.HTTP_201_CREATED)
async def add_slots(
    session: SessionDep, actor: Manager, campaign_id: UUID, body: SlotsCreate, once: OnceDep
) -> SlotList:
    """添加预约时段（可一次多个）或不分时段的名额；返回全部时段。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=SlotList,
        work=lambda: planning.add_slots(session, actor=actor, campaign_id=campaign_id, slots=body.slots),
    )


@router.put("/campaigns/{campaign_id}/slots/{slot_id}")
async def edit_slot(
    session: SessionDep,
    actor: Manager,
    campaign_id: UUID,
    slot_id: UUID,
    body: SlotEdit,
    version: IfMatchDep,
    response: Response,
) -> SlotRead:
    """修改时段的名额或地点；名额不能少于已预定数。"""
    slot = await planning.edit_slot(
        session, actor=actor, campaign_id=campaign_id, slot_id=slot_id, body=body, version=version
    )
    set_etag(response, slot)
    return planning.read_slot(slot, at=now())


@router.delete("/campaigns/{campaign_id}/slots/{slot_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_slot(
    session: SessionDep, actor: Manager, campaign_id: UUID, slot_id: UUID, version: IfMatchDep
) -> None:
    """删除没有人预定过的时段。"""
    await planning.remove_slot(
        session, actor=actor, campaign_id=campaign_id, slot_id=slot_id, version=version
    )


@router.post("/campaigns/{campaign_id}/bookings", status_code=status.HTTP_201_CREATED)
async def book(
    session: SessionDep,
    actor: Participant,
    keys: KeysDep,
    campaign_id: UUID,
    body: BookingCreate,
    once: OnceDep,
) -> RewardRead:
    """预定名额或时段：返回预定号；到现场出示领取码扫码领取。"""
    reward = await once.run(
        session,
        caller=str(actor.id),
        answer=RewardSealed,
        work=lambda: service.book(
            session, actor=actor, campaign_id=campaign_id, slot_id=body.slot_id, keys=keys
        ),
    )
    return opened(reward, keys)


@router.post("/rewards/{reward_id}/move")
async def move_booking(
    session: SessionDep,
    actor: Participant,
    keys: KeysDep,
    reward_id: UUID,
    body: BookingMove,
    once: OnceDep,
) -> RewardRead:
    """改约到另一时段：新时段有余量才会放回原时段。"""
    reward = await once.run(
        session,
        caller=str(actor.id),
        answer=RewardSealed,
        work=lambda: service.move_booking(session, actor=actor, reward_id=reward_id, slot_id=body.slot_id),
    )
    return opened(reward, keys)


@router.post("/rewards/{reward_id}/cancel")
async def cancel_booking(
    session: SessionDep, actor: Participant, keys: KeysDep, reward_id: UUID, once: OnceDep
) -> RewardRead:
    """取消预定：名额放回；时段开始前可取消。"""
    reward = await once.run(
        session,
        caller=str(actor.id),
        answer=RewardSealed,
        work=lambda: service.cancel_booking(session, actor=actor, reward_id=reward_id),
    )
    return opened(reward, keys)
