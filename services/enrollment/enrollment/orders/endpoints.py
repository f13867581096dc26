"""HTTP of orders: list, draft, submit, review."""

from contextlib import AsyncExitStack
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from common.auth import Actor
from common.http import (
    CursorDep,
    KeysDep,
    OnceDep,
    Page,
    ServiceContext,
    SessionDep,
    context_of,
    requires,
)
from common.http.edits import IfMatchDep, set_etag
from common.tasks import TaskRead
from common.text import Text

from .. import auth
from ..imports.pool import roster_lane
from ..sources.service import check_again
from ..tasks import SUBMISSION
from . import handing_in, reviewing, service
from .models import Order, OrderStatus
from .reading import read_detail, read_order, read_orders
from .schemas import (
    OrderApprove,
    OrderCreate,
    OrderDetail,
    OrderEdit,
    OrderRead,
    OrderReturn,
    OrderSubmit,
    OrderSubmitted,
    PeopleReturn,
)
from .submitting import submit_order as submit

router = APIRouter(prefix="/orders", tags=["orders"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Reviewer = Annotated[Actor, requires(auth.ORDER_REVIEW)]
SUBMITTED = Text("已提交 {people} 人，等待审核。", "{people} people submitted for review.")
LEFT_OUT = Text(
    "已提交 {people} 人，等待审核；{left_out} 名不可参保人员未提交。",
    "{people} people submitted for review; {left_out} who cannot be covered were left out.",
)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_order(
    session: SessionDep, keys: KeysDep, actor: Writer, body: OrderCreate, once: OnceDep
) -> OrderRead:
    """新建参保申请：选择参保项目，生成暂存的工单。"""

    async def work() -> OrderRead:
        order = await service.create_order(
            session,
            actor=actor,
            product_code=body.product,
            requested_start=body.requested_start,
            unit_id=body.unit_id,
        )
        return await read_order(session, order, keys)

    return await once.run(session, caller=str(actor.id), answer=OrderRead, work=work)


@router.get("")
async def list_orders(
    session: SessionDep,
    keys: KeysDep,
    actor: Reader,
    cursor: CursorDep,
    order_status: Annotated[OrderStatus | None, Query(alias="status")] = None,
    product: Annotated[str | None, Query(max_length=40)] = None,
    number: Annotated[str | None, Query(max_length=32)] = None,
) -> Page[OrderRead]:
    """参保申请列表：经办人看本单位的，工作人员看所辖单位的。"""
    orders = await service.list_orders(
        session, actor=actor, cursor=cursor, status=order_status, product=product, number=number
    )
    shown = {
        order.id: read for order, read in zip(orders, await read_orders(session, orders, keys), strict=True)
    }

    def read(row: Order) -> OrderRead:
        return shown[row.id]

    return cursor.page(orders, read)


@router.get("/{order_id}")
async def get_order(
    session: SessionDep, keys: KeysDep, actor: Reader, order_id: UUID, response: Response
) -> OrderDetail:
    """参保申请详情，含办理过程、人数和收款账户。"""
    order = await service.find_order(session, actor=actor, order_id=order_id)
    set_etag(response, order)
    return await read_detail(session, order, keys, actor=actor)


@router.patch("/{order_id}")
async def edit_order(
    session: SessionDep,
    keys: KeysDep,
    actor: Writer,
    order_id: UUID,
    body: OrderEdit,
    version: IfMatchDep,
    response: Response,
    context: Annotated[ServiceContext, Depends(context_of)],
) -> OrderDetail:
    """修改暂存的参保申请：预期生效日期、职工总人数；改日期后人员按新日期重新校验。"""
    async with AsyncExitStack() as stack:
        lane = None
        if body.requested_start is not None:
            lane = await stack.enter_async_context(roster_lane(context))
        order, moved = await service.edit_order(
            session, actor=actor, order_id=order_id, version=version, body=body
        )
        if moved and lane is not None:
            await check_again(context, session, lane=lane, actor=actor, order=order)
    await session.flush()
    set_etag(response, order)
    return await read_detail(session, order, keys, actor=actor)


@router.delete("/{order_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_order(session: SessionDep, actor: Writer, order_id: UUID) -> None:
    """删除暂存的参保申请及其人员。"""
    await service.delete_order(session, actor=actor, order_id=order_id)


@router.post("/{order_id}/submit")
async def submit_order(
    session: SessionDep, actor: Writer, order_id: UUID, body: OrderSubmit, keys: KeysDep, once: OnceDep
) -> OrderSubmitted:
    """提交参保申请，等待后台审核。"""

    async def work() -> OrderSubmitted:
        order, left_out = await submit(session, actor=actor, order_id=order_id, body=body, keys=keys)
        text = (LEFT_OUT if left_out else SUBMITTED).format(people=order.people, left_out=left_out)
        read = await read_order(session, order, keys)
        return OrderSubmitted(**read.model_dump(), left_out=left_out, message=text.in_language())

    return await once.run(session, caller=str(actor.id), answer=OrderSubmitted, work=work)


@router.post("/{order_id}/submissions", status_code=status.HTTP_202_ACCEPTED)
async def request_submission(
    session: SessionDep, actor: Writer, order_id: UUID, body: OrderSubmit, keys: KeysDep, once: OnceDep
) -> TaskRead:
    """后台提交：几万人的申请在后台逐批复核后提交，可查看进度；不能提交的原因见任务结果。"""

    async def work() -> TaskRead:
        task = await handing_in.request_submission(
            session, actor=actor, order_id=order_id, kind=SUBMISSION.name, body=body, keys=keys
        )
        return TaskRead.of(task, title=SUBMISSION.title)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)


@router.post("/{order_id}/approve")
async def approve_order(
    session: SessionDep, keys: KeysDep, actor: Reviewer, order_id: UUID, body: OrderApprove, once: OnceDep
) -> OrderRead:
    """审核通过：最后一个环节通过后等待付款。"""

    async def work() -> OrderRead:
        order = await reviewing.approve_order(
            session, actor=actor, order_id=order_id, opinion=body.opinion, keys=keys
        )
        return await read_order(session, order, keys)

    return await once.run(session, caller=str(actor.id), answer=OrderRead, work=work)


@router.post("/{order_id}/return")
async def return_order(
    session: SessionDep, actor: Reviewer, keys: KeysDep, order_id: UUID, body: OrderReturn, once: OnceDep
) -> OrderRead:
    """退回参保申请并写明原因，经办人修改后可再次提交。"""

    async def work() -> OrderRead:
        order = await reviewing.return_order(
            session, actor=actor, order_id=order_id, reason=body.reason, keys=keys
        )
        return await read_order(session, order, keys)

    return await once.run(session, caller=str(actor.id), answer=OrderRead, work=work)


@router.post("/{order_id}/people/return")
async def return_people(
    session: SessionDep,
    actor: Reviewer,
    order_id: UUID,
    body: PeopleReturn,
    once: OnceDep,
    keys: KeysDep,
) -> OrderRead:
    """打回个别人员并写明原因：转入单位的一笔新暂存申请，其余人员继续办理。"""

    async def work() -> OrderRead:
        order = await reviewing.return_people(
            session, actor=actor, order_id=order_id, ids=body.ids, reason=body.reason, keys=keys
        )
        return await read_order(session, order, keys)

    return await once.run(session, caller=str(actor.id), answer=OrderRead, work=work)
