"""Use cases of bulk admission: upload, check, process, look at rows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page, ServiceContext
from common.http.incoming import Incoming
from common.identifiers import mask_id_number, mask_mobile, mask_name
from common.ids import new_id
from common.storage.store import object_name
from common.tasks import Task, TaskProblem, problems_of, request_task
from common.tasks.files import TaskFiles
from common.tasks.repository import TaskRepository
from common.tenancy import current_pack
from common.text import language

from ..admission.service import offered, unit_for
from .checking import CELLS
from .errors import BatchBusy, BulkNotOffered, SheetGone
from .models import AdmissionBatch, AdmissionRow
from .repository import BulkRepository
from .schemas import BatchRead, BatchRowRead
from .tasks import CHECK, KEY, PROCESS

FILES_KEPT, FILES = timedelta(days=30), 50


async def begin_upload(session: AsyncSession, *, actor: Actor, unit_id: UUID | None) -> tuple[UUID, int]:
    """Return the unit that people are admitted into and the most bytes a file may have."""
    pack = await current_pack(session)
    if not offered(pack).bulk:
        raise BulkNotOffered
    unit = await unit_for(session, actor, unit_id)
    return unit.id, pack.registration.uploads.roster_max_bytes


async def take_file(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    unit_id: UUID,
    file: Incoming,
    keys: TenantKeys,
) -> BatchRead:
    """Keep an uploaded sheet, sealed; the same file for the same unit is recognised until it is done."""
    rows = BulkRepository.of(session)
    known = await rows.same_file(unit_id, file.sha256)
    if known is not None:
        return read_batch(known, repeated=True)
    batch_id = new_id()
    name = object_name(actor.tenant_id, "admissions", batch_id)
    key = await TaskFiles.of(context).write(name, file.path)
    batch = rows.add(
        AdmissionBatch(
            id=batch_id, unit_id=unit_id, uploaded_by=actor.id, sha256=file.sha256, size=file.size, state="uploaded",
            object_name=name, object_key=keys.seal_bytes(key, context=KEY), total=0, admissible=0, admitted=0,
            failed=0, pack_version=(await current_pack(session)).version,
        )
    )  # fmt: skip
    await record(
        session, actor_id=actor.id, action="admission.uploaded", subject=f"admission_batch:{batch_id}",
        detail={"unit": unit_id, "bytes": file.size},
    )  # fmt: skip
    await session.flush()
    return read_batch(batch)


async def check(session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys) -> Task:
    """Check a sheet (业务校验), or check it again."""
    batch = await _idle(session, actor, batch_id)
    if batch.object_key is None and batch.state != "done":
        raise SheetGone
    task = await request_task(session, actor=actor, kind=CHECK, parameters={"batch_id": batch.id}, keys=keys)
    batch.begin_check(task.id)
    return task


async def process(session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys) -> Task:
    """Admit the good rows of a checked sheet (业务办理)."""
    batch = await _idle(session, actor, batch_id)
    task = await request_task(
        session,
        actor=actor,
        kind=PROCESS,
        parameters={"batch_id": batch.id},
        keys=keys,
        total=batch.admissible,
    )
    batch.begin_process(task.id)
    await record(
        session, actor_id=actor.id, action="admission.processed", subject=f"admission_batch:{batch.id}",
        detail={"people": batch.admissible},
    )  # fmt: skip
    return task


async def list_batches(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[BatchRead]:
    """Return the sheets of what the caller sees, newest first."""
    found = await BulkRepository.of(session).batches(actor, cursor)
    problems = await problems_of(session, (batch.task_id for batch in found))
    return cursor.page(found, lambda batch: read_batch(batch, problems=problems))


async def read(session: AsyncSession, *, actor: Actor, batch_id: UUID) -> BatchRead:
    """Return one sheet."""
    batch = await _seen(session, actor, batch_id)
    return read_batch(batch, problems=await problems_of(session, (batch.task_id,)))


async def failing_rows(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, after: int, limit: int, keys: TenantKeys
) -> Sequence[BatchRowRead]:
    """Return the rows that are not admitted behind a sheet row, masked, with every reason."""
    await _seen(session, actor, batch_id)
    found = await BulkRepository.of(session).failing(batch_id, after=after, limit=limit)
    return [_read_row(row, keys) for row in found]


async def forget_files(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove the stored sheets of batches that are done, or that nobody has finished for a month, with their keys.

    The object goes first: killed in between, the next run removes it again.
    """
    at, more = now(), True
    while more:
        async with context.db.transaction(tenant_id) as session:
            found = await BulkRepository.of(session).with_old_file(
                done_before=at, before=at - FILES_KEPT, limit=FILES
            )
            for batch in found:
                await TaskFiles.of(context).remove_one(batch.object_name)
                batch.forget_file()
            more = len(found) == FILES


def read_batch(
    batch: AdmissionBatch,
    *,
    repeated: bool = False,
    problems: Mapping[UUID, TaskProblem] = MappingProxyType({}),
) -> BatchRead:
    """Return a sheet as answers show it."""
    read = BatchRead.model_validate(batch, from_attributes=True)
    problem = problems.get(batch.task_id) if batch.task_id else None
    return read.model_copy(update={"repeated": repeated, "problem": problem})


def _read_row(row: AdmissionRow, keys: TenantKeys) -> BatchRowRead:
    cells = orjson.loads(keys.open(row.cells_sealed, context=CELLS))
    return BatchRowRead(
        id=row.id,
        row=row.sheet_row,
        state=row.state,
        name=mask_name(cells.get("name", "")),
        id_number=mask_id_number(cells.get("id_number", "")),
        mobile=mask_mobile(cells.get("mobile", "")),
        reasons=BatchRowRead.reasons_of(row.reasons, language.get()),
    )


async def _seen(session: AsyncSession, actor: Actor, batch_id: UUID, *, lock: bool = False) -> AdmissionBatch:
    batch = await BulkRepository.of(session).batch_of(batch_id, actor, lock=lock)
    if batch is None:
        raise NotFound
    return batch


async def _idle(session: AsyncSession, actor: Actor, batch_id: UUID) -> AdmissionBatch:
    """Return a batch that no task works on; BatchBusy otherwise."""
    batch = await _seen(session, actor, batch_id, lock=True)
    if batch.task_id is not None:
        task = await TaskRepository.of(session).find(Task, batch.task_id)
        if task is not None and not task.ended:
            raise BatchBusy
    return batch
