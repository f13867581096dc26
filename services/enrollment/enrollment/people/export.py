"""Exports the people of an order as a workbook: whole values, so every export is in the audit log."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.tasks import TaskRun

from ..files import XLSX
from ..imports.models import StagedRow
from ..rosters import CheckedRow, RosterRow
from ..rosters.results import ResultWriter
from .context import check_context
from .errors import TooManyToWaitFor
from .models import OrderPerson
from .reasons import reason_of
from .repository import PeopleRepository
from .schemas import PeopleExport
from .sealing import open_person
from .service import NO_FILE_LIMIT, order_of

BATCH = 2_000
LIMIT = 20_000
"""People of an export that is written while somebody waits."""
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
    """Write an order's people into a workbook that can be corrected and uploaded again; return the order's number.

    TooManyToWaitFor beyond what a person waits for: `export_in_background` takes those.
    """
    order = await order_of(session, actor=actor, order_id=order_id)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    repository = PeopleRepository(session, actor.tenant_id)
    counts = await repository.counts(order.id)
    if counts.of(insurable) > LIMIT:
        raise TooManyToWaitFor(limit=LIMIT)
    wanted = repository.of_order(order.id, insurable)
    number, written, after = order.number, 0, None
    with ResultWriter(path, check.rules) as result:
        while batch := await repository.batch(wanted, after=after, limit=BATCH):
            await asyncio.to_thread(result.write, result_rows(batch, keys))
            written, after = written + len(batch), batch[-1].id
            session.expunge_all()
    await _record(session, actor, order_id, insurable, written)
    return number


async def export_in_background(run: TaskRun) -> None:
    """Write the same workbook as a task, batch by batch, with progress and a link when it is done."""
    wanted = PeopleExport.model_validate(run.parameters)
    async with run.transaction() as session:
        order = await order_of(session, actor=run.actor, order_id=wanted.order_id)
        check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
        counts = await PeopleRepository(session, run.tenant_id).counts(order.id)
        number = order.number
    await run.progress(done=0, total=counts.of(wanted.insurable))
    written = 0
    async with run.result(f"{file_title(wanted.insurable)}-{number}.xlsx", XLSX) as path:
        with ResultWriter(path, check.rules) as result:
            after: UUID | None = None
            while batch := await _batch(run, wanted, after):
                await asyncio.to_thread(result.write, result_rows(batch, run.keys))
                written, after = written + len(batch), batch[-1].id
                await run.progress(done=written)
    async with run.transaction() as session:
        await _record(session, run.actor, wanted.order_id, wanted.insurable, written)


async def _batch(run: TaskRun, wanted: PeopleExport, after: UUID | None) -> Sequence[OrderPerson]:
    async with run.transaction() as session:
        repository = PeopleRepository(session, run.tenant_id)
        people = repository.of_order(wanted.order_id, wanted.insurable)
        return await repository.batch(people, after=after, limit=BATCH)


async def _record(
    session: AsyncSession, actor: Actor, order_id: UUID, insurable: bool | None, written: int
) -> None:
    await record(
        session,
        actor_id=actor.id,
        action="people.exported",
        subject=f"order:{order_id}",
        detail={"people": written, "insurable": insurable},
    )


def file_title(insurable: bool | None) -> str:
    """Return what an export is called."""
    return "不可参保人员" if insurable is False else "参保人员"


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
