"""HTTP of bulk admission. Progress, cancelling and result files are those of /tasks."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from common.auth import Actor
from common.http import ContextDep, CursorDep, KeysDep, OnceDep, Page, SessionDep, requires
from common.http.downloads import attachment
from common.http.incoming import incoming_file
from common.tasks import TaskRead
from common.tenancy import current_pack

from ...auth import MEMBER_READ, MEMBER_WRITE
from . import service
from .rules import sheet_of
from .schemas import BatchRead, BatchRowRead
from .sheet import refuse_unless_workbook, write_template
from .tasks import XLSX

router = APIRouter(prefix="/admissions", tags=["admission"])
Reader = Annotated[Actor, requires(MEMBER_READ)]
Writer = Annotated[Actor, requires(MEMBER_WRITE)]
BINARY = {"schema": {"type": "string", "format": "binary"}}
SHEET_BODY = {
    "requestBody": {"required": True, "content": {XLSX: BINARY, "application/octet-stream": BINARY}}
}


@router.get("/template", response_class=FileResponse)
async def download_template(session: SessionDep, actor: Writer) -> FileResponse:
    """Download the template of a bulk admission (批量入会模板)."""
    sheet = sheet_of(await current_pack(session))
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="huzhu-template-"))
    path = folder / "template.xlsx"
    await asyncio.to_thread(write_template, path, sheet)
    headers = {"Content-Disposition": attachment(f"{sheet.title.zh}.xlsx")}
    remove = BackgroundTask(shutil.rmtree, folder, True)
    return FileResponse(path, media_type=XLSX, headers=headers, background=remove)


@router.post("/batches", status_code=201, openapi_extra=SHEET_BODY)
async def upload_batch(
    request: Request,
    actor: Writer,
    context: ContextDep,
    once: OnceDep,
    unit_id: Annotated[UUID | None, Query(description="工作人员须指明单位")] = None,
) -> BatchRead:
    """Upload a filled template; the transaction is not open while the file arrives."""
    async with context.db.transaction(actor.tenant_id) as session:
        unit, most = await service.begin_upload(session, actor=actor, unit_id=unit_id)
    async with incoming_file(request, limit=most) as file:
        await asyncio.to_thread(refuse_unless_workbook, file.path)
        bound = once.for_content(bytes.fromhex(file.sha256))
        async with context.db.transaction(actor.tenant_id) as session:
            keys = await context.keyring.for_tenant(session)
            return await bound.run(
                session,
                caller=str(actor.id),
                answer=BatchRead,
                work=lambda: service.take_file(
                    session, actor=actor, context=context, unit_id=unit, file=file, keys=keys
                ),
            )


@router.get("/batches")
async def list_batches(session: SessionDep, actor: Reader, cursor: CursorDep) -> Page[BatchRead]:
    """Return the uploaded sheets, newest first."""
    return await service.list_batches(session, actor=actor, cursor=cursor)


@router.get("/batches/{batch_id}")
async def read_batch(session: SessionDep, actor: Reader, batch_id: UUID) -> BatchRead:
    """Return one uploaded sheet."""
    return await service.read(session, actor=actor, batch_id=batch_id)


@router.get("/batches/{batch_id}/failing")
async def list_failing_rows(
    session: SessionDep,
    actor: Reader,
    batch_id: UUID,
    keys: KeysDep,
    after: Annotated[int, Query(ge=0, description="上一页最后一行的行号")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[BatchRowRead]:
    """Return the rows that are not admitted, masked, with all their reasons."""
    return list(
        await service.failing_rows(
            session, actor=actor, batch_id=batch_id, after=after, limit=limit, keys=keys
        )
    )


@router.post("/batches/{batch_id}/check", status_code=202)
async def check_batch(
    session: SessionDep, actor: Writer, batch_id: UUID, keys: KeysDep, once: OnceDep
) -> TaskRead:
    """Check an uploaded sheet (业务校验)."""

    async def work() -> TaskRead:
        return TaskRead.of(await service.check(session, actor=actor, batch_id=batch_id, keys=keys))

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)


@router.post("/batches/{batch_id}/process", status_code=202)
async def process_batch(
    session: SessionDep, actor: Writer, batch_id: UUID, keys: KeysDep, once: OnceDep
) -> TaskRead:
    """Admit the good rows of a checked sheet (业务办理)."""

    async def work() -> TaskRead:
        return TaskRead.of(await service.process(session, actor=actor, batch_id=batch_id, keys=keys))

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)
