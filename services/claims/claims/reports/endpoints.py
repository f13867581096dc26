"""HTTP of reports."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from common.auth import Actor
from common.http import ContextDep, CursorDep, KeysDep, OnceDep, Page, SessionDep, requires
from common.http.downloads import attachment
from common.tasks.downloads import stream_result
from common.tasks.files import TaskFiles

from ..auth import READ_STATISTICS
from . import service
from .schemas import ReportOrder, ReportRead, ReportRunRead

router = APIRouter(prefix="/reports", tags=["reports"])
Reader = Annotated[Actor, requires(READ_STATISTICS)]


@router.get("")
async def list_reports(session: SessionDep, actor: Reader) -> list[ReportRead]:
    """本工会的统计报表、生成时间和我的订阅。"""
    return await service.list_reports(session, actor=actor)


@router.put("/{code}/subscription")
async def subscribe(session: SessionDep, actor: Reader, code: str) -> ReportRead:
    """订阅：每期生成后在消息里通知。"""
    return await service.subscribe(session, actor=actor, code=code)


@router.delete("/{code}/subscription", status_code=204)
async def unsubscribe(session: SessionDep, actor: Reader, code: str) -> None:
    """取消订阅。"""
    await service.unsubscribe(session, actor=actor, code=code)


@router.post("/{code}/runs", status_code=202)
async def make_now(
    session: SessionDep, actor: Reader, keys: KeysDep, once: OnceDep, code: str, body: ReportOrder
) -> ReportRunRead:
    """立即生成某一天所在的一期（该期须已结束）；已生成过的返回原报表。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ReportRunRead,
        work=lambda: service.make_now(session, actor=actor, code=code, day=body.day, keys=keys),
    )


@router.get("/runs")
async def list_runs(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    report: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[ReportRunRead]:
    """本人数据范围内已生成的报表，新的在前。"""
    return await service.list_runs(session, actor=actor, cursor=cursor, report=report)


@router.get("/runs/{run_id}")
async def find_run(session: SessionDep, actor: Reader, run_id: UUID) -> ReportRunRead:
    """一份报表的状态和文件。"""
    return await service.find_run(session, actor=actor, run_id=run_id)


@router.get("/runs/{run_id}/files/{form}", response_class=StreamingResponse)
async def download(
    session: SessionDep,
    actor: Reader,
    keys: KeysDep,
    context: ContextDep,
    run_id: UUID,
    form: Literal["xlsx", "pdf"],
) -> StreamingResponse:
    """下载报表（记入审计日志）。"""
    file = await service.open_file(session, actor=actor, run_id=run_id, form=form, keys=keys)
    chunks = await stream_result(TaskFiles.of(context), file)
    headers = {"Content-Disposition": attachment(file.filename), "Content-Length": str(file.size)}
    return StreamingResponse(chunks, media_type=file.media_type, headers=headers)
