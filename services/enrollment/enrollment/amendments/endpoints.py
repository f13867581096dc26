"""HTTP of amendments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, status

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires

from .. import auth
from ..orders.reading import read_detail
from ..orders.schemas import OrderDetail
from . import service
from .reading import read_leavers
from .schemas import AmendmentCreate, Leavers, LeaversRead

router = APIRouter(prefix="/orders/{order_id}", tags=["amendments"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]


@router.post("/amendments", status_code=status.HTTP_201_CREATED)
async def begin_amendment(
    session: SessionDep, keys: KeysDep, actor: Writer, order_id: UUID, body: AmendmentCreate, once: OnceDep
) -> OrderDetail:
    """中途增减人员：对已生效的团体参保新建一笔变更申请。"""

    async def work() -> OrderDetail:
        order = await service.begin_amendment(
            session, actor=actor, base_id=order_id, effective_on=body.effective_on
        )
        return await read_detail(session, order, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=OrderDetail, work=work)


@router.post("/leavers")
async def add_leavers(
    session: SessionDep, actor: Writer, order_id: UUID, body: Leavers, once: OnceDep, keys: KeysDep
) -> LeaversRead:
    """减少人员：选择在保人员退出，显示应退金额。"""

    async def work() -> LeaversRead:
        await service.add_leavers(session, actor=actor, order_id=order_id, keys=keys, body=body)
        await session.flush()
        order, leavers = await service.leavers_of(session, actor=actor, order_id=order_id)
        return await read_leavers(session, order, leavers, keys)

    return await once.run(session, caller=str(actor.id), answer=LeaversRead, work=work)


@router.get("/leavers")
async def list_leavers(session: SessionDep, actor: Reader, order_id: UUID, keys: KeysDep) -> LeaversRead:
    """变更申请中退出的人员和应退金额。"""
    order, leavers = await service.leavers_of(session, actor=actor, order_id=order_id)
    return await read_leavers(session, order, leavers, keys)
