"""Policies put into a world as issuing would: for tests of what happens to them later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from common.auth import Actor
from common.clock import now
from common.events.outbox import ready_rows
from common.ids import new_id
from enrollment.issuing.facts import openings, told_of
from enrollment.issuing.repository import IssuingRepository
from enrollment.orders.models import Order
from enrollment.people.models import OrderPerson
from enrollment.people.sealing import seal_person
from enrollment.policies.models import Policy
from enrollment.policies.rules import Term

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
            repository.add(order)
            await session.flush()
            repository.add(placed)
            await session.flush()
            ids.append(await issue(world, repository, item, order))
    return ids


def placed_person(world: World, item: Wanted, order: Order) -> OrderPerson:
    values = person(item.serial)
    person_id = world.tenant.keys.person_id("resident_id", values["id_number"])
    sealed = seal_person(world.tenant.keys, values, person_id=person_id)._asdict()
    return OrderPerson(
        id=new_id(), order_id=order.id, import_id=None, sheet_row=None, document_kind="resident_id",
        shares=item.shares, insurable=True, reasons=[], **sealed,
    )  # fmt: skip


async def issue(world: World, repository: IssuingRepository, item: Wanted, order: Order) -> UUID:
    """Issue for the days wanted, whatever the product says."""
    at, span = now(), await repository.next_span(order, UUID(int=0), 1)
    assert span is not None
    term = Term(item.starts_on, item.ends_on)
    ends = await repository.ends(order, span, people=1)
    told = told_of(order, world.tenant.pack)
    prices = {item.shares: Decimal(120) * item.shares}
    events = ready_rows(openings(order, told, batches=1), world.tenant.id)
    (batch,) = await repository.issue(
        order, span, dict.fromkeys(ends, term), prices, at=at, placed=0, share_limit=10, told=told, events=events
    )  # fmt: skip
    assert batch.policies == 1
    await repository.count(order, [batch], at=at)
    found = select(Policy.id).where(Policy.tenant_id == world.tenant.id, Policy.order_id == order.id)
    return (await repository.session.execute(found)).scalar_one()


def staff(world: World, *permissions: str, **scope: Any) -> Actor:
    return world.client.mint.actor(world.tenant, *permissions, **scope)
