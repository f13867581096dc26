"""What the people of an order come to now: how many, how many shares, how much in yuan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import TenantPack
from common.contracts.pack.products import AmendmentRule
from common.errors import NotFound

from ..people.context import expected_start
from ..people.repository import PeopleRepository
from . import rules
from .models import Order
from .repository import OrderRepository


@dataclass(frozen=True)
class Quote:
    """People who are added and leave, shares and yuan; `rest`: what the rest of a running term costs, by shares."""

    people: int
    leaving: int
    shares: int
    amount: Decimal
    rest: dict[int, Decimal]


async def quote_of(session: AsyncSession, order: Order, pack: TenantPack) -> Quote:
    """Return what an order's insurable people come to."""
    people = PeopleRepository(session, order.tenant_id)
    by_shares, leaving = await people.people_by_shares(order.id), await people.leaving(order.id)
    product = pack.product(order.product_code)
    rest: dict[int, Decimal] = {}
    if order.kind == "amendment":
        rest = await rest_from(session, order, pack, list(by_shares), start=expected_start(order, product))
        amount = sum((rest[shares] * number for shares, number in by_shares.items()), Decimal("0.00"))
    else:
        amount = rules.amount_due(by_shares, price=product.contribution, rounding=pack.rounding)
    if order.kind == "carried":  # paid in the books of the system that came before
        amount, rest = Decimal("0.00"), dict.fromkeys(by_shares, Decimal("0.00"))
    if product.contribution.payer == "union":
        amount, rest = Decimal("0.00"), dict.fromkeys(rest, Decimal("0.00"))
    total = sum(shares * number for shares, number in by_shares.items())
    return Quote(sum(by_shares.values()), leaving, total, amount, rest)


async def surplus_of(session: AsyncSession, order: Order, pack: TenantPack, *, start: date) -> Decimal:
    """Return what an amendment's joiners were asked beyond what their cover is worth if it begins on a day."""
    if order.kind != "amendment" or not order.amount_due:
        return Decimal("0.00")
    by_shares = await PeopleRepository(session, order.tenant_id).people_by_shares(order.id)
    worth = await rest_from(session, order, pack, by_shares, start=start)
    total = sum((worth[shares] * number for shares, number in by_shares.items()), Decimal("0.00"))
    return max(order.amount_due - total, Decimal("0.00"))


async def rest_from(
    session: AsyncSession, order: Order, pack: TenantPack, shares: Iterable[int], *, start: date
) -> dict[int, Decimal]:
    """Return what the rest of a group's term costs whose cover an amendment changes on a day, by shares."""
    product = pack.product(order.product_code)
    base = await OrderRepository(session, order.tenant_id).base_of(order)
    if base is None or base.starts_on is None or base.ends_on is None:
        raise NotFound
    rule = product.amendment or AmendmentRule()
    return {
        count: rules.rest_contribution(
            rules.contribution_of(shares=count, price=product.contribution, rounding=pack.rounding),
            starts_on=start,
            group=(base.starts_on, base.ends_on),
            charge=rule.charge,
            rounding=pack.rounding,
        )
        for count in shares
    }
