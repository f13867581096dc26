"""The rows of one roster that did not get onto the order, as a workbook to be corrected and uploaded again."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys

from ..people.context import check_context
from ..people.export import Exported, result_rows
from ..people.repository import PeopleRepository
from ..people.service import NO_FILE_LIMIT, order_of
from ..rosters.results import ResultWriter
from .repository import ImportRepository
from .service import find_import

BATCH = 2_000


async def write_import_result(
    session: AsyncSession, *, actor: Actor, order_id: UUID, import_id: UUID, keys: TenantKeys, path: Path
) -> str:
    """Write the rows of a roster that cannot be covered or were not accepted; return the order's number."""
    order = await order_of(session, actor=actor, order_id=order_id)
    await find_import(session, actor=actor, order_id=order_id, import_id=import_id)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    number, written, after = order.number, 0, None
    with ResultWriter(path, check.rules) as result:
        while batch := await _batch(session, actor, order_id, import_id, after):
            await asyncio.to_thread(result.write, result_rows(batch, keys))
            written, after = written + len(batch), batch[-1].id
            session.expunge_all()
    detail = {"people": written, "import": str(import_id)}
    await record(
        session, actor_id=actor.id, action="people.exported", subject=f"order:{order_id}", detail=detail
    )
    return number


async def _batch(
    session: AsyncSession, actor: Actor, order_id: UUID, import_id: UUID, after: UUID | None
) -> Sequence[Exported]:
    """Rows kept apart for a second person, else those on the order."""
    staged = await ImportRepository(session, actor.tenant_id).staged_page(
        import_id, insurable=None, after=after, limit=BATCH, rejected=True
    )
    if staged:
        return staged
    people = PeopleRepository(session, actor.tenant_id)
    wanted = people.of_order(order_id, False, import_id=import_id)
    return await people.batch(wanted, after=after, limit=BATCH)
