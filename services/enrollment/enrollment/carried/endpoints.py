"""HTTP of cover that is carried over."""

from typing import Annotated

from fastapi import APIRouter, status

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires

from .. import auth
from ..orders.reading import read_detail
from ..orders.schemas import OrderDetail
from . import service
from .schemas import CarriedCreate

router = APIRouter(prefix="/carried-orders", tags=["carried"])
Carrier = Annotated[Actor, requires(auth.COVER_CARRY)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def carry_over(
    session: SessionDep, keys: KeysDep, actor: Carrier, body: CarriedCreate, once: OnceDep
) -> OrderDetail:
    """从原系统转入一个单位的在保人员：新建转入单，再上传花名册、提交、由另一人审核；不再收费，也不重复通知。"""

    async def work() -> OrderDetail:
        order = await service.carry_over(session, actor=actor, body=body)
        return await read_detail(session, order, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=OrderDetail, work=work)
