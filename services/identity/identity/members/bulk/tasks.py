"""The two kinds of long work: check 业务校验 and process 业务办理. Killed anywhere, they go on; nobody enters twice."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Eyes
from common.clock import now, today
from common.contracts.pack.rosters import Roster
from common.crypto import TenantKeys
from common.errors import NotFound
from common.sheets import Limits
from common.tasks import TaskKind, TaskRun
from common.tasks.files import TaskFiles
from common.tenancy import pack_of_version
from common.text import Text

from ...auth import MEMBER_WRITE
from ..admission.rules import ALREADY_HERE
from ..models import Person
from .checking import CELLS, CheckOrder, check_sheet
from .models import AdmissionBatch, AdmissionRow
from .repository import BulkRepository
from .rules import Reason, sheet_of
from .sheet import write_failed

CHECK, PROCESS = "admission.check", "admission.process"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEY = "admission.file"
CHUNK = 1000


async def check_batch(run: TaskRun) -> None:
    """Parse and check the file in a process of its own, place its rows, ask the register, give back what is wrong."""
    batch_id = UUID(run.parameters["batch_id"])
    async with run.transaction() as session:
        batch, sheet = await _batch(session, run, batch_id)
        pack = await pack_of_version(session, batch.pack_version)
        wrapped = await BulkRepository.of(session).wrapped()
    uploads, admission = pack.registration.uploads, pack.registration.admission
    async with _fetched(run, batch) as path:
        order = CheckOrder(
            path=path, tenant_id=run.tenant_id, batch_id=batch_id, wrapped=wrapped, sheet=sheet,
            eligibility=admission.eligibility if admission else None, today=today(),
            limits=Limits(file_bytes=uploads.roster_max_bytes, rows=uploads.roster_max_rows),
        )  # fmt: skip
        checked = await run.in_process(check_sheet, order)
        async with run.chunk() as chunk:
            rows = BulkRepository.of(chunk.session)
            batch = await _locked(rows, batch_id)
            await rows.place(batch_id, checked.path)
            await rows.mark_known(batch, state="bad")
            counts = await rows.counts(batch_id)
            batch.note_checked(total=checked.total, admissible=counts.good)
            chunk.advance(cursor={"placed": True}, done=checked.total, total=checked.total)
    await _write_failed(run, batch_id, sheet, "业务校验结果.xlsx")


async def process_batch(run: TaskRun) -> None:
    """Admit the good rows, a thousand in each transaction, then give back every row that failed with its reasons."""
    batch_id = UUID(run.parameters["batch_id"])
    async with run.transaction() as session:
        _, sheet = await _batch(session, run, batch_id)
    more = True
    while more:
        async with run.chunk() as chunk:
            rows = BulkRepository.of(chunk.session)
            batch = await _locked(rows, batch_id)
            begun = int(chunk.cursor.get("done", 0))
            picked = await rows.next_good(batch_id, after=chunk.cursor.get("row", 0), limit=CHUNK)
            more = bool(picked)
            if picked:
                admitted = await admit_rows(
                    rows, batch, [row_id for row_id, _ in picked], by=Eyes.of(run.actor)
                )
                done = begun + len(picked)
                chunk.advance(
                    cursor={"row": picked[-1][1], "done": done}, done=done, total=batch.admissible,
                    admitted=admitted, failed=len(picked) - admitted,
                )  # fmt: skip
            elif batch.state != "done":
                counts = await rows.counts(batch_id)
                batch.finish(admitted=counts.admitted, failed=counts.bad + counts.failed)
    await _write_failed(run, batch_id, sheet, "批量入会处理结果.xlsx")


async def admit_rows(rows: BulkRepository, batch: AdmissionBatch, ids: list[UUID], *, by: Eyes) -> int:
    """Admit a chunk: what the register says meanwhile counts; return how many entered."""
    await rows.mark_known(batch, state="failed", ids=ids)
    entered = await rows.enter(batch, ids, by=by)
    for row in await rows.still_good(ids):
        entered += await _admit_known(rows, batch, row, by=by)
    await rows.session.flush()
    return entered


async def _admit_known(rows: BulkRepository, batch: AdmissionBatch, row: AdmissionRow, *, by: Eyes) -> bool:
    """Let somebody come back who left or registered alone; their id and number stay."""
    holders = await rows.of_document(row.document_lookups or [])
    people = await rows.locked([holder.id for holder in holders])
    person = next((p for p in people if p.state == "left" or p.unit_id is None), None)
    if not people:  # erased before, or the id of this number belongs to somebody whose number was corrected
        person_id, _ = await rows.person_for(_new_row(batch, row, by=by), indexes=row.document_lookups or [])
        (person,) = await rows.locked([person_id])
    elif person is not None:
        _take(person, batch, row, by=by)
    if person is None:
        row.state, row.reasons = "failed", [*row.reasons, Reason.of(ALREADY_HERE, "id_number").as_json()]
        return False
    rows.remember([person], reason="admitted", by=by.account_id)
    row.state, row.person_id = "admitted", person.id
    return True


def _new_row(batch: AdmissionBatch, row: AdmissionRow, *, by: Eyes) -> dict[str, object]:
    facts = (
        "document_kind", "document_sealed", "document_index", "name_sealed", "name_index", "mobile_sealed",
        "mobile_index",
    )  # fmt: skip
    return {
        "id": row.person_id, "created_at": now(), "version": 1, "state": "new", "unit_id": batch.unit_id,
        "effective_on": today(), "pack_version": batch.pack_version, "entered_by": by.account_id,
        "entered_human": by.human, "batch_id": batch.id, **{name: getattr(row, name) for name in facts},
    }  # fmt: skip


def _take(person: Person, batch: AdmissionBatch, row: AdmissionRow, *, by: Eyes) -> None:
    facts: dict[str, object] = {
        "state": "new", "unit_id": batch.unit_id, "name_sealed": row.name_sealed, "name_index": row.name_index,
        "pack_version": batch.pack_version,
    }  # fmt: skip
    if row.mobile_sealed is not None and person.account_id is None:
        facts |= {"mobile_sealed": row.mobile_sealed, "mobile_index": row.mobile_index}
    person.change(facts)
    person.note_entry(by)
    person.batch_id = batch.id


async def _batch(session: AsyncSession, run: TaskRun, batch_id: UUID) -> tuple[AdmissionBatch, Roster]:
    batch = await BulkRepository.of(session).batch_of(batch_id, run.actor)
    if batch is None:
        raise NotFound
    return batch, sheet_of(await pack_of_version(session, batch.pack_version))


async def _locked(rows: BulkRepository, batch_id: UUID) -> AdmissionBatch:
    batch = await rows.find(AdmissionBatch, batch_id, lock=True)
    if batch is None:
        raise NotFound
    return batch


@asynccontextmanager
async def _fetched(run: TaskRun, batch: AdmissionBatch) -> AsyncIterator[Path]:
    """Bring the stored file into a folder of its own, decrypted."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="huzhu-admission-"))
    try:
        path = folder / "people.xlsx"
        key = run.keys.open_bytes(batch.object_key or "", context=KEY)
        with await asyncio.to_thread(path.open, "wb") as out:
            async with aclosing(TaskFiles.of(run.context).read(batch.object_name, key=key)) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    await asyncio.to_thread(out.write, piece)
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, True)


async def _write_failed(run: TaskRun, batch_id: UUID, sheet: Roster, name: str) -> None:
    """Make the result file: every row that is not admitted, with all its reasons, the wrong cells marked."""
    found: list[AdmissionRow] = []
    async with run.transaction() as session:
        rows = BulkRepository.of(session)
        while part := await rows.failing(batch_id, after=found[-1].sheet_row if found else 0, limit=5000):
            found += part
    async with run.result(name, XLSX) as path:
        await asyncio.to_thread(write_failed, path, sheet, _opened(found, run.keys))


def _opened(
    found: list[AdmissionRow], keys: TenantKeys
) -> Iterator[tuple[int, dict[str, str], list[dict[str, Any]]]]:
    for row in found:
        yield row.sheet_row, orjson.loads(keys.open(row.cells_sealed, context=CELLS)), row.reasons


KINDS = (
    TaskKind(CHECK, Text("批量入会校验", "Check of a bulk admission"), MEMBER_WRITE, check_batch),
    TaskKind(PROCESS, Text("批量入会办理", "Processing of a bulk admission"), MEMBER_WRITE, process_batch),
)
