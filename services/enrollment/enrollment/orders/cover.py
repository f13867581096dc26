"""The moment at which an order is paid: dates of cover are fixed and its policies are due."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.enrollment import ContributionReceived, OrderPaid
from common.contracts.pack import Product, TenantPack
from common.events import emit
from common.ids import new_id

from ..people.contributions import ContributionRepository
from ..people.repository import PeopleRepository
from ..statistics.repository import StatisticRepository
from ..statistics.rules import Change, Place
from . import rules
from .facts import order_fact
from .models import Order
from .quotes import rest_from
from .repository import OrderRepository


async def open_cover(session: AsyncSession, order: Order, pack: TenantPack) -> None:
    """Confirm the payment of an order and say so; money that arrived goes to the product's fund."""
    product = pack.product(order.product_code)
    confirmed_on = today()
    starts_on, ends_on = await _term(session, order, product, confirmed_on)
    order.confirm_payment(on=confirmed_on, starts_on=starts_on, ends_on=ends_on)
    await _settle_rest(session, order, pack, starts_on)
    amount = order.amount_paid or Decimal("0.00")
    fact = await order_fact(session, order)
    emit(session, OrderPaid(order=fact, amount_paid=amount, confirmed_on=confirmed_on))
    if amount > 0:
        place = Place(order.unit_id, product.code, confirmed_on)
        await StatisticRepository(session, order.tenant_id).count({place: Change(received=amount)})
        received = ContributionReceived(
            contribution_id=new_id(),
            order_id=order.id,
            order_number=order.number,
            fund=product.fund,
            product_code=product.code,
            unit_id=order.unit_id,
            amount=amount,
            received_on=confirmed_on,
        )
        emit(session, received)


async def _settle_rest(session: AsyncSession, order: Order, pack: TenantPack, starts_on: date) -> None:
    """Let who joins a running cover pay for what it is worth from its first day on; the difference comes back.

    The amount was asked for the day that was expected at the submission. Where the group's cover is over, nobody is
    covered and all of it comes back.
    """
    if order.kind != "amendment" or order.effective_on is None or not order.amount_paid:
        return
    shares = await PeopleRepository(session, order.tenant_id).people_by_shares(order.id)
    worth = await rest_from(session, order, pack, shares, start=starts_on)
    await ContributionRepository(session, order.tenant_id).settle_rest(order.id, worth)


async def _term(
    session: AsyncSession, order: Order, product: Product, confirmed_on: date
) -> tuple[date, date]:
    """Return first and last day of cover: a whole term, or what is left of the group's that an amendment changes."""
    if order.kind == "carried" and order.effective_on is not None:
        return order.effective_on, rules.last_day(order.effective_on, product.term_months)
    requested = order.effective_on or order.requested_start
    starts_on = rules.first_day(product.effective, confirmed_on=confirmed_on, requested=requested)
    base = await OrderRepository(session, order.tenant_id).base_of(order)
    if base is None or base.ends_on is None:
        return starts_on, rules.last_day(starts_on, product.term_months)
    starts_on = max(starts_on, order.effective_on or confirmed_on)
    if starts_on > base.ends_on:
        order.effective_on = None  # The group's cover is over: nobody is covered and everything goes back.
        return base.ends_on, base.ends_on
    return starts_on, base.ends_on
