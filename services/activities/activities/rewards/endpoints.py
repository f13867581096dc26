"""HTTP of rewards."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import JOIN, MANAGE
from . import service, taking_back
from .reading import opened
from .schemas import RewardManaged, RewardRead, RewardSealed, RewardTakenBack, State

router = APIRouter(tags=["rewards"])
Participant = Annotated[Actor, requires(JOIN)]
Manager = Annotated[Actor, requires(MANAGE)]
StateQuery = Annotated[
    State | None,
    Query(description="issued 已发放或待领取，collected 已领取，cancelled 已取消，revoked 已收回"),
]


@router.post("/campaigns/{campaign_id}/rewards", status_code=status.HTTP_201_CREATED)
async def receive_reward(
    session: SessionDep, actor: Participant, keys: KeysDep, campaign_id: UUID, once: OnceDep
) -> RewardRead:
    """领取电子码：每人一份（或活动规定的份数），领完即止；同一请求重发得到同一个码。有答题的活动须先通过。"""
    reward = await once.run(
        session,
        caller=str(actor.id),
        answer=RewardSealed,
        work=lambda: service.receive_reward(session, actor=actor, campaign_id=campaign_id, keys=keys),
    )
    return opened(reward, keys)


@router.get("/rewards")
async def list_rewards(
    session: SessionDep, actor: Participant, keys: KeysDep, cursor: CursorDep, state: StateQuery = None
) -> Page[RewardRead]:
    """我领取的电子码和预定：最新的在前。"""
    return await service.list_rewards(session, actor=actor, keys=keys, cursor=cursor, state=state)


@router.get("/rewards/{reward_id}")
async def read_reward(session: SessionDep, actor: Participant, keys: KeysDep, reward_id: UUID) -> RewardRead:
    """一份奖励的详情：电子码、预定号、时段和地点。"""
    return await service.read_reward(session, actor=actor, keys=keys, reward_id=reward_id)


@router.get("/campaigns/{campaign_id}/rewards")
async def list_given(
    session: SessionDep,
    actor: Manager,
    keys: KeysDep,
    campaign_id: UUID,
    cursor: CursorDep,
    state: StateQuery = None,
) -> Page[RewardManaged]:
    """发放记录（管理）：姓名打码，电子码只显示尾号，最新的在前。"""
    return await service.list_given(
        session, actor=actor, keys=keys, campaign_id=campaign_id, cursor=cursor, state=state
    )


@router.post("/rewards/{reward_id}/revoke")
async def revoke_reward(
    session: SessionDep,
    actor: Manager,
    keys: KeysDep,
    reward_id: UUID,
    body: RewardTakenBack,
    once: OnceDep,
) -> RewardManaged:
    """收回：电子码作废，预定名额放回，原因告知本人；已领取的不能收回。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=RewardManaged,
        work=lambda: taking_back.revoke_reward(
            session, actor=actor, keys=keys, reward_id=reward_id, reason=body.reason
        ),
    )


@router.post("/rewards/{reward_id}/replace")
async def replace_code(
    session: SessionDep,
    actor: Manager,
    keys: KeysDep,
    reward_id: UUID,
    body: RewardTakenBack,
    once: OnceDep,
) -> RewardManaged:
    """换码：原电子码作废，从库存发一个新的并重新通知本人。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=RewardManaged,
        work=lambda: taking_back.replace_code(
            session, actor=actor, keys=keys, reward_id=reward_id, reason=body.reason
        ),
    )
