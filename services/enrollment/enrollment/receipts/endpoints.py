"""HTTP of receipts."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires, requires_any

from .. import auth
from ..papers import PDF, pdf_response
from . import service
from .models import Receipt
from .printing import print_receipt
from .reading import read_receipt
from .schemas import ReceiptRead

router = APIRouter(tags=["receipts"])
Issuer = Annotated[Actor, requires(auth.RECEIPT_ISSUE)]
Reader = Annotated[
    Actor, requires_any(auth.RECEIPT_ISSUE, auth.ORDER_READ, auth.APPLICATION_WRITE, auth.DUES_PAY)
]


@router.post("/orders/{order_id}/receipt")
async def issue_order_receipt(
    session: SessionDep, actor: Issuer, order_id: UUID, keys: KeysDep, once: OnceDep
) -> ReceiptRead:
    """为已付款的参保申请开具收据（每笔一张，重复开具返回同一张）。"""

    async def work() -> ReceiptRead:
        receipt = await service.issue_order_receipt(session, actor=actor, order_id=order_id)
        return read_receipt(receipt, keys)

    return await once.run(session, caller=str(actor.id), answer=ReceiptRead, work=work)


@router.get("/receipts")
async def list_receipts(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    kind: Annotated[Literal["order", "cover", "dues"] | None, Query()] = None,
    number: Annotated[str | None, Query(max_length=20)] = None,
    subject: Annotated[UUID | None, Query(description="所收款项：参保申请、个人参保或会费账单")] = None,
) -> Page[ReceiptRead]:
    """收据列表：会员看自己的，单位看本单位的，工作人员看所辖范围的。"""
    receipts = await service.list_receipts(
        session, actor=actor, cursor=cursor, kind=kind, number=number, subject_id=subject
    )

    def read(receipt: Receipt) -> ReceiptRead:
        return read_receipt(receipt, keys)

    return cursor.page(receipts, read)


@router.get("/receipts/{receipt_id}")
async def get_receipt(session: SessionDep, actor: Reader, receipt_id: UUID, keys: KeysDep) -> ReceiptRead:
    """一张收据。"""
    return read_receipt(await service.find_receipt(session, actor=actor, receipt_id=receipt_id), keys)


@router.get("/receipts/{receipt_id}/file", response_class=Response, responses=PDF)
async def print_receipt_file(session: SessionDep, actor: Reader, receipt_id: UUID, keys: KeysDep) -> Response:
    """打印收据（PDF），记录打印次数。"""
    receipt = await service.find_receipt(session, actor=actor, receipt_id=receipt_id)
    paper = await print_receipt(session, actor=actor, receipt=receipt, keys=keys)
    return pdf_response(paper, f"收据-{receipt.number}.pdf")
