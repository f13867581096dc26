"""HTTP of campaigns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, status

from common.auth import Actor
from common.http import CursorDep, OnceDep, Page, SessionDep, requires

from ..auth import JOIN, MANAGE
from . import service
from .schemas import CampaignCreate, CampaignOffer, CampaignRead

router = APIRouter(tags=["campaigns"])
Manager = Annotated[Actor, requires(MANAGE)]
Participant = Annotated[Actor, requires(JOIN)]


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
async def list_campaigns(session: SessionDep, actor: Manager, cursor: CursorDep) -> Page[CampaignRead]:
    """全部活动及电子码库存：最新的在前。"""
    return await service.list_campaigns(session, actor=actor, cursor=cursor)


@router.post("/campaigns/{campaign_id}/publish")
async def publish_campaign(session: SessionDep, actor: Manager, campaign_id: UUID) -> CampaignRead:
    """发布活动：会员从开始日起可以领取。"""
    return await service.publish_campaign(session, actor=actor, campaign_id=campaign_id)


@router.get("/campaigns")
async def list_offers(session: SessionDep, actor: Participant, cursor: CursorDep) -> Page[CampaignOffer]:
    """正在进行的活动：是否还有、我领了几份。"""
    return await service.list_offers(session, actor=actor, cursor=cursor)
