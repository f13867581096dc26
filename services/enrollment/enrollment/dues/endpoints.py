"""HTTP of dues."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, status

from common.auth import Actor
from common.http import ContextDep, CursorDep, KeysDep, OnceDep, Page, SessionDep, requires, requires_any

from .. import auth
from ..individual.answers import shown_names
from ..online_payments.reading import read_payment
from ..online_payments.schemas import PaymentRead, PaymentStart
from ..online_payments.service import start_payment
from . import rules, service
from .models import DuesBill
from .paying import dues_to_pay
from .schemas import BillCreate, BillRead, DuesRead, PeriodRead

router = APIRouter(prefix="/dues", tags=["dues"])
Payer = Annotated[Actor, requires(auth.DUES_PAY)]
Reader = Annotated[Actor, requires_any(auth.DUES_PAY, auth.PAYMENT_CONFIRM)]


def read_bill(bill: DuesBill) -> BillRead:
    """Return a bill."""
    return BillRead.model_validate(bill, from_attributes=True)


@router.get("")
async def my_dues(session: SessionDep, actor: Payer) -> DuesRead:
    """会费标准和本人今年各期的缴纳情况。"""
    dues, periods = await service.my_periods(session, actor=actor)
    return DuesRead(
        every=dues.period,
        by_wage=dues.flat is None,
        tariff=[text.in_language() for text in rules.described(dues)],
        periods=[PeriodRead(period=period, state=state) for period, state in periods.items()],
    )


@router.post("/bills", status_code=status.HTTP_201_CREATED)
async def make_bill(
    session: SessionDep, actor: Payer, body: BillCreate, keys: KeysDep, once: OnceDep
) -> BillRead:
    """生成会费单：按月工资所在档次或定额计算，可一次缴纳多期。"""

    async def work() -> BillRead:
        bill = await service.make_bill(session, actor=actor, wage=body.wage, periods=body.periods, keys=keys)
        return read_bill(bill)

    return await once.run(session, caller=str(actor.id), answer=BillRead, work=work)


@router.get("/bills")
async def list_bills(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    state: Annotated[Literal["open", "paid", "cancelled", "refunded"] | None, Query()] = None,
) -> Page[BillRead]:
    """会费单：会员看自己的，财务看所辖范围的。"""
    bills = await service.list_bills(session, actor=actor, cursor=cursor, state=state)
    names = await shown_names(session, {bill.person_id for bill in bills}, keys)

    def read(bill: DuesBill) -> BillRead:
        return read_bill(bill).model_copy(update={"person_name": names.get(bill.person_id)})

    return cursor.page(bills, read)


@router.post("/bills/{bill_id}/payment", status_code=status.HTTP_201_CREATED)
async def pay_bill(
    request: Request,
    session: SessionDep,
    actor: Payer,
    bill_id: UUID,
    body: PaymentStart,
    context: ContextDep,
    once: OnceDep,
) -> PaymentRead:
    """在线缴纳会费：返回支付链接或二维码。"""

    async def work() -> PaymentRead:
        bill = await service.own_bill(session, actor=actor, bill_id=bill_id)
        payment = await start_payment(
            session,
            actor=actor,
            ports=context.extras["payments"],
            to_pay=dues_to_pay(bill),
            mode=body.mode,
            open_id=body.open_id,
            client_ip=request.client.host if request.client else None,
        )
        return read_payment(payment)

    return await once.run(session, caller=str(actor.id), answer=PaymentRead, work=work)


@router.post("/bills/{bill_id}/cancel")
async def cancel_bill(session: SessionDep, actor: Payer, bill_id: UUID, once: OnceDep) -> BillRead:
    """取消未缴纳的会费单。"""

    async def work() -> BillRead:
        return read_bill(await service.cancel_bill(session, actor=actor, bill_id=bill_id))

    return await once.run(session, caller=str(actor.id), answer=BillRead, work=work)
