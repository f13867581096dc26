"""What an operator without monitoring asks: is everything there, does something wait, is there a backup."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.consumer.repository import Aside, counts
from common.db.repository import unscoped
from common.failures import is_infrastructure
from common.http import ServiceContext
from huzhu.findings import FIRST, LAG, PROVIDER, Finding
from huzhu.home import SERVICES
from huzhu.parts.archive import Archive
from huzhu.reachable import reachable
from huzhu.recovery.bases import NAME
from huzhu.running import running_home
from huzhu.service_contexts import worker_of

OUTBOX_SECONDS = 60.0
BACKUP_AGE = timedelta(hours=26)
WAITING_AGE = timedelta(hours=1)
"""As the alert HuzhuEventsWait: so long a roll-out may take."""
LEAST_FREE = 0.1
MOST_WAITING = 500
"""Documents; as the alert HuzhuRecognitionWaits."""
OLDEST = unscoped(
    text("SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) FROM outbox"),
    why="the relay carries the events of all tenants and has rights on the outbox alone",
)
ARCHIVER = unscoped(
    text(
        """
        SELECT last_failed_wal, last_failed_time > coalesce(last_archived_time, '-infinity') AS failing,
               coalesce(last_archived_time, stats_reset) AS since,
               pg_walfile_name(pg_current_wal_lsn() - pg_size_bytes(current_setting('wal_segment_size')))
                 > left(last_archived_wal, 24) AS waiting
        FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off' AND NOT pg_is_in_recovery()
        """
    ),
    why="the log is the server's, of no tenant",
)
ARCHIVED_WITHIN = timedelta(minutes=10)


async def examine(archive: Path | None) -> AsyncIterator[Finding]:
    """Look at everything; a part that is away is a finding, not a failure of the examination."""
    async for finding in reachable():
        yield finding
    for service in SERVICES:
        async for finding in _events(service):
            yield finding
    async for finding in _log():
        yield finding
    home = running_home()
    if archive is None and not home.secrets_path.exists():
        return  # inside a cluster: its volumes and its backups are seen by the alerts alone
    for path in {Path("/"), archive or home.path}:
        yield _disk(path)
    yield _backup(archive or Archive(home).path)


async def _events(service: str) -> AsyncIterator[Finding]:
    context = worker_of(service).context
    try:
        oldest, aside = await _counted(context)
        work = await _work(service, context)
    except Exception as error:
        if not is_infrastructure(error):
            raise
        yield Finding(f"{service} 数据库 database", f"没有应答 away ({type(error).__name__})", FIRST)
        return
    finally:
        await context.close()
    late = f"最早一条已等 the oldest has waited {oldest:.0f} s" if oldest > OUTBOX_SECONDS else ""
    yield Finding(f"{service} 待发事件 events to be sent", late, "docs/runbooks/lost-broker.md")
    if work is not None:
        yield work
    yield Finding(f"{service} 已收事件 events taken in", held(aside), "docs/runbooks/dead-letters.md")


def held(aside: Aside) -> str:
    """Say what had no effect though it should have; what waits for another version may do so for a while."""
    long = aside.waiting_since is not None and now() - aside.waiting_since > WAITING_AGE
    parts = (
        (aside.parked, f"挂起 parked {aside.parked}"),
        (aside.waiting if long else 0, f"等待新版本 waiting for a newer version {aside.waiting}"),
        (aside.dead, f"死信 dead letters {aside.dead}"),
    )
    return ", ".join(words for number, words in parts if number)


async def _counted(context: ServiceContext) -> tuple[float, Aside]:
    async with context.relay_db.sessions() as session:
        return float((await session.execute(OLDEST)).scalar_one()), await counts(session)


async def _work(service: str, context: ServiceContext) -> Finding | None:
    """What piles up in a service though its processes are there."""
    if service == "ocr":
        from ocr.queue.repository import count_waiting

        unread = await count_waiting(context.relay_db)
        fault = f"{unread} 份 documents" if unread > MOST_WAITING else ""
        return Finding("等待识别的材料 documents to be read", fault, LAG)
    if service == "notify":
        from notify.waiting.repository import count_delayed

        delayed = await count_delayed(context)
        fault = (
            f"{delayed} 条多次未能发出 messages could not be sent: keys of the provider?" if delayed else ""
        )
        return Finding("待发短信与消息 messages", fault, PROVIDER)
    return None


async def _log() -> AsyncIterator[Finding]:
    """Whether the database's log gets into the archive; a database that is away was told before."""
    context = worker_of("identity").context
    try:
        async with context.relay_db.sessions() as session:
            yield await archiving(session)
    except Exception as error:
        if not is_infrastructure(error):
            raise
    finally:
        await context.close()


async def archiving(session: AsyncSession) -> Finding:
    """Whether the log of this session's server is archived: refused or stuck, a backup alone does not show it."""
    return judged_archiver((await session.execute(ARCHIVER)).one_or_none(), at=now())


def judged_archiver(told: Any, *, at: datetime) -> Finding:
    """Judge what the server tells of its archiver at a moment (None: it archives nothing)."""
    what, runbook = "数据库日志存档 log of the database archived", "docs/runbooks/disk-full.md"
    if told is not None and told.failing:
        return Finding(what, f"{told.last_failed_wal} 未能存档 cannot be archived", runbook)
    if told is not None and told.waiting and at - told.since > ARCHIVED_WITHIN:
        return Finding(what, f"自此停住 stands since {told.since:%Y-%m-%d %H:%M} UTC", runbook)
    return Finding(what)


def _disk(path: Path) -> Finding:
    if not path.exists():
        return Finding(
            f"磁盘 disk {path}", "没有这个文件夹 there is no such folder", "docs/runbooks/disk-full.md"
        )
    usage = shutil.disk_usage(path)
    free = usage.free / usage.total
    fault = f"只剩 only {free:.0%} ({usage.free / 1024**3:.1f} GB)" if free < LEAST_FREE else ""
    return Finding(f"磁盘 disk {path}", fault, "docs/runbooks/disk-full.md")


def _backup(archive: Path) -> Finding:
    what, runbook = "备份 backup", "docs/runbooks/restore.md"
    try:
        moments = sorted(path.name for path in (archive / "bases").glob("2*"))
    except OSError as error:
        return Finding(what, f"{archive}: {error.strerror}", runbook)
    if not moments:
        return Finding(what, f"{archive} 里没有备份 there is none", runbook)
    taken = datetime.strptime(moments[-1], NAME).replace(tzinfo=UTC)
    old = f"最近一次 the newest is of {taken:%Y-%m-%d %H:%M} UTC" if now() - taken > BACKUP_AGE else ""
    return Finding(what, old, runbook)
