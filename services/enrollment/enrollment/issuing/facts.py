"""Says whom a paid order covers: PersonEnrolled where rosters create people, PoliciesIssued, 500 in each; its end."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PersonEnrolled, PoliciesIssued
from common.contracts.orders import OrderCompleted
from common.contracts.pack import TenantPack
from common.events import ReadyEvent, emit
from common.ids import new_id

from ..orders.facts import order_fact
from ..orders.models import Order
from .repository import Batch, Told


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


def tell(session: AsyncSession, order: Order, batches: Sequence[Batch]) -> None:
    """Emit the facts of new policies, which the database has written as JSON."""
    for batch in batches:
        if batch.people is not None:
            people = f'{{"order_id": "{order.id}", "people": [{batch.people}]}}'
            emit(session, ReadyEvent(PersonEnrolled, str(order.id), people.encode()))
        batch_id = new_id()
        # Whose cover was carried over from another system has been told long ago.
        notify = "false" if order.kind == "carried" else "true"
        policies = f'{{"batch_id": "{batch_id}", "notify": {notify}, "policies": [{batch.facts}]}}'
        emit(session, ReadyEvent(PoliciesIssued, str(batch_id), policies.encode()))


async def say_completed(session: AsyncSession, order: Order) -> None:
    """Say that an order is done; of cover carried over from another system nobody waits to hear."""
    if order.kind == "carried" or order.starts_on is None or order.ends_on is None:
        return
    fact = await order_fact(session, order)
    days = {"starts_on": order.starts_on, "ends_on": order.ends_on}
    emit(session, OrderCompleted(order=fact, issued=order.issued, skipped=order.skipped, **days))
