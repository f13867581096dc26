"""Use cases of an order up to its approval."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.clock import now, today
from common.contracts.enrollment import OrderApproved, OrderReturned
from common.contracts.enrollment import OrderSubmitted as OrderSubmittedEvent
from common.contracts.pack import Product
from common.contracts.pack.chains import Node
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.http import Cursor
from common.tenancy import current_pack, pack_of_version

from ..copies.repository import CopyRepository
from ..people.repository import PeopleRepository
from ..people.service import flag_changed_people
from . import rules
from .cover import open_cover
from .errors import (
    FourEyes,
    NobodyInsurable,
    NotInsurablePeopleLeft,
    NotYourNode,
    ProductUnknown,
    RegisterChanged,
    ReturnNotAllowed,
    StartNotAllowed,
    TooManyOrders,
    UnitNotApproved,
    UnitRequired,
)
from .facts import order_fact
from .models import Order, OrderStatus
from .repository import OrderRepository

START_TEXTS = {
    "on_confirmation": ("自付款复核通过之日起生效", "cover begins on the day the payment is confirmed"),
    "next_day": ("自付款复核通过次日起生效", "cover begins the day after the payment is confirmed"),
    "next_month": (
        "自付款复核通过次月1日起生效",
        "cover begins on the first of the month after confirmation",
    ),
    "requested": ("的生效日期须在今天起{days}天之内", "it must lie within {days} days from today"),
}


def offered_to_units(product: Product, on: date) -> bool:
    """Whether units may order a product on a day."""
    begun = product.offered_from is None or product.offered_from <= on
    return (
        "unit" in product.ordered_by
        and begun
        and (product.offered_until is None or on <= product.offered_until)
    )


async def create_order(
    session: AsyncSession, *, actor: Actor, product_code: str, requested_start: date | None
) -> Order:
    """Make a draft order 暂存 for the caller's unit.

    UnitNotApproved, ProductUnknown, UnitRequired or StartNotAllowed.
    """
    if actor.kind != ActorKind.HANDLER or actor.unit_id is None:
        raise UnitRequired
    await _require_approved(session, actor.tenant_id, actor.unit_id)
    pack = await current_pack(session)
    product = next((p for p in pack.products if p.code == product_code), None)
    if product is None or not offered_to_units(product, today()):
        raise ProductUnknown(product=product_code)
    check_start(product, requested_start)
    repository = OrderRepository(session, actor.tenant_id)
    prefix = rules.order_prefix(now())
    serial = await repository.next_serial(prefix)
    if serial >= 10**rules.SERIAL_DIGITS:
        raise TooManyOrders
    order = Order(
        number=rules.order_number(prefix, serial),
        unit_id=actor.unit_id,
        product_code=product.code,
        pack_version=pack.version,
        created_by=actor.id,
        requested_start=requested_start,
    )
    repository.add(order)
    await session.flush()
    return order


def check_start(product: Product, requested: date | None) -> None:
    """Raise StartNotAllowed unless the product lets an order begin on the requested day."""
    if not rules.start_allowed(product.effective, requested=requested, today=today()):
        zh, en = START_TEXTS[product.effective.rule]
        days = product.effective.within_days
        raise StartNotAllowed(rule_zh=zh.format(days=days), rule_en=en.format(days=days))


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
    repository = OrderRepository(session, actor.tenant_id)
    return list(await repository.page(actor, cursor, status=status, product=product, number=number))


async def delete_order(session: AsyncSession, *, actor: Actor, order_id: UUID) -> None:
    """Delete a draft with its people; OrderStateWrong once it was submitted."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    order.require(OrderStatus.DRAFT)
    await PeopleRepository(session, actor.tenant_id).delete_order_rows(order.id)
    await OrderRepository(session, actor.tenant_id).remove_with_steps(order)
    await record(session, actor_id=actor.id, action="order.deleted", subject=f"order:{order_id}")


