"""The use case of handing an order in for review: its people, declarations and amount are looked at once more."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, Eyes
from common.contracts.enrollment import OrderSubmitted as OrderSubmittedEvent
from common.crypto import TenantKeys
from common.events import emit
from common.tenancy import pack_of_version

from ..people.context import expected_start
from ..people.contributions import ContributionRepository
from ..people.judging import Seen, flag_changed_people, judge_again
from ..people.repository import PeopleRepository
from ..slots.repository import SlotRepository
from . import rules
from .declarations import check_declarations
from .errors import ChangedMeanwhile, NobodyInsurable, NotInsurablePeopleLeft, RegisterChanged
from .facts import order_fact
from .models import Order, OrderStatus
from .quotes import quote_of
from .repeats import repeated
from .repository import OrderRepository
from .schemas import OrderSubmit
from .service import check_start, find_order, require_approved


async def submit_order(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    body: OrderSubmit,
    keys: TenantKeys,
    seen: Seen | None = None,
    version: int | None = None,
) -> tuple[Order, int]:
    """Hand an order in for review; return it and how many people were left out as not insurable.

    `seen` is told how many people have been judged, again and again. ChangedMeanwhile if the order does not have the
    `version` that was to be handed in.
    """
    repository = OrderRepository(session, actor.tenant_id)
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    async with repeated(session, actor, order, "submitted", chain="review"):
        order.require(OrderStatus.DRAFT)
    if version is not None and order.version != version:
        raise ChangedMeanwhile
    await require_approved(session, order.tenant_id, order.unit_id)
    pack = await pack_of_version(session, order.pack_version)
    product = pack.product(order.product_code)
    if order.kind == "enrolment":
        check_start(product, order.requested_start)
    # Everybody is judged before the slots are taken: under their locks only what other orders changed is looked at.
    changed = await judge_again(session, order=order, keys=keys, seen=seen)
    slots = SlotRepository(session, actor.tenant_id)
    await slots.take(order)
    if lost := await flag_changed_people(session, order=order, product=product):
        changed += lost
        await slots.give_back(order, refused=True)
    left_out = await _check_people(session, order, changed, leave_out=body.leave_out_not_insurable)
    if order.kind == "enrolment":
        await check_declarations(session, order, product, body)
    quote = await quote_of(session, order, pack)
    await ContributionRepository(session, actor.tenant_id).write_contributions(order.id, quote.rest)
    order.submit(
        by=Eyes.of(actor),
        node=rules.first_node(pack.chains.orders.review),
        people=quote.people + quote.leaving,
        shares=quote.shares,
        amount_due=quote.amount,
    )
    order.leaving = quote.leaving
    order.judged_for = expected_start(order, product)
    repository.record(order, chain="review", node=None, decision="submitted", actor=actor)
    emit(session, OrderSubmittedEvent(order=await order_fact(session, order)))
    return order, left_out


async def _check_people(session: AsyncSession, order: Order, changed: int, *, leave_out: bool) -> int:
    """Return how many people of a draft are left out; `changed`: how many of them were insurable until now."""
    if changed and not leave_out:
        raise RegisterChanged(count=changed)
    counts = await PeopleRepository(session, order.tenant_id).counts(order.id)
    if counts.not_insurable and not leave_out:
        raise NotInsurablePeopleLeft(count=counts.not_insurable)
    if not counts.insurable and not counts.leaving:
        raise NobodyInsurable
    return counts.not_insurable
