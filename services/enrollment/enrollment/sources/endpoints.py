"""HTTP of bringing known people onto an order, and of the check of everybody on it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.auth import Actor
from common.http import OnceDep, ServiceContext, SessionDep, context_of, requires
from common.text import Text

from .. import auth
from ..imports.checking import Placed
from ..imports.pool import roster_lane
from ..people.endpoints import read_counts
from ..people.schemas import PeopleCounts
from ..people.service import order_of
from . import service
from .schemas import FromLastTerm, FromRegister, PeopleAdded

router = APIRouter(prefix="/orders/{order_id}", tags=["people"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
ContextDep = Annotated[ServiceContext, Depends(context_of)]


NO_MEMBERS = Text(
    "没有可加入的会员：本单位已确认的会员都已在本申请中，或已参加该项目。",
    "There is nobody to add: the unit's confirmed members are on this order already, or covered.",
)
NOBODY_EXPIRES = Text(
    "没有可续保的人员：上期保障都还未到续保时间，或已续保。到期前后的人员见“续保提醒”，也可指定到期日期范围。",
    "Nobody is to be renewed: no cover is in its renewal window, or all is renewed. See the renewal list or name days.",
)


async def _added(
    session: SessionDep, actor: Actor, order_id: UUID, placed: Placed, nobody: Text
) -> PeopleAdded:
    counts = await service.count_people(session, actor=actor, order_id=order_id)
    found = placed.insurable + placed.not_insurable
    return PeopleAdded(
        insurable=placed.insurable,
        not_insurable=placed.not_insurable,
        message=None if found else nobody.in_language(),
        order=read_counts(counts),
    )


@router.post("/people/from-register")
async def add_members(
    session: SessionDep,
    actor: Writer,
    order_id: UUID,
    body: FromRegister,
    once: OnceDep,
    context: ContextDep,
) -> PeopleAdded:
    """从入会名单直接投保：勾选的会员，或本单位全部未参保会员。"""

    async def work() -> PeopleAdded:
        async with roster_lane(context) as lane:
            placed = await service.add_members(
                context, session, lane=lane, actor=actor, order_id=order_id, body=body
            )
        return await _added(session, actor, order_id, placed, NO_MEMBERS)

    return await once.run(session, caller=str(actor.id), answer=PeopleAdded, work=work)


@router.post("/people/from-last-term")
async def add_last_term(
    session: SessionDep,
    actor: Writer,
    order_id: UUID,
    body: FromLastTerm,
    once: OnceDep,
    context: ContextDep,
) -> PeopleAdded:
    """批量续转：上期人员不变，加入本次申请。"""

    async def work() -> PeopleAdded:
        async with roster_lane(context) as lane:
            placed = await service.add_last_term(
                context, session, lane=lane, actor=actor, order_id=order_id, body=body
            )
        return await _added(session, actor, order_id, placed, NOBODY_EXPIRES)

    return await once.run(session, caller=str(actor.id), answer=PeopleAdded, work=work)


@router.post("/recheck")
async def recheck_people(
    session: SessionDep, actor: Writer, order_id: UUID, context: ContextDep
) -> PeopleCounts:
    """重新校验全部人员：年龄、会员信息、在保和在途情况以现在为准。"""
    async with roster_lane(context) as lane:
        order = await order_of(session, actor=actor, order_id=order_id, draft=True)
        before = await service.count_people(session, actor=actor, order_id=order.id)
        await service.check_again(context, session, lane=lane, actor=actor, order=order)
    after = await service.count_people(session, actor=actor, order_id=order.id)
    return read_counts(after, abs(after.insurable - before.insurable))
