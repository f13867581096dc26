"""HTTP of searches of orders and of what is done with exactly what they show."""

from typing import Annotated

from fastapi import APIRouter

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires

from .. import auth
from ..orders.models import Order
from ..orders.reading import read_orders
from ..orders.schemas import OrderRead
from . import service
from .schemas import FoundReport, FoundResult, FoundReturn, FoundSummary, OrderSearch

router = APIRouter(prefix="/orders/found", tags=["orders"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Reviewer = Annotated[Actor, requires(auth.ORDER_REVIEW)]


@router.post("")
async def search_orders(
    session: SessionDep, actor: Reader, cursor: CursorDep, keys: KeysDep, body: OrderSearch
) -> Page[OrderRead]:
    """按状态、产品、单位、日期、人员查询参保申请。"""
    orders = await service.search_orders(session, actor=actor, keys=keys, search=body, cursor=cursor)
    shown = {
        order.id: read for order, read in zip(orders, await read_orders(session, orders, keys), strict=True)
    }

    def read(row: Order) -> OrderRead:
        return shown[row.id]

    return cursor.page(orders, read)


@router.post("/summary")
async def sum_up(session: SessionDep, actor: Reader, keys: KeysDep, body: OrderSearch) -> FoundSummary:
    """汇总金额：查询结果的申请数、人数和金额。"""
    return await service.sum_up(session, actor=actor, keys=keys, search=body)


@router.post("/submit")
async def submit_found(
    session: SessionDep, actor: Writer, keys: KeysDep, body: FoundReport, once: OnceDep
) -> FoundResult:
    """当前查询结果上报：单位把查到的暂存申请一并提交；与汇总不一致则不上报。"""

    async def work() -> FoundResult:
        return await service.submit_found(
            session, actor=actor, keys=keys, search=body.search, expected=body.expected
        )

    return await once.run(session, caller=str(actor.id), answer=FoundResult, work=work)


@router.post("/pass")
async def pass_found(
    session: SessionDep, actor: Reviewer, keys: KeysDep, body: FoundReport, once: OnceDep
) -> FoundResult:
    """当前查询结果上报：代办处核实后一并上报上级。"""

    async def work() -> FoundResult:
        return await service.pass_found(
            session,
            actor=actor,
            keys=keys,
            search=body.search,
            expected=body.expected,
            opinion=body.opinion,
        )

    return await once.run(session, caller=str(actor.id), answer=FoundResult, work=work)


@router.post("/return")
async def return_found(
    session: SessionDep, actor: Reviewer, keys: KeysDep, body: FoundReturn, once: OnceDep
) -> FoundResult:
    """当前查询结果打回，写明原因。"""

    async def work() -> FoundResult:
        return await service.return_found(
            session, actor=actor, keys=keys, search=body.search, expected=body.expected, reason=body.reason
        )

    return await once.run(session, caller=str(actor.id), answer=FoundResult, work=work)
