"""HTTP of payments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.http import KeysDep, LinkKeyDep, OnceDep, SessionDep, requires

from .. import auth
from ..orders.reading import read_detail, read_order
from ..orders.schemas import OrderDetail, OrderRead
from . import service
from .schemas import PaperLinks, PaymentRefusal, PaymentReport

router = APIRouter(prefix="/orders/{order_id}/payment", tags=["payments"])
Reporter = Annotated[Actor, requires(auth.PAYMENT_REPORT)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Confirmer = Annotated[Actor, requires(auth.PAYMENT_CONFIRM)]


@router.post("")
async def report_payment(
    session: SessionDep,
    keys: KeysDep,
    actor: Reporter,
    order_id: UUID,
    body: PaymentReport,
    once: OnceDep,
    key: LinkKeyDep,
) -> OrderDetail:
    """提交付款信息：实付金额、付款凭证（图片）、盖章的团体入会表和参保花名册（pdf）。"""

    async def work() -> OrderDetail:
        order = await service.report_payment(
            session,
            actor=actor,
            order_id=order_id,
            amount=body.amount,
            voucher=body.voucher,
            papers=body.papers,
            key=key,
        )
        await session.flush()
        return await read_detail(session, order, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=OrderDetail, work=work)


@router.get("/papers")
async def list_papers(
    session: SessionDep,
    actor: Reader,
    order_id: UUID,
    key: LinkKeyDep,
) -> PaperLinks:
    """付款凭证、盖章的团体入会表和参保花名册的查看链接（短时有效）。"""
    return PaperLinks(items=await service.list_papers(session, actor=actor, order_id=order_id, key=key))


@router.post("/confirm")
async def confirm_payment(
    session: SessionDep, keys: KeysDep, actor: Confirmer, order_id: UUID, once: OnceDep
) -> OrderRead:
    """财务复核通过：生成保单。"""

    async def work() -> OrderRead:
        order = await service.confirm_payment(session, actor=actor, order_id=order_id)
        return await read_order(session, order, keys)

    return await once.run(session, caller=str(actor.id), answer=OrderRead, work=work)


@router.post("/refuse")
async def refuse_payment(
    session: SessionDep, keys: KeysDep, actor: Confirmer, order_id: UUID, body: PaymentRefusal, once: OnceDep
) -> OrderRead:
    """付款信息不符，退回经办人重新提交。"""

    async def work() -> OrderRead:
        order = await service.refuse_payment(
            session, actor=actor, order_id=order_id, reason=body.reason, keys=keys
        )
        return await read_order(session, order, keys)

    return await once.run(session, caller=str(actor.id), answer=OrderRead, work=work)
