"""Export in the request itself, for what a person waits for; larger ones are a task."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.sheets import SheetWriter

from ..policies.errors import ExportTooLarge
from ..policies.reading import names_of
from .export import BATCH, COLUMNS, cells, record_export
from .repository import RecordRepository
from .schemas import PolicySearch
from .service import filter_of, require_sense

LIMIT = 20_000


async def write_direct(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, search: PolicySearch, path: Path
) -> None:
    """Write the policies found into a workbook, batch by batch; ExportTooLarge beyond 20,000."""
    await require_sense(session, search)
    repository, wanted = RecordRepository(session, actor.tenant_id), filter_of(search, keys)
    written, after = 0, None
    with SheetWriter(path, widths=[width for _, width in COLUMNS]) as sheet:
        sheet.heading([title for title, _ in COLUMNS])
        sheet.freeze()
        while batch := await repository.batch(actor, wanted, after=after, limit=BATCH):
            written += len(batch)
            if written > LIMIT:
                raise ExportTooLarge(limit=LIMIT)
            names = await names_of(session, batch)
            rows = [cells(policy, names, keys) for policy in batch]
            await asyncio.to_thread(_write, sheet, rows)
            after = batch[-1].id
            session.expunge_all()
    await record_export(session, actor, search, written)


def _write(sheet: SheetWriter, rows: list[list[Any]]) -> None:
    for row in rows:
        sheet.row(row)
