"""HTTP of the records."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from fastapi.responses import FileResponse

from common.auth import Actor
from common.clock import today
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires
from common.tasks import TaskRead, request_task

from .. import auth
from ..files import workbook_file, workbook_response
from ..policies.models import Policy
from ..policies.reading import read_policy
from ..policies.schemas import PolicyRead
from ..tasks import RECORDS_EXPORT
from . import service
from .direct import write_direct
from .schemas import PolicySearch, State

router = APIRouter(prefix="/policies", tags=["records"])
Reader = Annotated[Actor, requires(auth.POLICY_READ)]
Exporter = Annotated[Actor, requires(auth.EXPORT)]
Month = Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="到期月份，例如 2026-12")]
Product = Annotated[str | None, Query(max_length=40)]


def query_search(
    order_number: Annotated[str | None, Query(max_length=32)] = None,
    policy_number: Annotated[str | None, Query(max_length=40)] = None,
    product: Product = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="参保年份：保障期有一天在该年")] = None,
    state: State | None = None,
) -> PolicySearch:
    """Read the parts of a search that may stand in an address."""
    return PolicySearch(
        order_number=order_number, policy_number=policy_number, product=product, year=year, state=state
    )


QuerySearch = Annotated[PolicySearch, Depends(query_search)]


@router.get("")
async def list_policies(
    session: SessionDep, actor: Reader, cursor: CursorDep, keys: KeysDep, search: QuerySearch
) -> Page[PolicyRead]:
    """参保记录：按工单编号、保单号、项目、年份、状态查询。"""
    return await _page(session, actor, cursor, keys, search)


@router.post("/search")
async def search_policies(
    session: SessionDep, actor: Reader, cursor: CursorDep, keys: KeysDep, body: PolicySearch
) -> Page[PolicyRead]:
    """参保记录：也可按姓名、证件号码、会员编号、单位、起止日期查询（不写入网址）。"""
    return await _page(session, actor, cursor, keys, body)


async def _page(
    session: SessionDep, actor: Actor, cursor: CursorDep, keys: KeysDep, search: PolicySearch
) -> Page[PolicyRead]:
    policies, names = await service.search_policies(
        session, actor=actor, keys=keys, cursor=cursor, search=search
    )

    def read(row: Policy) -> PolicyRead:
        return read_policy(row, names, keys)

    return cursor.page(policies, read)


@router.get("/expiring")
async def list_expiring(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    month: Month,
    product: Product = None,
) -> Page[PolicyRead]:
    """即将到期保单：所选月份内到期的保单。"""
    return await _page(session, actor, cursor, keys, service.expiring_in(month, product))


@router.get("/mine")
async def my_policies(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    product: Product = None,
    years: Annotated[int | None, Query(ge=1, le=50, description="最近几年，例如 4")] = None,
) -> Page[PolicyRead]:
    """会员本人的参保记录，可按项目和最近几年筛选。"""
    policies, names = await service.my_policies(
        session, actor=actor, cursor=cursor, product=product, years=years
    )

    def read(row: Policy) -> PolicyRead:
        return read_policy(row, names, keys)

    return cursor.page(policies, read)


@router.get("/export", response_class=FileResponse)
async def export_policies(
    session: SessionDep, actor: Exporter, keys: KeysDep, search: QuerySearch
) -> FileResponse:
    """立即导出查询到的参保记录（xlsx）；数量较多时请使用“导出任务”。"""
    return await _export(session, actor, keys, search)


@router.post("/export", response_class=FileResponse)
async def export_found_policies(
    session: SessionDep, actor: Exporter, keys: KeysDep, body: PolicySearch
) -> FileResponse:
    """立即导出按姓名、证件号码等查询到的参保记录（xlsx）。"""
    return await _export(session, actor, keys, body)


@router.get("/expiring/export", response_class=FileResponse)
async def export_expiring(
    session: SessionDep, actor: Exporter, keys: KeysDep, month: Month, product: Product = None
) -> FileResponse:
    """导出所选月份内到期的保单（xlsx）。"""
    return await _export(session, actor, keys, service.expiring_in(month, product))


async def _export(session: SessionDep, actor: Actor, keys: KeysDep, search: PolicySearch) -> FileResponse:
    async with workbook_file() as path:
        await write_direct(session, actor=actor, keys=keys, search=search, path=path)
        return workbook_response(path, f"参保记录-{today().isoformat()}.xlsx")


@router.post("/exports", status_code=status.HTTP_202_ACCEPTED)
async def request_export(
    session: SessionDep, actor: Exporter, keys: KeysDep, body: PolicySearch, once: OnceDep
) -> TaskRead:
    """导出任务：在后台生成 xlsx，可在任务列表中查看进度并下载。"""

    async def work() -> TaskRead:
        await service.require_sense(session, body)
        parameters = body.model_dump(mode="json", exclude_none=True)
        task = await request_task(
            session, actor=actor, kind=RECORDS_EXPORT.name, parameters=parameters, keys=keys
        )
        return TaskRead.of(task, title=RECORDS_EXPORT.title)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)