async def submit_order(
    session: AsyncSession, *, actor: Actor, order_id: UUID, leave_out_not_insurable: bool
) -> tuple[Order, int]:
    """Hand an order in for review; return it and how many people were left out as not insurable."""
    repository = OrderRepository(session, actor.tenant_id)
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    order.require(OrderStatus.DRAFT)
    await _require_approved(session, order.tenant_id, order.unit_id)
    pack = await pack_of_version(session, order.pack_version)
    product = pack.product(order.product_code)
    check_start(product, order.requested_start)
    await repository.lock_submissions(order.product_code)
    changed = await flag_changed_people(session, order=order, product=product)
    if changed and not leave_out_not_insurable:
        raise RegisterChanged(count=changed)
    people = PeopleRepository(session, actor.tenant_id)
    counts = await people.counts(order.id)
    if counts.not_insurable and not leave_out_not_insurable:
        raise NotInsurablePeopleLeft(count=counts.not_insurable)
    if not counts.insurable:
        raise NobodyInsurable
    by_shares = await people.people_by_shares(order.id)
    order.submit(
        by=actor.id,
        node=rules.first_node(pack.chains.orders.review),
        people=counts.insurable,
        shares=sum(shares * number for shares, number in by_shares.items()),
        amount_due=rules.amount_due(by_shares, price=product.contribution, rounding=pack.rounding),
    )
    repository.record(order, chain="review", node=None, decision="submitted", actor=actor)
    emit(session, OrderSubmittedEvent(order=await order_fact(session, order)))
    return order, counts.not_insurable


async def _require_approved(session: AsyncSession, tenant_id: UUID, unit_id: UUID) -> None:
    unit = await CopyRepository(session, tenant_id).unit(unit_id)
    if unit is None or not unit.approved:
        raise UnitNotApproved


async def approve_order(session: AsyncSession, *, actor: Actor, order_id: UUID, opinion: str | None) -> Order:
    """Pass the review node at which the order stands; after the last one the amount is due."""
    order, node = await _order_at_review(session, actor, order_id)
    repository = OrderRepository(session, actor.tenant_id)
    pack = await pack_of_version(session, order.pack_version)
    following = rules.next_node(pack.chains.orders.review, node.code)
    repository.record(order, chain="review", node=node.code, decision="passed", actor=actor, reason=opinion)
    order.pass_review(next_node=following)
    await record(
        session,
        actor_id=actor.id,
        action="order.approved",
        subject=f"order:{order.id}",
        detail={"node": node.code},
    )
    if following is None:
        emit(session, OrderApproved(order=await order_fact(session, order)))
        if order.amount_due == 0:
            await open_cover(session, order, pack)
    return order


async def return_order(
    session: AsyncSession, *, actor: Actor, order_id: UUID, reason: str, keys: TenantKeys
) -> Order:
    """Give an order back to its handler with the reason; it is a draft again."""
    order, node = await _order_at_review(session, actor, order_id)
    if not node.may_return:
        raise ReturnNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    repository = OrderRepository(session, actor.tenant_id)
    repository.record(order, chain="review", node=node.code, decision="returned", actor=actor, reason=reason)
    order.return_to_draft(reason=reason)
    await record(session, actor_id=actor.id, action="order.returned", subject=f"order:{order.id}")
    fact = await order_fact(session, order)
    emit(session, OrderReturned(order=fact, reason=keys.sealed_words(reason)))
    return order


async def _order_at_review(session: AsyncSession, actor: Actor, order_id: UUID) -> tuple[Order, Node]:
    """Lock an order under review and return it with its node; checks role and four eyes."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    order.require(OrderStatus.SUBMITTED)
    pack = await pack_of_version(session, order.pack_version)
    node = pack.chains.orders.review.node(order.node or "")
    passed = await OrderRepository(session, actor.tenant_id).passed_since_submission(order, "review")
    submitters = {order.created_by} | ({order.submitted_by} if order.submitted_by else set())
    check_decider(actor, node, passed=passed, submitters=submitters)
    return order, node


def check_decider(actor: Actor, node: Node, *, passed: list[rules.StepFact], submitters: set[UUID]) -> None:
    """Raise NotYourNode or FourEyes unless the caller may decide at a node."""
    if node.role not in actor.roles:
        raise NotYourNode(node_zh=node.title.zh, node_en=node.title.en)
    if actor.id in rules.barred(node, steps=passed, submitters=submitters):
        raise FourEyes(node_zh=node.title.zh, node_en=node.title.en)
