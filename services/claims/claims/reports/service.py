"""Use cases of reports: what there is, subscribe, make one now, look and download."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.auth.scope import sees_whole_tenant
from common.clock import today
from common.contracts.pack import TenantPack
from common.contracts.pack.reports import Report
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.ids import new_id
from common.tasks import request_task
from common.tasks.downloads import TaskFile
from common.tenancy import current_pack
from common.text import Text

from ..auth import READ_STATISTICS
from .errors import BeforeRecords, PeriodOpen, ReportForStaff, ReportNotReady, ReportUnknown
from .models import ReportFile, ReportRun
from .repository import ReportRepository
from .rules import Period, period_of
from .schemas import ReportFileRead, ReportRead, ReportRunRead

MAKE = "reports.make"
WHOLE = "/"
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
WEEKDAYS = "一二三四五六日"
FIGURE_TITLES = {
    "summary": Text("概况", "summary"),
    "enrolment_by_unit": Text("单位参保情况", "enrolment by unit"),
    "contributions": Text("互助金收支", "contributions"),
    "claims": Text("理赔情况", "claims"),
    "time_to_payout": Text("给付时效", "time to payout"),
    "backlog": Text("各节点待办", "backlog by node"),
    "funds": Text("基金余额", "fund balances"),
}


def scope_of(actor: Actor) -> str:
    """Return the scope of a member of staff; ReportForStaff for anybody else."""
    if actor.kind is not ActorKind.STAFF:
        raise ReportForStaff
    return WHOLE if sees_whole_tenant(actor) else actor.org_path


def _report(pack: TenantPack, code: str) -> Report:
    try:
        return pack.report(code)
    except KeyError:
        raise ReportUnknown(report=code) from None


async def list_reports(session: AsyncSession, *, actor: Actor) -> list[ReportRead]:
    """Return the union's reports and which of them the caller subscribes to."""
    scope = scope_of(actor)
    repository = ReportRepository(session, actor.tenant_id)
    await repository.follow_scope(actor.id, scope)
    mine = await repository.subscribed(actor.id)
    return [_read(report, report.code in mine) for report in (await current_pack(session)).reports]


def _read(report: Report, subscribed: bool) -> ReportRead:
    return ReportRead(
        code=report.code,
        title=report.title.text().in_language(),
        figures=[FIGURE_TITLES[figure].in_language() for figure in report.figures],
        every=report.schedule.every,
        schedule=_words(report).in_language(),
        keep_days=report.keep_days,
        subscribed=subscribed,
    )


def _words(report: Report) -> Text:
    schedule = report.schedule
    if schedule.every == "day":
        return Text(f"每天 {schedule.at}", f"every day at {schedule.at}")
    if schedule.every == "week":
        day = WEEKDAYS[(schedule.weekday or 1) - 1]
        return Text(f"每周{day} {schedule.at}", f"day {schedule.weekday} of every week at {schedule.at}")
    return Text(
        f"每月 {schedule.day} 日 {schedule.at}", f"day {schedule.day} of every month at {schedule.at}"
    )


async def subscribe(session: AsyncSession, *, actor: Actor, code: str) -> ReportRead:
    """Tell the caller of a report from now on; again changes nothing."""
    scope = scope_of(actor)
    report = _report(await current_pack(session), code)
    await ReportRepository(session, actor.tenant_id).subscribe(code, actor.id, scope)
    await record(session, actor_id=actor.id, action="report.subscribed", subject=f"report:{code}")
    return _read(report, subscribed=True)


async def unsubscribe(session: AsyncSession, *, actor: Actor, code: str) -> None:
    """Tell the caller no longer, also of what the pack has dropped; ReportUnknown for what never was."""
    scope_of(actor)
    if not await ReportRepository(session, actor.tenant_id).unsubscribe(code, actor.id):
        _report(await current_pack(session), code)


async def queue(
    session: AsyncSession,
    *,
    pack: TenantPack,
    report: Report,
    period: Period,
    scope: str,
    tenant_id: UUID,
    keys: TenantKeys,
) -> ReportRun | None:
    """Ask for a report of a period and scope, once whoever asks; None if it is being made or there already."""
    repository = ReportRepository(session, tenant_id)
    run_id = await repository.take(
        {
            "report": report.code, "title": report.title.zh, "scope": scope, "first_day": period.first,
            "last_day": period.last, "pack_version": pack.version, "task_id": new_id(),
            "expires_on": today() + timedelta(days=report.keep_days),
        }
    )  # fmt: skip
    if run_id is None:
        return None
    run = await repository.find(ReportRun, run_id)
    if run is None:
        raise NotFound
    await _begin(session, run, pack=pack, tenant_id=tenant_id, keys=keys)
    return run


