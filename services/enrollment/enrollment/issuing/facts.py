"""Says whom a paid order covers: PersonEnrolled where rosters create people, PoliciesIssued, 500 in each; its end."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PersonEnrolled, PoliciesIssued
from common.contracts.orders import OrderCompleted
from common.contracts.pack import TenantPack
from common.events import ReadyEvent, emit
from common.ids import new_id

from ..orders.facts import order_fact
from ..orders.models import Order
from .repository import Told


def told_of(order: Order, pack: TenantPack) -> Told:
    """Return what all facts of an order's policies have in common."""
    facts = {
        "unit_id": order.unit_id,
        "order_id": order.id,
        "product_code": order.product_code,
        "pack_version": order.pack_version,
        "status": "in_force",
    }
    creates = pack.registration.people == "created_by_roster"
    return Told(facts, {"unit_id": order.unit_id} if creates else None)


def openings(order: Order, told: Told, *, batches: int) -> list[ReadyEvent]:
    """Return the events of so many batches, which the database completes with the facts: people first, then cover."""
    # Whose cover was carried over from another system has been told long ago.
    notify = "false" if order.kind == "carried" else "true"
    events = []
    for _ in range(batches):
        if told.people is not None:
            people = f'{{"order_id": "{order.id}", "people": ['
            events.append(ReadyEvent(PersonEnrolled, str(order.id), people))
        batch_id = str(new_id())
        policies = f'{{"batch_id": "{batch_id}", "notify": {notify}, "policies": ['
        events.append(ReadyEvent(PoliciesIssued, batch_id, policies))
    return events


async def say_completed(session: AsyncSession, order: Order) -> None:
    """Say that an order is done; of cover carried over from another system nobody waits to hear."""
    if order.kind == "carried" or order.starts_on is None or order.ends_on is None:
        return
    fact = await order_fact(session, order)
    days = {"starts_on": order.starts_on, "ends_on": order.ends_on}
    emit(session, OrderCompleted(order=fact, issued=order.issued, skipped=order.skipped, **days))
