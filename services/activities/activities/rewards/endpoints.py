"""HTTP of rewards."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, status

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import COLLECT, JOIN
from . import service
from .schemas import CollectionRead, RewardRead, RewardSealed

router = APIRouter(tags=["rewards"])
Participant = Annotated[Actor, requires(JOIN)]


@router.post("/campaigns/{campaign_id}/rewards", status_code=status.HTTP_201_CREATED)
async def receive_reward(
    session: SessionDep, actor: Participant, keys: KeysDep, campaign_id: UUID, once: OnceDep
) -> RewardRead:
    """领取电子码；同一请求重发得到同一个码。"""
    reward = await once.run(
        session,
        caller=str(actor.id),
        answer=RewardSealed,
        work=lambda: service.receive_reward(session, actor=actor, campaign_id=campaign_id),
    )
    return service.opened(reward, keys)


@router.get("/rewards")
async def list_rewards(
    session: SessionDep,
    actor: Participant,
    keys: KeysDep,
    cursor: CursorDep,
    state: Annotated[
        Literal["issued", "collected"] | None, Query(description="issued 待领取，collected 已领取")
    ] = None,
) -> Page[RewardRead]:
    """我的活动奖励：最新的在前。"""
    return await service.list_rewards(session, actor=actor, keys=keys, cursor=cursor, state=state)


@router.post("/rewards/{reward_id}/collect")
async def collect_reward(
    session: SessionDep, actor: Annotated[Actor, requires(COLLECT)], reward_id: UUID, once: OnceDep
) -> CollectionRead:
    """核销：现场工作人员确认已领取。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CollectionRead,
        work=lambda: service.collect_reward(session, actor=actor, reward_id=reward_id),
    )