async def _begin(
    session: AsyncSession, run: ReportRun, *, pack: TenantPack, tenant_id: UUID, keys: TenantKeys
) -> None:
    """Queue the making, with the scope of the report and nothing beyond it."""
    maker = Actor(
        kind=ActorKind.STAFF,
        id=UUID(int=0),
        tenant_id=tenant_id,
        tenant=pack.code,
        permissions=frozenset({READ_STATISTICS}),
        org_path="" if run.scope == WHOLE else run.scope,
    )
    task = await request_task(
        session, actor=maker, kind=MAKE, parameters={"run_id": str(run.id)}, keys=keys, total=1, most_open=100_000
    )  # fmt: skip
    run.again(task.id)


async def make_now(
    session: AsyncSession, *, actor: Actor, code: str, day: date, keys: TenantKeys
) -> ReportRunRead:
    """Make the report of the period that holds a day, or return it if it is there; PeriodOpen before its end."""
    scope = scope_of(actor)
    pack = await current_pack(session)
    report = _report(pack, code)
    period = period_of(report.schedule.every, day)
    if period.last >= today():
        raise PeriodOpen(first=period.first.isoformat(), last=period.last.isoformat())
    repository = ReportRepository(session, actor.tenant_id)
    since = await repository.first_day()
    if since is not None and period.last < since:
        first, last = period.first.isoformat(), period.last.isoformat()
        raise BeforeRecords(first=first, last=last, since=since.isoformat())
    run = await queue(
        session, pack=pack, report=report, period=period, scope=scope, tenant_id=actor.tenant_id, keys=keys
    )
    if run is None:
        run = await repository.made(code, scope, period.first)
        if run is None:
            raise NotFound
        states = await repository.states([run.task_id])
        if run.made_at is None and states.get(run.task_id) in {"failed", "cancelled"}:
            await _begin(session, run, pack=pack, tenant_id=actor.tenant_id, keys=keys)
    await session.flush()
    return (await _runs(repository, [run]))[0]


async def list_runs(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, report: str | None
) -> Page[ReportRunRead]:
    """Return the reports of the caller's scope, newest first."""
    repository = ReportRepository(session, actor.tenant_id)
    rows = await repository.page(scope_of(actor), cursor, report)
    read = {item.id: item for item in await _runs(repository, rows)}
    return cursor.page(rows, lambda row: read[row.id])


async def find_run(session: AsyncSession, *, actor: Actor, run_id: UUID) -> ReportRunRead:
    """Return one report of the caller's scope; NotFound for another's."""
    run = await _visible(session, actor, run_id)
    return (await _runs(ReportRepository(session, actor.tenant_id), [run]))[0]


async def _visible(session: AsyncSession, actor: Actor, run_id: UUID) -> ReportRun:
    run = await ReportRepository(session, actor.tenant_id).find(ReportRun, run_id)
    if run is None or run.scope != scope_of(actor):
        raise NotFound
    return run


async def _runs(repository: ReportRepository, rows: Sequence[ReportRun]) -> list[ReportRunRead]:
    states = await repository.states([row.task_id for row in rows])
    files: dict[UUID, list[ReportFile]] = {}
    for file in await repository.files([row.id for row in rows]):
        files.setdefault(file.run_id, []).append(file)
    return [_run(row, states.get(row.task_id), files.get(row.id, [])) for row in rows]


def _run(row: ReportRun, task: str | None, files: Sequence[ReportFile]) -> ReportRunRead:
    failed = task in {"failed", "cancelled", None}
    return ReportRunRead(
        id=row.id,
        report=row.report,
        title=row.title,
        first_day=row.first_day,
        last_day=row.last_day,
        state="ready" if row.made_at else "failed" if failed else "making",
        made_at=row.made_at,
        expires_on=row.expires_on,
        files=[ReportFileRead(format=f.format, size=f.size) for f in sorted(files, key=lambda f: f.format)],
    )


async def open_file(
    session: AsyncSession, *, actor: Actor, run_id: UUID, form: str, keys: TenantKeys
) -> TaskFile:
    """Return a report's file for whoever has its scope, and note that it was taken; ReportNotReady."""
    run = await _visible(session, actor, run_id)
    files = await ReportRepository(session, actor.tenant_id).files([run.id])
    file = next((file for file in files if file.format == form), None)
    if file is None:
        raise ReportNotReady
    await record(
        session, actor_id=actor.id, action="report.downloaded", subject=f"report:{run.id}", detail={"format": form}
    )  # fmt: skip
    name = f"{run.title}-{run.first_day:%Y%m%d}-{run.last_day:%Y%m%d}.{form}"
    key = keys.open_bytes(file.key, context="report.key")
    return TaskFile(file.object_name, key, name, MEDIA[form], file.size)
