"""What a paid order gives back for people who could not be covered after all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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
from ..refunds.service import owe_refunds, owe_rest
from .repository import IssuingRepository

BEGUN_LATER = "begun_later"
CHUNK = 500
"""People whose refunds are owed at once."""


async def refund_skipped(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    """Owe the contributions of the people an order paid for in vain: to each member who paid, or to the unit."""
    async for refunds in _of_skipped(repository, order, pack):
        await owe_refunds(session, tenant_id=order.tenant_id, refunds=refunds)


async def refund_surplus(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    """Owe what people paid for the time before they joined a running cover that began later than was expected."""
    async for refunds in _of_surplus(repository, order, pack):
        await owe_refunds(session, tenant_id=order.tenant_id, refunds=refunds)


async def refund_rest(session: AsyncSession, order: Order, pack: TenantPack) -> None:
    """Owe what a finished order should have given back and did not, as where an older version finished it."""
    repository = IssuingRepository(session, order.tenant_id)
    for found in (_of_skipped, _of_surplus):
        async for refunds in found(repository, order, pack):
            await owe_rest(session, tenant_id=order.tenant_id, refunds=refunds)


async def _of_skipped(
    repository: IssuingRepository, order: Order, pack: TenantPack
) -> AsyncIterator[Sequence[tuple[str, RefundDue]]]:
    if not order.skipped or not order.amount_paid:
        return
    if not _paid_by_members(order, pack):
        yield await _to_unit(repository, order, pack)
        return
    product = pack.product(order.product_code)
    async for rows in _in_chunks(lambda after: repository.skipped_people(order, after=after, most=CHUNK)):
        yield [
            _to_member(order, product, row.outcome, row, _contribution(pack, product, row.shares, row.paid))
            for row in rows
        ]


async def _of_surplus(
    repository: IssuingRepository, order: Order, pack: TenantPack
) -> AsyncIterator[Sequence[tuple[str, RefundDue]]]:
    if order.kind != "amendment" or not order.amount_paid:
        return
    product = pack.product(order.product_code)
    if not _paid_by_members(order, pack):
        people, amount = await repository.surplus(order)
        due = _due(order, product, BEGUN_LATER, amount, payee="unit", people=people)
        yield [(f"order:{order.id}:{BEGUN_LATER}", due)]
        return
    async for rows in _in_chunks(lambda after: repository.surplus_people(order, after=after, most=CHUNK)):
        yield [_to_member(order, product, BEGUN_LATER, row, row.surplus) for row in rows]


def _paid_by_members(order: Order, pack: TenantPack) -> bool:
    return order.ordered_by == "member" or pack.product(order.product_code).contribution.payer == "member"


async def _in_chunks(read: Callable[[UUID], Awaitable[Sequence[Any]]]) -> AsyncIterator[Sequence[Any]]:
    """Read rows behind the last one until there are no more."""
    rows = await read(UUID(int=0))
    while rows:
        yield rows
        rows = await read(rows[-1].id) if len(rows) == CHUNK else ()


async def _to_unit(
    repository: IssuingRepository, order: Order, pack: TenantPack
) -> list[tuple[str, RefundDue]]:
    """Return one refund for each outcome."""
    product = pack.product(order.product_code)
    amounts: dict[str, Decimal] = {}
    people: dict[str, int] = {}
    for (outcome, shares, rest), number in (await repository.skipped(order)).items():
        amount = _contribution(pack, product, shares, rest)
        amounts[outcome] = amounts.get(outcome, Decimal(0)) + amount * number
        people[outcome] = people.get(outcome, 0) + number
    return [
        (
            f"order:{order.id}:{outcome}",
            _due(order, product, outcome, amount, payee="unit", people=people[outcome]),
        )
        for outcome, amount in amounts.items()
    ]


def _to_member(
    order: Order, product: Product, reason: str, row: Any, amount: Decimal
) -> tuple[str, RefundDue]:
    """Return what is owed to one person, on the card that they named, and its subject."""
    due = _due(
        order,
        product,
        reason,
        amount,
        payee="member",
        person_id=row.person_id,
        name=sealed(row.name_token, row.name_index),
        bank_card=sealed(row.card_token, row.card_index),
        bank_name=row.bank_name,
    )
    return f"order:{order.id}:{reason}:{row.id}", due


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
