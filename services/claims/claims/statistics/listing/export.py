"""The workbook of the list: written some hundred rows at a time, in the order and with the headings of the manual."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from common.clock import BUSINESS_ZONE, today
from common.sheets import Cell, SheetWriter
from common.tasks import TaskKind, TaskRun
from common.tenancy import current_pack

from ...auth import EXPORT_STATISTICS
from .repository import ListingRepository
from .schemas import ClaimQuery, ClaimRow
from .service import EXPORT, EXPORT_TITLE, filter_of, read_row

CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = (
    "理赔编号", "理赔人姓名", "手机号码", "参保项目", "报销险种", "理赔时间", "理赔金额", "申报时间", "完结时间",
    "理赔状态", "备注",
)  # fmt: skip


async def export_claims(run: TaskRun) -> None:
    """Write the claims that whoever asked may see; names in full, for the export is theirs and is audited."""
    query = ClaimQuery.model_validate(run.parameters)
    async with run.result(f"理赔记录-{today():%Y%m%d}.xlsx", XLSX) as path:
        await _write(run, query, path)


async def _write(run: TaskRun, query: ClaimQuery, path: Path) -> None:
    done, after = 0, None
    with SheetWriter(path, sheet="理赔记录", widths=[18.0] * len(HEADINGS)) as sheet:
        sheet.heading(HEADINGS)
        sheet.freeze()
        while rows := await _rows(run, query, after):
            await asyncio.to_thread(_add, sheet, rows)
            done, after = done + len(rows), rows[-1].id
            await run.progress(done=done)


def _add(sheet: SheetWriter, rows: Sequence[ClaimRow]) -> None:
    for row in rows:
        sheet.row(_cells(row))


async def _rows(run: TaskRun, query: ClaimQuery, after: UUID | None) -> list[ClaimRow]:
    async with run.transaction() as session:
        repository = ListingRepository(session, run.tenant_id)
        rows = await repository.rows(run.actor, filter_of(query, run.keys), after=after, most=CHUNK)
        pack = await current_pack(session)
    return await asyncio.to_thread(
        lambda: [read_row(row, pack=pack, keys=run.keys, masked=False, actor=run.actor) for row in rows]
    )


def _cells(row: ClaimRow) -> list[Cell]:
    submitted = row.submitted_at.astimezone(BUSINESS_ZONE) if row.submitted_at else None
    return [
        row.number or "",
        row.name,
        row.mobile,
        row.product,
        row.kind,
        row.event_on.isoformat() if row.event_on else "",
        row.amount if row.amount is not None else "",
        f"{submitted:%Y-%m-%d %H:%M:%S}" if submitted else "",
        row.finished_on.isoformat() if row.finished_on else "",
        row.status_title,
        row.remark,
    ]


CLAIMS_EXPORT = TaskKind(name=EXPORT, title=EXPORT_TITLE, permission=EXPORT_STATISTICS, run=export_claims)
