"""Exports the people of an order as a workbook: whole values, so every export is in the audit log."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys

from ..imports.models import StagedRow
from ..rosters import CheckedRow, RosterRow
from ..rosters.results import ResultWriter
from .context import check_context
from .models import OrderPerson
from .reasons import reason_of
from .repository import PeopleRepository
from .sealing import open_person
from .service import NO_FILE_LIMIT, order_of

BATCH = 2_000
Exported = OrderPerson | StagedRow


async def export_people(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    keys: TenantKeys,
    insurable: bool | None,
    path: Path,
) -> str:
    """Write an order's people into a workbook that can be corrected and uploaded again; return the order's number."""
    order = await order_of(session, actor=actor, order_id=order_id)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    repository = PeopleRepository(session, actor.tenant_id)
    wanted = repository.of_order(order.id, insurable)
    number, written, after = order.number, 0, None
    with ResultWriter(path, check.rules) as result:
        while batch := await repository.batch(wanted, after=after, limit=BATCH):
            await asyncio.to_thread(result.write, result_rows(batch, keys))
            written, after = written + len(batch), batch[-1].id
            session.expunge_all()
    await record(
        session,
        actor_id=actor.id,
        action="people.exported",
        subject=f"order:{order_id}",
        detail={"people": written, "insurable": insurable},
    )
    return number


def result_rows(people: Sequence[Exported], keys: TenantKeys) -> Iterator[CheckedRow]:
    """Yield people as rows of a sheet, opened, with their reasons."""
    for person in people:
        values = open_person(
            keys,
            document=person.document_token,
            name=person.name_token,
            mobile=person.mobile_token,
            card=person.card_token,
            note=person.note_token,
        )
        cells = {
            "name": values.name,
            "id_number": values.document,
            "social_card": values.card,
            "bank_name": person.bank_name or "",
            "mobile": values.mobile,
            "note": values.note,
            "shares": str(person.shares) if person.shares else "",
        }
        reasons = tuple(reason_of(stored) for stored in person.reasons)
        yield CheckedRow(RosterRow(person.sheet_row or 0, cells), reasons)
