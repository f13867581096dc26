"""Export of the records as xlsx: a task that writes batch by batch, with progress, and leaves a link."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.sheets import SheetWriter
from common.tasks import TaskRun

from ..files import XLSX
from ..policies.models import Policy
from ..policies.reading import STATE_TEXTS, Names, names_of, opened, state_of
from .repository import PolicyFilter, RecordRepository
from .schemas import PolicySearch
from .service import filter_of

BATCH = 2_000
SHEET_ROWS = 1_000_000
"""A sheet takes no more; more goes on the next sheet of the file."""
COLUMNS: tuple[tuple[str, float], ...] = (
    ("工单编号", 20), ("保单号", 26), ("参保单位", 30), ("姓名", 12), ("居民身份证证件号", 22), ("手机号码", 14),
    ("银行卡号", 24), ("开户行", 26), ("参保项目", 26), ("份数", 8), ("参保金额（元）", 14), ("参保时间", 12),
    ("到期时间", 12), ("参保状态", 10),
)  # fmt: skip


async def export_records(run: TaskRun) -> None:
    """Write what a search finds into a workbook."""
    search = PolicySearch.model_validate(run.parameters)
    wanted = filter_of(search, run.keys)
    async with run.transaction() as session:
        total = await RecordRepository(session, run.tenant_id).count_found(run.actor, wanted)
    await run.progress(done=0, total=total)
    async with run.result(f"参保记录-{today().isoformat()}.xlsx", XLSX) as path:
        written = await write_records(run, wanted, path)
    async with run.transaction() as session:
        await record_export(session, run.actor, search, written)


async def write_records(run: TaskRun, wanted: PolicyFilter, path: Path) -> int:
    """Write the workbook batch by batch; return how many records it has."""
    written, after = 0, None
    with SheetWriter(path, widths=[width for _, width in COLUMNS]) as sheet:
        sheet.heading([title for title, _ in COLUMNS])
        sheet.freeze()
        while batch := await _batch(run, wanted, after):
            policies, names = batch
            await asyncio.to_thread(_write, sheet, policies, names, run.keys)
            written, after = written + len(policies), policies[-1].id
            await run.progress(done=written)
            if len(policies) < BATCH or written >= SHEET_ROWS:
                break
    return written


async def _batch(
    run: TaskRun, wanted: PolicyFilter, after: UUID | None
) -> tuple[Sequence[Policy], Names] | None:
    async with run.transaction() as session:
        repository = RecordRepository(session, run.tenant_id)
        policies = await repository.batch(run.actor, wanted, after=after, limit=BATCH)
        return (policies, await names_of(session, policies)) if policies else None


async def record_export(session: AsyncSession, actor: Actor, search: PolicySearch, written: int) -> None:
    """Write an export to the audit log: how much, and which filters; never their personal values."""
    used = sorted(name for name, value in search.model_dump().items() if value is not None)
    detail = {"policies": written, "filters": used, "year": search.year, "product": search.product}
    subject = f"unit:{actor.unit_id or 'all'}"
    await record(session, actor_id=actor.id, action="policies.exported", subject=subject, detail=detail)


def _write(sheet: SheetWriter, batch: Sequence[Policy], names: Names, keys: TenantKeys) -> None:
    for policy in batch:
        sheet.row(cells(policy, names, keys))


def cells(policy: Policy, names: Names, keys: TenantKeys) -> list[Any]:
    """Return a record's cells, its personal values in clear."""
    values = opened(policy, keys)
    return [
        names.orders.get(policy.order_id, ""),
        policy.number,
        names.units.get(policy.unit_id, ""),
        values.name,
        values.document,
        values.mobile,
        values.card,
        policy.bank_name or "",
        names.product_title(policy).zh,
        policy.shares,
        policy.contribution,
        policy.starts_on.isoformat(),
        policy.ends_on.isoformat(),
        STATE_TEXTS[state_of(policy)].zh,
    ]
