"""HTTP of roster files."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.responses import FileResponse

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, ServiceContext, SessionDep, context_of, requires
from common.http.incoming import incoming_file

from .. import auth
from ..files import XLSX, workbook_file, workbook_response
from ..people.endpoints import read_counts
from . import service
from .export import write_import_result
from .models import StagedRow
from .reading import read_import, read_staged
from .schemas import RosterAccept, RosterImportList, RosterImportRead, RosterUploaded, StagedRead
from .uploading import RosterUpload

router = APIRouter(prefix="/orders/{order_id}", tags=["rosters"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Acceptor = Annotated[Actor, requires(auth.ROSTER_ACCEPT)]
Exporter = Annotated[Actor, requires(auth.EXPORT)]
ContextDep = Annotated[ServiceContext, Depends(context_of)]
BINARY = {"schema": {"type": "string", "format": "binary"}}
ROSTER_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            XLSX: BINARY,
            "application/octet-stream": BINARY,
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": BINARY["schema"]}, "required": ["file"]}
            },
        },
    }
}


@router.post("/roster", openapi_extra=ROSTER_BODY)
async def upload_roster(
    request: Request,
    response: Response,
    actor: Writer,
    order_id: UUID,
    context: ContextDep,
    amount: Annotated[
        Decimal | None,
        Query(gt=0, max_digits=14, decimal_places=2, description="每人投保金额；不填以模板为准"),
    ] = None,
) -> RosterUploaded:
    """上传参保花名册（xlsx）：逐行校验，可参保和不可参保人员分列；同一文件重复上传不会重复添加。

    几千人以上的文件返回 202，由后台校验，进度见 GET roster。
    """
    upload = RosterUpload(context, actor, order_id, amount=amount)
    check = await upload.prepare()
    async with incoming_file(request, limit=check.max_bytes) as file:
        done = await upload.run(file, check)
    if done.roster.state in ("queued", "checking"):
        response.status_code = status.HTTP_202_ACCEPTED
        response.headers["Retry-After"] = "1"
    return RosterUploaded(
        file=read_import(done.roster), repeated=done.repeated, order=read_counts(done.counts)
    )


@router.get("/roster")
async def list_rosters(session: SessionDep, actor: Reader, order_id: UUID) -> RosterImportList:
    """已上传的花名册及校验进度。"""
    rows = await service.list_imports(session, actor=actor, order_id=order_id)
    return RosterImportList(items=[read_import(row) for row in rows])


@router.get("/roster/{import_id}")
async def get_roster(session: SessionDep, actor: Reader, order_id: UUID, import_id: UUID) -> RosterImportRead:
    """一份花名册的校验进度：已校验行数、预计剩余秒数、结果。"""
    return read_import(
        await service.find_import(session, actor=actor, order_id=order_id, import_id=import_id)
    )


@router.post("/roster/{import_id}/cancel")
async def cancel_roster(
    session: SessionDep, actor: Writer, order_id: UUID, import_id: UUID
) -> RosterImportRead:
    """取消正在排队或校验的花名册；不保存任何人员。"""
    row = await service.cancel_import(session, actor=actor, order_id=order_id, import_id=import_id)
    return read_import(row)


@router.get("/roster/{import_id}/rows")
async def list_staged_rows(
    session: SessionDep,
    actor: Reader,
    order_id: UUID,
    import_id: UUID,
    cursor: CursorDep,
    keys: KeysDep,
    insurable: Annotated[bool | None, Query(description="true 可参保，false 不可参保")] = None,
) -> Page[StagedRead]:
    """待第二人接收的花名册行。"""
    rows = await service.staged_rows(
        session, actor=actor, order_id=order_id, import_id=import_id, cursor=cursor, insurable=insurable
    )

    def read(row: StagedRow) -> StagedRead:
        return read_staged(row, keys)

    return cursor.page(rows, read)


@router.post("/roster/{import_id}/accept")
async def accept_roster(
    session: SessionDep,
    actor: Acceptor,
    order_id: UUID,
    import_id: UUID,
    body: RosterAccept,
    once: OnceDep,
) -> RosterImportRead:
    """第二人接收全部或部分行；未接收的行可下载。"""

    async def work() -> RosterImportRead:
        row = await service.accept_rows(
            session, actor=actor, order_id=order_id, import_id=import_id, body=body
        )
        return read_import(row)

    return await once.run(session, caller=str(actor.id), answer=RosterImportRead, work=work)


@router.get("/roster/{import_id}/result", response_class=FileResponse)
async def download_result(
    session: SessionDep, actor: Exporter, order_id: UUID, import_id: UUID, keys: KeysDep
) -> FileResponse:
    """下载一份花名册中不可参保或未接收的行（xlsx），带原因、错误单元格标色，可修改后再上传。"""
    async with workbook_file() as path:
        number = await write_import_result(
            session, actor=actor, order_id=order_id, import_id=import_id, keys=keys, path=path
        )
        return workbook_response(path, f"未通过人员-{number}.xlsx")
