"""HTTP of products."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from common.auth import Actor
from common.errors import NotFound
from common.http import MaybeActorDep, PublicSessionDep, SessionDep, requires
from common.tenancy import current_pack

from .. import auth
from ..files import workbook_file, workbook_response
from ..rosters import rules_of, write_template
from . import service
from .schemas import ProductList

router = APIRouter(prefix="/products", tags=["products"])


@router.get("")
async def list_products(
    session: PublicSessionDep,
    reader: MaybeActorDep,
    kind: Annotated[
        Literal["contribution", "public_benefit"] | None, Query(description="会费型或公益型")
    ] = None,
) -> ProductList:
    """参保项目列表；常见问题只列出写给读者的：会员看会员的，经办人看经办人的。"""
    return await service.list_products(session, reader=reader, kind=kind)


@router.get("/{code}/roster-template", response_class=FileResponse)
async def roster_template(
    session: SessionDep, actor: Annotated[Actor, requires(auth.ORDER_WRITE)], code: str
) -> FileResponse:
    """下载参保花名册模板（xlsx）。"""
    product = await service.find_product(session, code=code)
    rules = rules_of(await current_pack(session), product)
    if rules is None or product.roster is None:
        raise NotFound
    async with workbook_file() as path:
        await asyncio.to_thread(write_template, path, rules)
        return workbook_response(path, f"{product.title.zh}参保花名册模板.xlsx")
