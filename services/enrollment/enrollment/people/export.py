"""Exports the people of an order as a workbook: whole values, so every export is in the audit log."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys

from ..rosters import CheckedRow, RosterRow, write_result
from .context import check_context
from .models import OrderPerson
from .reading import opened
from .reasons import reason_of
from .repository import PeopleRepository
from .service import NO_FILE_LIMIT, order_of

BATCH = 5_000


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
    people: list[OrderPerson] = []
    while batch := await repository.batch(wanted, after=people[-1].id if people else None, limit=BATCH):
        people += batch
    await record(
        session,
        actor_id=actor.id,
        action="people.exported",
        subject=f"order:{order.id}",
        detail={"people": len(people), "insurable": insurable},
    )
    await asyncio.to_thread(write_result, path, check.rules, _rows(people, keys))
    return order.number


def _rows(people: list[OrderPerson], keys: TenantKeys) -> Iterator[CheckedRow]:
    for person in people:
        values = opened(person, keys)
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
