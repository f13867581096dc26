"""HTTP of the counter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires, requires_any

from ..auth import COLLECT, JOIN, MANAGE
from ..rewards.reading import opened
from ..rewards.schemas import CollectionRead, RewardRead, RewardSealed
from . import service, syncing
from .rules import Outcome
from .schemas import (
    CollectHere,
    LookRequest,
    ManifestRead,
    PassRead,
    PosterRead,
    ScanRead,
    ScansTaken,
    ScansWrite,
)

router = APIRouter(tags=["counter"])
Participant = Annotated[Actor, requires(JOIN)]
Counter = Annotated[Actor, requires(COLLECT)]


@router.get("/rewards/{reward_id}/pass")
async def show_pass(session: SessionDep, actor: Participant, keys: KeysDep, reward_id: UUID) -> PassRead:
    """出示领取码：两分钟有效的签名二维码内容，工作人员扫码领取。"""
    return await service.show_pass(session, actor=actor, keys=keys, reward_id=reward_id)


@router.post("/rewards/{reward_id}/collect-here")
async def collect_here(
    session: SessionDep,
    actor: Participant,
    keys: KeysDep,
    reward_id: UUID,
    body: CollectHere,
    once: OnceDep,
) -> RewardRead:
    """扫一扫领取：会员在现场扫服务台的二维码，即登记领取。"""
    reward = await once.run(
        session,
        caller=str(actor.id),
        answer=RewardSealed,
        work=lambda: service.collect_here(
            session, actor=actor, keys=keys, reward_id=reward_id, token=body.token
        ),
    )
    return opened(reward, keys)


@router.get("/counter/manifest")
async def read_manifest(session: SessionDep, actor: Counter, keys: KeysDep) -> ManifestRead:
    """核销端离线资料：验签公钥和可核销的活动；断网时用公钥核对领取码。"""
    return await service.read_manifest(session, actor=actor, keys=keys)


@router.get("/counter/campaigns/{campaign_id}/poster")
async def show_poster(session: SessionDep, actor: Counter, keys: KeysDep, campaign_id: UUID) -> PosterRead:
    """服务台二维码内容：会员用“扫一扫”领取；两分钟有效，屏幕定时刷新。"""
    return await service.show_poster(session, actor=actor, keys=keys, campaign_id=campaign_id)


@router.post("/counter/look")
async def look_at_pass(
    session: SessionDep, actor: Counter, keys: KeysDep, body: LookRequest
) -> CollectionRead:
    """查验领取码：是谁的、什么活动、是否已领取；不登记。"""
    return await service.look_at_pass(session, actor=actor, keys=keys, token=body.token)


@router.get("/counter/bookings/{number}")
async def look_at_number(
    session: SessionDep,
    actor: Counter,
    keys: KeysDep,
    number: Annotated[str, Path(pattern=r"^[0-9]{10}$", description="预定号")],
) -> CollectionRead:
    """按预定号查询：会员无法出示领取码时，核对证件后用。"""
    return await service.look_at_number(session, actor=actor, keys=keys, number=number)


@router.post("/counter/scans")
async def take_scans(
    session: SessionDep, actor: Counter, keys: KeysDep, body: ScansWrite, once: OnceDep
) -> ScansTaken:
    """登记扫码领取：在线逐条或断网后批量上传；重发不重复登记，重复领取逐条报告。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ScansTaken,
        work=lambda: syncing.take_scans(session, actor=actor, keys=keys, body=body),
    )


@router.get("/counter/scans")
async def list_scans(
    session: SessionDep,
    actor: Annotated[Actor, requires_any(COLLECT, MANAGE)],
    keys: KeysDep,
    cursor: CursorDep,
    outcome: Annotated[Outcome | None, Query(description="double 只看重复领取")] = None,
) -> Page[ScanRead]:
    """扫码记录：最新的在前；outcome=double 为需要核对的重复领取。"""
    return await syncing.list_scans(session, actor=actor, keys=keys, cursor=cursor, outcome=outcome)


@router.post("/rewards/{reward_id}/collect")
async def collect_reward(
    session: SessionDep, actor: Counter, keys: KeysDep, reward_id: UUID, once: OnceDep
) -> CollectionRead:
    """核销：现场工作人员核对身份后确认已领取。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CollectionRead,
        work=lambda: service.collect_reward(session, actor=actor, keys=keys, reward_id=reward_id),
    )
