"""Use cases of drafts and of looking at orders; submitting.py and reviewing.py have what follows."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.auth.scope import reaches
from common.clock import now, today
from common.contracts.pack import Product
from common.errors import NotFound
from common.http import Cursor
from common.http.edits import check_version
from common.tenancy import current_pack, pack_of_version

from ..copies.repository import CopyRepository
from ..people.repository import PeopleRepository
from ..searching import require_product
from . import rules
from .errors import (
    ProductUnknown,
    StartNotAllowed,
    TooManyOrders,
    UnitNotApproved,
    UnitRequired,
    UnitUnknown,
)
from .models import Order, OrderStatus
from .repository import OrderRepository
from .schemas import OrderEdit

START_TEXTS = {
    "on_confirmation": ("自付款复核通过之日起生效", "cover begins on the day the payment is confirmed"),
    "next_day": ("自付款复核通过次日起生效", "cover begins the day after the payment is confirmed"),
    "next_month": (
        "自付款复核通过次月1日起生效",
        "cover begins on the first of the month after confirmation",
    ),
    "requested": ("的生效日期须在今天起{days}天之内", "it must lie within {days} days from today"),
}


def offered(product: Product, on: date, *, by: str = "unit") -> bool:
    """Whether a unit (or the union) may order a product on a day."""
    begun = product.offered_from is None or product.offered_from <= on
    return (
        by in product.ordered_by and begun and (product.offered_until is None or on <= product.offered_until)
    )


async def create_order(
    session: AsyncSession,
    *,
    actor: Actor,
    product_code: str,
    requested_start: date | None,
    unit_id: UUID | None = None,
) -> Order:
    """Make a draft order 暂存 for the caller's unit, or by the union's staff for a unit (public benefit).

    UnitNotApproved, ProductUnknown, UnitRequired, UnitUnknown or StartNotAllowed.
    """
    pack = await current_pack(session)
    product = next((p for p in pack.products if p.code == product_code), None)
    unit, by = await _unit_of(session, actor, unit_id)
    if product is None or not offered(product, today(), by=by):
        raise ProductUnknown(product=product_code)
    check_start(product, requested_start)
    return await add_draft(
        session,
        actor=actor,
        unit_id=unit,
        product=product.code,
        pack_version=pack.version,
        requested_start=requested_start,
    )


async def _unit_of(session: AsyncSession, actor: Actor, unit_id: UUID | None) -> tuple[UUID, str]:
    """Return for which unit the caller orders, and as whom: the unit itself, or the union."""
    if actor.kind == ActorKind.HANDLER and actor.unit_id is not None:
        if unit_id not in (None, actor.unit_id):
            raise UnitUnknown
        await require_approved(session, actor.tenant_id, actor.unit_id)
        return actor.unit_id, "unit"
    if actor.kind != ActorKind.STAFF or unit_id is None:
        raise UnitRequired
    unit = await CopyRepository(session, actor.tenant_id).unit(unit_id)
    if unit is None or not reaches(actor, unit.org_path):
        raise UnitUnknown
    await require_approved(session, actor.tenant_id, unit_id)
    return unit_id, "union"


async def add_draft(
    session: AsyncSession, *, actor: Actor, unit_id: UUID, product: str, pack_version: int, **more: Any
) -> Order:
    """Add a draft with a number of its own, made by the caller."""
    order = Order(
        number=await new_number(session, actor.tenant_id),
        unit_id=unit_id,
        product_code=product,
        pack_version=pack_version,
        created_by=actor.id,
        created_human=actor.human,
        **more,
    )
    OrderRepository(session, actor.tenant_id).add(order)
    await session.flush()
    return order


async def new_number(session: AsyncSession, tenant_id: UUID) -> str:
    """Return the number of a new order: date, time and the serial within that second; TooManyOrders."""
    prefix = rules.order_prefix(now())
    serial = await OrderRepository(session, tenant_id).next_serial(prefix)
    if serial >= 10**rules.SERIAL_DIGITS:
        raise TooManyOrders
    return rules.order_number(prefix, serial)


def check_start(product: Product, requested: date | None) -> None:
    """Raise StartNotAllowed unless the product lets an order begin on the requested day."""
    if not rules.start_allowed(product.effective, requested=requested, today=today()):
        zh, en = START_TEXTS[product.effective.rule]
        days = product.effective.within_days
        raise StartNotAllowed(rule_zh=zh.format(days=days), rule_en=en.format(days=days))


async def edit_order(
    session: AsyncSession, *, actor: Actor, order_id: UUID, version: int, body: OrderEdit
) -> tuple[Order, bool]:
    """Change a draft; return it and whether its first day changed, so that its people must be judged again."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    order.require(OrderStatus.DRAFT)
    check_version(order, version)
    pack = await pack_of_version(session, order.pack_version)
    moved = body.requested_start is not None and body.requested_start != order.requested_start
    if moved:
        check_start(pack.product(order.product_code), body.requested_start)
        order.requested_start = body.requested_start
    if body.employees is not None:
        order.employees = body.employees
    order.touch()
    return order, moved


async def find_order(session: AsyncSession, *, actor: Actor, order_id: UUID, lock: bool = False) -> Order:
    """Return an order in the caller's scope; NotFound otherwise."""
    order = await OrderRepository(session, actor.tenant_id).visible(actor, order_id, lock=lock)
    if order is None:
        raise NotFound
    return order


async def list_orders(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    status: str | None,
    product: str | None,
    number: str | None,
) -> list[Order]:
    """Return a page of the orders in the caller's scope."""
    await require_product(session, product)
    repository = OrderRepository(session, actor.tenant_id)
    return list(await repository.page(actor, cursor, status=status, product=product, number=number))


async def delete_order(session: AsyncSession, *, actor: Actor, order_id: UUID) -> None:
    """Delete a draft with its people; OrderStateWrong once it was submitted."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    order.require(OrderStatus.DRAFT)
    await PeopleRepository(session, actor.tenant_id).delete_order_rows(order.id)
    await OrderRepository(session, actor.tenant_id).remove_with_steps(order)
    await record(session, actor_id=actor.id, action="order.deleted", subject=f"order:{order_id}")


async def require_approved(session: AsyncSession, tenant_id: UUID, unit_id: UUID) -> None:
    """Raise UnitNotApproved unless the unit's profile is approved."""
    unit = await CopyRepository(session, tenant_id).unit(unit_id)
    if unit is None or not unit.approved:
        raise UnitNotApproved
