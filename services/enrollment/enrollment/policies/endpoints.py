"""HTTP of policies and their snapshot command."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from fastapi.responses import FileResponse

from common.auth import Actor
from common.clock import today
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires

from .. import auth
from ..files import workbook_file, workbook_response
from . import service
from .models import Policy
from .reading import read_policy
from .schemas import PolicyRead, PolicySearch, SnapshotRead
from .snapshots import request_snapshot

router = APIRouter(tags=["policies"])
Reader = Annotated[Actor, requires(auth.POLICY_READ)]
Exporter = Annotated[Actor, requires(auth.EXPORT)]
Replayer = Annotated[Actor, requires(auth.REPLAY)]


def query_search(
    order_number: Annotated[str | None, Query(max_length=32)] = None,
    product: Annotated[str | None, Query(max_length=40)] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="参保年份")] = None,
) -> PolicySearch:
    """Read the parts of a search that may stand in an address."""
    return PolicySearch(order_number=order_number, product=product, year=year)


QuerySearch = Annotated[PolicySearch, Depends(query_search)]


@router.get("/policies")
async def list_policies(
    session: SessionDep, actor: Reader, cursor: CursorDep, keys: KeysDep, search: QuerySearch
) -> Page[PolicyRead]:
    """参保记录：按工单编号、项目、年份查询。"""
    return await _page(session, actor, cursor, keys, search)


@router.post("/policies/search")
async def search_policies(
    session: SessionDep, actor: Reader, cursor: CursorDep, keys: KeysDep, body: PolicySearch
) -> Page[PolicyRead]:
    """参保记录：也可按姓名、证件号码查询（不写入网址）。"""
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


@router.get("/policies/mine")
async def my_policies(
    session: SessionDep, actor: Reader, cursor: CursorDep, keys: KeysDep
) -> Page[PolicyRead]:
    """会员本人的参保记录。"""
    policies, names = await service.my_policies(session, actor=actor, cursor=cursor)

    def read(row: Policy) -> PolicyRead:
        return read_policy(row, names, keys)

    return cursor.page(policies, read)


@router.get("/policies/export", response_class=FileResponse)
async def export_policies(
    session: SessionDep, actor: Exporter, keys: KeysDep, search: QuerySearch
) -> FileResponse:
    """导出查询到的参保记录（xlsx）。"""
    return await _export(session, actor, keys, search)


@router.post("/policies/export", response_class=FileResponse)
async def export_found_policies(
    session: SessionDep, actor: Exporter, keys: KeysDep, body: PolicySearch
) -> FileResponse:
    """导出按姓名、证件号码等查询到的参保记录（xlsx）。"""
    return await _export(session, actor, keys, body)


async def _export(session: SessionDep, actor: Actor, keys: KeysDep, search: PolicySearch) -> FileResponse:
    async with workbook_file() as path:
        await service.export_policies(session, actor=actor, keys=keys, search=search, path=path)
        return workbook_response(path, f"参保记录-{today().isoformat()}.xlsx")


@router.post("/snapshots", status_code=status.HTTP_202_ACCEPTED)
async def tell_policies_again(session: SessionDep, actor: Replayer, once: OnceDep) -> SnapshotRead:
    """重新发送全部保单事实，供其他服务重建副本；不会再次通知会员。"""

    async def work() -> SnapshotRead:
        run = await request_snapshot(session, actor=actor)
        return SnapshotRead(id=run.id, told=run.told, finished_at=run.finished_at)

    return await once.run(session, caller=str(actor.id), answer=SnapshotRead, work=work)
