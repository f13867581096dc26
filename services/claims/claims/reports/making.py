"""Makes a report in the background: figures, workbook and PDF, and who is told, exactly once."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from common.clock import BUSINESS_ZONE, now
from common.contracts.pack import TenantPack
from common.contracts.reports import ReportReady
from common.events import emit
from common.printing import print_pdf
from common.sheets import BookSheet, write_book
from common.tasks import TaskKind, TaskRun
from common.tasks.files import TaskFiles
from common.tenancy import pack_of_version
from common.text import Text

from ..auth import READ_STATISTICS
from .models import ReportFile, ReportRun
from .repository import ReportRepository
from .rules import Period
from .sections import Asked, Section, branch_of, sections_of
from .service import MAKE

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
FORMATS = ("xlsx", "pdf")


async def make_report(run: TaskRun) -> None:
    """Make the files of a report; a run that died begins anew, and one that is ready stays as it is."""
    run_id = UUID(run.parameters["run_id"])
    async with run.transaction() as session:
        report = await ReportRepository(session, run.tenant_id).find(ReportRun, run_id)
        if report is None or report.made_at is not None:
            return
        period = Period(report.first_day, report.last_day)
        pack = await pack_of_version(session, report.pack_version)
        asked = Asked(session, run.actor, period, pack)
        sections = await sections_of(asked, pack.report(report.report).figures)
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="huzhu-report-"))
    try:
        await _write(folder, report, period, pack, sections)
        files = [await _stored(run, report, folder / f"report.{form}", form) for form in FORMATS]
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, True)
    await _tell(run, run_id, files)


async def _write(
    folder: Path, report: ReportRun, period: Period, pack: TenantPack, sections: list[Section]
) -> None:
    sheets = [BookSheet(part.title, part.headings, part.rows, part.note) for part in sections]
    await asyncio.to_thread(write_book, folder / "report.xlsx", sheets)
    scope = branch_of(pack, report.scope) or pack.tenant.name.zh
    data = {
        "title": report.title,
        "issuer": pack.tenant.name.zh,
        "period": period.words,
        "scope": scope,
        "made": f"{now().astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}",
        "sections": [_printed(part) for part in sections],
    }
    (folder / "report.pdf").write_bytes(await print_pdf(TEMPLATE, data))


def _printed(section: Section) -> dict[str, Any]:
    columns = [str(number) for number in range(len(section.headings))]
    right = [any(not isinstance(row[n], str) for row in section.rows) for n in range(len(columns))]
    return {
        "title": section.title,
        "note": section.note,
        "columns": [
            {"key": key, "heading": heading, "right": number}
            for key, heading, number in zip(columns, section.headings, right, strict=True)
        ],
        "rows": [{key: str(cell) for key, cell in zip(columns, row, strict=True)} for row in section.rows],
    }


async def _stored(run: TaskRun, report: ReportRun, path: Path, form: str) -> ReportFile:
    """Seal a file into the store, under a name of this attempt's own: one that comes late overwrites nothing."""
    name = f"{report.folder}/{run.lease}.{form}"
    key = await TaskFiles.of(run.context).write(name, path)
    size = (await asyncio.to_thread(path.stat)).st_size
    sealed = run.keys.seal_bytes(key, context="report.key")
    return ReportFile(run_id=report.id, format=form, object_name=name, key=sealed, size=size)


async def _tell(run: TaskRun, run_id: UUID, files: list[ReportFile]) -> None:
    """Files, state and event in one transaction, under the task's lease."""
    async with run.chunk() as chunk:
        repository = ReportRepository(chunk.session, run.tenant_id)
        report = await repository.find(ReportRun, run_id, lock=True)
        if report is not None and report.made_at is None:
            repository.add_all(files)
            report.ready()
            accounts = await repository.subscribers(report.report, report.scope)
            if accounts:
                emit(
                    chunk.session,
                    ReportReady(
                        run_id=run_id, report=report.report, title=report.title, first_day=report.first_day,
                        last_day=report.last_day, account_ids=accounts,
                    ),
                )  # fmt: skip
        chunk.advance(cursor={"ready": True}, done=1, total=1)


MAKING = TaskKind(
    name=MAKE, title=Text("生成统计报表", "Making a report"), permission=READ_STATISTICS, run=make_report
)
