"""The workbook of a campaign's counts by day and unit, written some hundred rows at a time."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from common.clock import today
from common.errors import NotFound
from common.sheets import SheetWriter
from common.tasks import TaskKind, TaskRun
from common.text import Text

from ..auth import MANAGE
from ..campaigns.repository import CampaignRepository
from ..copies.repository import CopyRepository
from .repository import MEASURES, DayRow, StatisticRepository
from .service import EXPORT, UNKNOWN_UNIT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("日期", "单位", "参与", "答题通过", "答题未通过", "发放", "预定", "领取", "取消", "收回")
CHUNK = 500


async def export_statistics(run: TaskRun) -> None:
    """Write the counts; the last row holds their sums."""
    campaign_id = UUID(run.parameters["campaign_id"])
    async with run.transaction() as session:
        campaign = await CampaignRepository(session, run.tenant_id).managed(run.actor, campaign_id)
    if campaign is None:
        raise NotFound
    done, after, sums = 0, None, dict.fromkeys(MEASURES, 0)
    async with run.result(f"活动统计-{campaign.title}-{today():%Y%m%d}.xlsx", XLSX) as path:
        with SheetWriter(path, sheet="活动统计", widths=[14.0, 32.0, *[10.0] * len(MEASURES)]) as sheet:
            sheet.title(campaign.title, len(HEADINGS))
            sheet.heading(HEADINGS)
            sheet.freeze()
            while rows := await _rows(run, campaign_id, after):
                await asyncio.to_thread(_add, sheet, rows)
                for row, _ in rows:
                    sums = {name: sums[name] + row.counts[name] for name in MEASURES}
                done, after = done + len(rows), (rows[-1][0].day, rows[-1][0].unit_id)
                await run.progress(done=done)
            sheet.row(["合计", "", *(sums[name] for name in MEASURES)])


async def _rows(run: TaskRun, campaign_id: UUID, after: tuple[date, UUID] | None) -> list[tuple[DayRow, str]]:
    async with run.transaction() as session:
        rows = await StatisticRepository(session, run.tenant_id).rows(campaign_id, after=after, most=CHUNK)
        units = await CopyRepository(session, run.tenant_id).units({row.unit_id for row in rows})
    return [(row, units[row.unit_id].name if row.unit_id in units else UNKNOWN_UNIT) for row in rows]


def _add(sheet: SheetWriter, rows: Sequence[tuple[DayRow, str]]) -> None:
    for row, unit in rows:
        sheet.row([row.day.isoformat(), unit, *(row.counts[name] for name in MEASURES)])


EXPORT_KIND = TaskKind(
    EXPORT, Text("导出活动统计", "Export of a campaign's counts"), MANAGE, export_statistics
)
