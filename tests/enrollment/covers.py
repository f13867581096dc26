"""Policies put into a world as issuing would: for tests of what happens to them later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.auth import Actor
from common.ids import new_id
from enrollment.issuing.repository import IssuingRepository, NewPolicy
from enrollment.orders.models import Order
from enrollment.people.models import OrderPerson
from enrollment.people.sealing import seal_person

from .world import PRODUCT, World, person


@dataclass(frozen=True)
class Wanted:
    """A policy to be put there."""

    serial: int
    starts_on: date
    ends_on: date
    unit_id: UUID | None = None
    term: int = 1
    shares: int = 1
    product: str = PRODUCT


def ending(serial: int, on: date, **more: Any) -> Wanted:
    """A policy of a year that ends on a day."""
    return Wanted(serial, on - timedelta(days=364), on, **more)


async def put(world: World, wanted: Sequence[Wanted]) -> list[UUID]:
    """Issue policies by the repository that issuing uses; return their ids."""
    ids = []
    async with world.client.context.db.transaction(world.tenant.id) as session:
        repository = IssuingRepository(session, world.tenant.id)
        for number, item in enumerate(wanted):
            order = Order(
                id=new_id(), number=f"T{new_id().hex[:12]}{number:04d}", unit_id=item.unit_id or world.unit_id,
                product_code=item.product, pack_version=world.tenant.pack.version, created_by=world.handler.id,
                status="done", people=1, shares=item.shares, amount_due=Decimal(0), amount_paid=Decimal(0),
                confirmed_on=item.starts_on, starts_on=item.starts_on, ends_on=item.ends_on, paper_ids=[],
            )  # fmt: skip
            placed = placed_person(world, item, order)
            repository.add_all([order, placed])
            await session.flush()
            ids.append(await issue(repository, item, order, placed))
    return ids


def placed_person(world: World, item: Wanted, order: Order) -> OrderPerson:
    values = person(item.serial)
    person_id = world.tenant.keys.person_id("resident_id", values["id_number"])
    sealed = seal_person(world.tenant.keys, values, person_id=person_id)._asdict()
    return OrderPerson(
        id=new_id(), order_id=order.id, import_id=None, sheet_row=None, document_kind="resident_id",
        shares=item.shares, insurable=True, reasons=[], **sealed,
    )  # fmt: skip


async def issue(repository: IssuingRepository, item: Wanted, order: Order, placed: OrderPerson) -> UUID:
    assert placed.person_id is not None
    policy = NewPolicy(
        placed.id, placed.person_id, new_id(), f"{order.number}000001", item.term, item.shares,
        Decimal(120) * item.shares, item.starts_on, item.ends_on,
    )  # fmt: skip
    new = await repository.open_covers(item.product, {policy.person_id: item.shares}, ends_on=item.ends_on)
    if policy.person_id not in new:
        await repository.extend_covers(item.product, [policy])
    await repository.insert_policies(order, [policy], share_limit=10)
    return policy.id


def staff(world: World, *permissions: str, **scope: Any) -> Actor:
    return world.client.mint.actor(world.tenant, *permissions, **scope)
