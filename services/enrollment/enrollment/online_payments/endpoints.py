"""HTTP of online payments: look, ask again, give back, and the provider's notices."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.errors import NotFound, ServiceBusy
from common.http import (
    ContextDep,
    CursorDep,
    KeysDep,
    OnceDep,
    Page,
    SessionDep,
    context_of,
    requires,
    requires_any,
)
from common.tenancy import current_pack

from .. import auth
from ..individual.answers import shown_names
from . import service
from .models import OnlinePayment, PaymentState
from .reading import read_whole
from .refunding import refund_payment as give_back
from .refunding import retry_refund as send_again
from .schemas import PaymentRead, PaymentRefund
from .settling import ask_about, take_notice

router = APIRouter(prefix="/payments", tags=["online payments"])
Reader = Annotated[
    Actor, requires_any(auth.PAYMENT_CONFIRM, auth.APPLICATION_WRITE, auth.DUES_PAY, auth.APPLICATION_READ)
]
Finance = Annotated[Actor, requires(auth.PAYMENT_CONFIRM)]


async def session_of_notice(request: Request, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
    """A transaction for the tenant that a notice names; it commits like every other."""
    async with context_of(request).db.transaction(tenant_id) as session:
        yield session


NoticeSessionDep = Annotated[AsyncSession, Depends(session_of_notice, scope="function")]


@router.get("")
async def list_payments(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    state: Annotated[PaymentState | None, Query()] = None,
    refund: Annotated[Literal["requested", "done", "refused"] | None, Query()] = None,
) -> Page[PaymentRead]:
    """在线支付列表：会员看自己的，财务看所辖范围的；held 为金额不符、待人工处理。

    refund=refused：退款被支付机构拒绝的，待人工处理。
    """
    payments, refunds = await service.list_payments(
        session, actor=actor, cursor=cursor, state=state, refund=refund
    )
    names = await shown_names(session, {payment.person_id for payment in payments}, keys)

    def read(payment: OnlinePayment) -> PaymentRead:
        whole = read_whole(payment, refunds[payment.id], keys)
        return whole.model_copy(update={"person_name": names.get(payment.person_id)})

    return cursor.page(payments, read)


@router.get("/{payment_id}")
async def get_payment(session: SessionDep, actor: Reader, payment_id: UUID, keys: KeysDep) -> PaymentRead:
    """一笔在线支付及其退款。"""
    payment = await service.find_payment(session, actor=actor, payment_id=payment_id)
    return read_whole(payment, await service.refunds_of(session, payment), keys)


@router.post("/{payment_id}/refresh")
async def refresh_payment(
    session: SessionDep, actor: Reader, payment_id: UUID, context: ContextDep, keys: KeysDep, once: OnceDep
) -> PaymentRead:
    """向支付机构查询支付结果（付款后页面未更新时使用）。"""

    async def work() -> PaymentRead:
        known = await service.find_payment(session, actor=actor, payment_id=payment_id)
        payment = await ask_about(session, known, context.extras["payments"])
        if payment is None:
            raise NotFound
        return read_whole(payment, await service.refunds_of(session, payment), keys)

    return await once.run(session, caller=str(actor.id), answer=PaymentRead, work=work)


@router.post("/{payment_id}/refund")
async def refund_payment(
    session: SessionDep, actor: Finance, payment_id: UUID, body: PaymentRefund, keys: KeysDep, once: OnceDep
) -> PaymentRead:
    """原路退回全部或部分款项，累计不超过实收金额。"""

    async def work() -> PaymentRead:
        payment = await give_back(
            session,
            actor=actor,
            payment_id=payment_id,
            amount=body.amount,
            reason=body.reason,
            cause=f"{actor.id}:{once.key}",
            keys=keys,
        )
        return read_whole(payment, await service.refunds_of(session, payment), keys)

    return await once.run(session, caller=str(actor.id), answer=PaymentRead, work=work)


@router.post("/{payment_id}/refunds/{refund_id}/retry")
async def retry_refund(
    session: SessionDep, actor: Finance, payment_id: UUID, refund_id: UUID, keys: KeysDep, once: OnceDep
) -> PaymentRead:
    """重新提交被支付机构拒绝的退款：原因已消除，或已在支付机构平台人工处理（同一退款编号只退一次）。"""

    async def work() -> PaymentRead:
        payment = await send_again(session, actor=actor, payment_id=payment_id, refund_id=refund_id)
        return read_whole(payment, await service.refunds_of(session, payment), keys)

    return await once.run(session, caller=str(actor.id), answer=PaymentRead, work=work)


@router.post("/notices/{channel}/{tenant_id}")
async def receive_notice(
    request: Request, session: NoticeSessionDep, context: ContextDep, channel: str, tenant_id: UUID
) -> JSONResponse:
    """支付机构的结果通知：验签后入账，重复通知只生效一次。"""
    ports: service.Ports = context.extras["payments"]
    try:
        pack = await current_pack(session)
    except ServiceBusy:
        raise NotFound from None
    port = ports.get(channel)
    if port is None:
        raise NotFound
    notice = await port.read_notice(dict(request.headers), await request.body(), pack)
    if notice is not None:
        await take_notice(session, tenant_id=tenant_id, notice=notice)
    status, answer = port.accepted()
    return JSONResponse(answer, status_code=status)
