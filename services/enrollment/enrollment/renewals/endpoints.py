"""HTTP of renewals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from common.auth import Actor
from common.http import CursorDep, KeysDep, SessionDep, requires

from .. import auth
from ..files import workbook_file, workbook_response
from . import service
from .schemas import RenewalPage, RenewalSummary

router = APIRouter(prefix="/renewals", tags=["renewals"])
Reader = Annotated[Actor, requires(auth.POLICY_READ)]
Exporter = Annotated[Actor, requires(auth.EXPORT)]
Month = Annotated[
    str | None,
    Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="名单月份，例如 2026-12；不填为本月"),
]


@router.get("/summary")
async def summarise(session: SessionDep, actor: Reader, month: Month = None) -> RenewalSummary:
    """续保提醒概况：某月名单的人数和到期区间。"""
    return await service.summarise(session, actor=actor, month=month)


@router.get("")
async def list_renewals(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    month: Month = None,
    product: Annotated[str | None, Query(max_length=40)] = None,
    unit_id: UUID | None = None,
) -> RenewalPage:
    """续保提醒：每月 1 日更新的临保人员（到期前 30 天至到期后 10 天），已续保的不显示。"""
    return await service.list_renewals(
        session, actor=actor, keys=keys, cursor=cursor, month=month, product=product, unit_id=unit_id
    )


@router.get("/export", response_class=FileResponse)
async def export_roster(
    session: SessionDep,
    actor: Exporter,
    keys: KeysDep,
    product: Annotated[str, Query(max_length=40)],
    month: Month = None,
    unit_id: UUID | None = None,
) -> FileResponse:
    """导出需要续保的人员（花名册格式，修改后可在参保申请中上传）。"""
    async with workbook_file() as path:
        await service.export_roster(
            session, actor=actor, keys=keys, month=month, product_code=product, unit_id=unit_id, path=path
        )
        return workbook_response(path, f"续保名单-{service.first_of(month):%Y-%m}.xlsx")
