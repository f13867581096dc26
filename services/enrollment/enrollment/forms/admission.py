"""The form 团体入会表 of an order, to be sealed and handed in with its payment (manual 002, part 3.4)."""

from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.identifiers import mask_mobile, mask_name
from common.printing import print_pdf

from ..auth import EXPORT
from ..copies.models import UnitCopy
from ..orders.models import OrderStatus
from ..orders.quotes import quote_of
from ..orders.reading import expected_days
from ..orders.repository import OrderRepository
from ..people.sealing import open_person
from ..receipts.rules import in_capitals
from .heads import Head, head_of

TEMPLATE = Path(__file__).with_name("admission.typ")


async def print_admission(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys
) -> tuple[str, bytes]:
    """Return an order's number and its form as PDF.

    The handler stands there whole for whoever may export, else masked; every print is in the audit log.
    """
    head = await head_of(session, actor=actor, order_id=order_id)
    order = head.order
    people, shares, amount = order.people, order.shares, order.amount_due
    if order.status == OrderStatus.DRAFT or amount is None:
        quote = await quote_of(session, order, head.pack)
        people, shares, amount = quote.people, quote.shares, quote.amount
    name, mobile = _handler(head.unit, keys, whole=actor.may(EXPORT))
    await record(
        session,
        actor_id=actor.id,
        action="form.printed",
        subject=f"order:{order.id}",
        detail={"people": people},
    )
    data = head.data | {
        "people": str(people),
        "shares": str(shares),
        "price": f"{head.product.contribution.per_share:.2f}",
        "amount": f"{amount:.2f}",
        "capitals": in_capitals(amount),
        "term": await _term(session, head),
        "handler": name,
        "mobile": mobile,
    }
    return order.number, await print_pdf(TEMPLATE, data)


def _handler(unit: UnitCopy | None, keys: TenantKeys, *, whole: bool) -> tuple[str, str]:
    """Name and mobile of a unit's handler; empty, to be written by hand, as long as identity has not told them."""
    if unit is None:
        return "", ""
    found = open_person(keys, document=None, name=unit.handler_name_token, mobile=unit.handler_mobile_token)
    return (found.name, found.mobile) if whole else (mask_name(found.name), mask_mobile(found.mobile))


async def _term(session: AsyncSession, head: Head) -> str:
    """The days of cover; before the payment is confirmed, those to be expected."""
    order = head.order
    if order.starts_on and order.ends_on:
        return f"{order.cover_from or order.starts_on} 至 {order.cover_until or order.ends_on}"
    first, latest = await expected_days(session, order, head.pack)
    base = await OrderRepository(session, order.tenant_id).base_of(order)
    if base is not None and base.ends_on is not None:
        return f"预计 {first} 至 {base.ends_on}，以付款复核确认为准"
    return f"预计自 {_between(first, latest)} 起 {head.product.term_months} 个月，以付款复核确认为准"


def _between(first: date, latest: date) -> str:
    return f"{first} 至 {latest}（续保的各人自上期到期次日）" if latest > first else f"{first}"
