"""Use cases of statistics."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.tasks import Task, request_task

from ..campaigns.service import managed
from ..copies.repository import CopyRepository
from .models import NO_UNIT
from .repository import StatisticRepository
from .schemas import Counts, DayCounts, StatisticsRead, UnitCounts

EXPORT = "campaign.statistics"
UNKNOWN_UNIT = "单位未登记"


async def count(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    campaign_id: UUID,
    unit_id: UUID | None,
    day: date,
    measure: str,
) -> None:
    """Add one to a counter."""
    await StatisticRepository(session, tenant_id).count(
        campaign_id=campaign_id, unit_id=unit_id, day=day, measure=measure
    )


async def read_statistics(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, since: date | None, until: date | None
) -> StatisticsRead:
    """统计: a campaign's counts in a period, in all, by day and by unit."""
    campaign = await managed(session, actor, campaign_id)
    counters = StatisticRepository(session, actor.tenant_id)
    ((_, total),) = await counters.sums(campaign_id, by=None, since=since, until=until)
    days = await counters.sums(campaign_id, by="day", since=since, until=until)
    units = await counters.sums(campaign_id, by="unit", since=since, until=until)
    names = await CopyRepository(session, actor.tenant_id).units(unit for unit, _ in units)
    return StatisticsRead(
        campaign_id=campaign_id,
        title=campaign.title,
        total=Counts(**total),
        days=[DayCounts(day=day, **counts) for day, counts in days],
        units=[
            UnitCounts(
                unit_id=None if unit == NO_UNIT else unit,
                unit_name=names[unit].name if unit in names else UNKNOWN_UNIT,
                **counts,
            )
            for unit, counts in units
        ],
    )


async def request_export(session: AsyncSession, *, actor: Actor, keys: TenantKeys, campaign_id: UUID) -> Task:
    """导出统计: ask for the workbook of a campaign's counts by day and unit."""
    await managed(session, actor, campaign_id)
    return await request_task(
        session, actor=actor, kind=EXPORT, parameters={"campaign_id": campaign_id}, keys=keys
    )
