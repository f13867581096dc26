"""What a paid order gives back for people who could not be covered after all."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.enrollment import RefundDue
from common.contracts.pack import Product, TenantPack
from common.ids import new_id

from ..orders.models import Order
from ..orders.rules import contribution_of
from ..policies.facts import sealed
from ..refunds.service import owe_refunds
from .repository import IssuingRepository

CHUNK = 500
"""People whose refunds are owed at once."""


async def refund_skipped(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    """Owe the contributions of the people an order paid for in vain: to each member who paid, or to the unit."""
    if not order.skipped or not order.amount_paid:
        return
    if order.ordered_by == "member" or pack.product(order.product_code).contribution.payer == "member":
        await _to_members(session, repository, order, pack)
    else:
        await _to_unit(session, repository, order, pack)


async def _to_unit(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    """Owe one refund for each outcome."""
    product = pack.product(order.product_code)
    amounts: dict[str, Decimal] = {}
    people: dict[str, int] = {}
    for (outcome, shares, rest), number in (await repository.skipped(order)).items():
        amount = _contribution(pack, product, shares, rest)
        amounts[outcome] = amounts.get(outcome, Decimal(0)) + amount * number
        people[outcome] = people.get(outcome, 0) + number
    refunds = [
        (
            f"order:{order.id}:{outcome}",
            _due(order, product, outcome, amount, payee="unit", people=people[outcome]),
        )
        for outcome, amount in amounts.items()
    ]
    await owe_refunds(session, tenant_id=order.tenant_id, refunds=refunds)


async def _to_members(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    """Owe one refund to each person, on the card that they named."""
    product, after, rows = pack.product(order.product_code), UUID(int=0), list[Any]()
    while not rows or len(rows) == CHUNK:
        rows = list(await repository.skipped_people(order, after=after, most=CHUNK))
        if not rows:
            return
        after = rows[-1].id
        refunds = _refunds_of(order, pack, product, rows)
        await owe_refunds(session, tenant_id=order.tenant_id, refunds=refunds)


def _refunds_of(
    order: Order, pack: TenantPack, product: Product, rows: Sequence[Any]
) -> list[tuple[str, RefundDue]]:
    return [
        (
            f"order:{order.id}:{row.outcome}:{row.id}",
            _due(
                order,
                product,
                row.outcome,
                _contribution(pack, product, row.shares, row.contribution),
                payee="member",
                person_id=row.person_id,
                name=sealed(row.name_token, row.name_index),
                bank_card=sealed(row.card_token, row.card_index),
                bank_name=row.bank_name,
            ),
        )
        for row in rows
    ]


def _contribution(pack: TenantPack, product: Product, shares: int, rest: Decimal | None) -> Decimal:
    """Return what was paid for a person: for a whole term, or for the rest of a running one."""
    if rest is not None:
        return rest
    return contribution_of(shares=shares, price=product.contribution, rounding=pack.rounding)


def _due(order: Order, product: Product, outcome: str, amount: Decimal, **more: Any) -> RefundDue:
    return RefundDue(
        refund_id=new_id(),
        reason=outcome,
        fund=product.fund,
        product_code=product.code,
        amount=amount,
        due_on=today(),
        unit_id=order.unit_id,
        order_id=order.id,
        order_number=order.number,
        **more,
    )
