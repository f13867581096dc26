"""HTTP of statistics."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires
from common.tasks import TaskRead

from ..auth import MANAGE
from . import service
from .export import EXPORT_KIND
from .schemas import StatisticsRead

router = APIRouter(tags=["statistics"])
Manager = Annotated[Actor, requires(MANAGE)]


@router.get("/campaigns/{campaign_id}/statistics")
async def read_statistics(
    session: SessionDep,
    actor: Manager,
    campaign_id: UUID,
    since: Annotated[date | None, Query(description="起始日（含）")] = None,
    until: Annotated[date | None, Query(description="截止日（含）")] = None,
) -> StatisticsRead:
    """活动统计：参与、通过、发放、预定、领取等，合计、按日、按单位；由事件实时累计。"""
    return await service.read_statistics(
        session, actor=actor, campaign_id=campaign_id, since=since, until=until
    )


@router.post("/campaigns/{campaign_id}/statistics/export", status_code=status.HTTP_202_ACCEPTED)
async def export_statistics(
    session: SessionDep, actor: Manager, keys: KeysDep, campaign_id: UUID, once: OnceDep
) -> TaskRead:
    """导出活动统计（xlsx，按日和单位）：后台处理，完成后在任务中下载。"""

    async def work() -> TaskRead:
        task = await service.request_export(session, actor=actor, keys=keys, campaign_id=campaign_id)
        return TaskRead.of(task, title=EXPORT_KIND.title)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)
