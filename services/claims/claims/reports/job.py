"""The worker's jobs: reports that are due are asked for once per period and scope; old ones go."""

from uuid import UUID

from common.clock import now, today
from common.contracts.pack.reports import Report
from common.http import ServiceContext
from common.tasks.files import TaskFiles
from common.tenancy import current_pack

from .repository import ReportRepository
from .rules import due_periods
from .service import queue

CHUNK = 50


async def make_due_reports(context: ServiceContext, tenant_id: UUID) -> None:
    """Ask for every report that has become due since somebody subscribed to it."""
    async with context.db.transaction(tenant_id) as session:
        pack = await current_pack(session)
        reports: dict[str, Report] = {report.code: report for report in pack.reports}
        if not reports:
            return
        keys = await context.keyring.for_tenant(session)
        for row in await ReportRepository(session, tenant_id).scopes():
            report = reports.get(row.report)
            if report is None:
                continue
            for period in due_periods(report.schedule, since=row.since, moment=now()):
                await queue(
                    session, pack=pack, report=report, period=period, scope=row.scope, tenant_id=tenant_id, keys=keys
                )  # fmt: skip


async def forget_old_reports(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove reports that are no longer kept: their files first, then what is known of them."""
    files = TaskFiles.of(context)
    while True:
        async with context.db.transaction(tenant_id) as session:
            repository = ReportRepository(session, tenant_id)
            runs = await repository.expired(today(), CHUNK)
            for run in runs:
                await files.remove(run.folder)
                await repository.forget(run.id)
        if len(runs) < CHUNK:
            return
