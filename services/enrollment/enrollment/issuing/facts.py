"""Says whom a paid order covers: PersonEnrolled where rosters create people, PoliciesIssued; 500 in each."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PersonEnrolled, PoliciesIssued
from common.contracts.pack import TenantPack
from common.events import ReadyEvent, emit
from common.ids import new_id

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
