"""HTTP of campaigns."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from common.auth import Actor
from common.http import CursorDep, IfMatchDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import JOIN, MANAGE
from . import offers, service
from .schemas import CampaignCreate, CampaignDetail, CampaignOffer, CampaignRead, State

router = APIRouter(tags=["campaigns"])
Manager = Annotated[Actor, requires(MANAGE)]
Participant = Annotated[Actor, requires(JOIN)]


def _tagged(response: Response, campaign: CampaignRead) -> CampaignRead:
    response.headers["ETag"] = f'"{campaign.version}"'
    return campaign


@router.post("/campaigns", status_code=status.HTTP_201_CREATED)
async def create_campaign(
    session: SessionDep, actor: Manager, body: CampaignCreate, once: OnceDep
) -> CampaignRead:
    """新建活动（草稿）。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CampaignRead,
        work=lambda: service.create_campaign(session, actor=actor, body=body),
    )


@router.get("/campaigns/managed")
async def list_campaigns(
    session: SessionDep,
    actor: Manager,
    cursor: CursorDep,
    state: Annotated[
        State | None, Query(description="draft 草稿，published 已发布，paused 暂停，ended 已结束")
    ] = None,
    words: Annotated[str | None, Query(max_length=80, description="标题中的文字")] = None,
) -> Page[CampaignRead]:
    """本人管理范围内的活动及库存、名额：最新的在前。"""
    return await service.list_campaigns(session, actor=actor, cursor=cursor, state=state, words=words)


@router.get("/campaigns/managed/{campaign_id}")
async def read_campaign(
    session: SessionDep, actor: Manager, campaign_id: UUID, response: Response
) -> CampaignRead:
    """一个活动的全部设置及库存、名额（管理）。"""
    return _tagged(response, await service.read_campaign(session, actor=actor, campaign_id=campaign_id))


@router.put("/campaigns/{campaign_id}")
async def edit_campaign(
    session: SessionDep,
    actor: Manager,
    campaign_id: UUID,
    body: CampaignCreate,
    version: IfMatchDep,
    response: Response,
) -> CampaignRead:
    """修改活动：草稿可全部修改；发布后只能改标题、说明、地点、结束时间、最后使用日期、提醒数和参与条件。"""
    campaign = await service.edit_campaign(
        session, actor=actor, campaign_id=campaign_id, body=body, version=version
    )
    return _tagged(response, campaign)


@router.delete("/campaigns/{campaign_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_draft(session: SessionDep, actor: Manager, campaign_id: UUID, version: IfMatchDep) -> None:
    """删除草稿。"""
    await service.delete_draft(session, actor=actor, campaign_id=campaign_id, version=version)


@router.post("/campaigns/{campaign_id}/publish")
async def publish_campaign(session: SessionDep, actor: Manager, campaign_id: UUID) -> CampaignRead:
    """发布活动：会员从开始时刻起可以参加。须已有电子码、名额或题目。"""
    return await service.publish_campaign(session, actor=actor, campaign_id=campaign_id)


@router.post("/campaigns/{campaign_id}/pause")
async def pause_campaign(session: SessionDep, actor: Manager, campaign_id: UUID) -> CampaignRead:
    """暂停活动：不能再进入或领取，正在答的题可以答完。"""
    return await service.pause_campaign(session, actor=actor, campaign_id=campaign_id)


@router.post("/campaigns/{campaign_id}/resume")
async def resume_campaign(session: SessionDep, actor: Manager, campaign_id: UUID) -> CampaignRead:
    """恢复已暂停的活动。"""
    return await service.resume_campaign(session, actor=actor, campaign_id=campaign_id)


@router.post("/campaigns/{campaign_id}/end")
async def end_campaign(session: SessionDep, actor: Manager, campaign_id: UUID) -> CampaignRead:
    """提前结束活动：不可恢复；已预定的仍可领取。"""
    return await service.end_campaign(session, actor=actor, campaign_id=campaign_id)


@router.get("/campaigns")
async def list_offers(
    session: SessionDep,
    actor: Participant,
    keys: KeysDep,
    cursor: CursorDep,
    scope: Annotated[
        Literal["mine", "all"],
        Query(description="mine 我能参与（正在进行且符合条件），all 全部（含未开始、已结束和不符合条件的）"),
    ] = "mine",
) -> Page[CampaignOffer]:
    """会员活动：我能参与或全部；是否还有、本人领了几份、答题进度、不符合条件的原因。"""
    return await offers.list_offers(session, actor=actor, keys=keys, cursor=cursor, scope=scope)


@router.get("/campaigns/{campaign_id}")
async def read_offer(
    session: SessionDep, actor: Participant, keys: KeysDep, campaign_id: UUID
) -> CampaignDetail:
    """活动详情（会员），含答题规则。"""
    return await offers.read_offer(session, actor=actor, keys=keys, campaign_id=campaign_id)
