"""Use cases of receipts: for an order at the agency's word, look, list."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.errors import NotFound
from common.http import Cursor
from common.tenancy import pack_of_version

from ..copies.repository import CopyRepository
from ..orders.models import OrderStatus
from ..orders.service import find_order
from .errors import NothingReceived
from .issuing import Line, issue_receipt
from .models import Receipt
from .repository import ReceiptRepository

KIND = "order"


async def issue_order_receipt(session: AsyncSession, *, actor: Actor, order_id: UUID) -> Receipt:
    """Issue the receipt of a paid order, once; asked again, the same one comes back. NothingReceived before that."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    paid = order.status in (OrderStatus.PAID, OrderStatus.DONE)
    if not paid or not order.amount_paid:
        raise NothingReceived
    product = (await pack_of_version(session, order.pack_version)).product(order.product_code)
    unit = await CopyRepository(session, actor.tenant_id).unit(order.unit_id)
    receipt = await issue_receipt(
        session,
        tenant_id=actor.tenant_id,
        kind=KIND,
        subject_id=order.id,
        fund=product.fund,
        unit_id=order.unit_id,
        person_id=None,
        payer_token=None,
        payer_name=unit.name if unit else "",
        issued_by=actor.id,
        lines=[Line(product.title.zh, order.shares, order.amount_paid)],
        remark=order.number,
    )
    repository = ReceiptRepository(session, actor.tenant_id)
    back, on = await repository.paid_back(order.id)
    if back and on is not None and not receipt.refunded:
        receipt.note_refund(back, on=on)
    await record(session, actor_id=actor.id, action="receipt.issued", subject=f"receipt:{receipt.id}")
    return receipt


async def find_receipt(session: AsyncSession, *, actor: Actor, receipt_id: UUID) -> Receipt:
    """Return a receipt that the caller may see; NotFound otherwise."""
    receipt = await ReceiptRepository(session, actor.tenant_id).visible(actor, receipt_id)
    if receipt is None:
        raise NotFound
    return receipt


async def list_receipts(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    kind: str | None,
    number: str | None,
    subject_id: UUID | None = None,
) -> Sequence[Receipt]:
    """Return a page of the receipts that the caller may see."""
    repository = ReceiptRepository(session, actor.tenant_id)
    return await repository.page(actor, cursor, kind=kind, number=number, subject_id=subject_id)
