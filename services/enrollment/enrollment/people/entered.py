"""Wrong values as they were entered, for whoever corrects them in place: whole, so each look is in the audit log."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys

from ..orders.models import OrderStatus
from .models import OrderPerson
from .reading import opened
from .repository import PeopleRepository
from .schemas import PeopleEntered, PersonEntered
from .service import FORM_FIELDS, order_of


async def read_entered(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys, ids: Sequence[UUID]
) -> PeopleEntered:
    """Return the wrong values of people who cannot be insured, of an order that is still a draft."""
    order = await order_of(session, actor=actor, order_id=order_id)
    order.require(OrderStatus.DRAFT)
    people = await PeopleRepository(session, actor.tenant_id).refused(order.id, ids)
    items = [PersonEntered(id=person.id, values=_wrong(person, keys)) for person in people]
    detail = {"people": len(items)}
    await record(
        session, actor_id=actor.id, action="people.opened", subject=f"order:{order.id}", detail=detail
    )
    return PeopleEntered(items=items)


def _wrong(person: OrderPerson, keys: TenantKeys) -> dict[str, str]:
    values = opened(person, keys)
    entered = {
        "name": values.name, "document_number": values.document, "mobile": values.mobile,
        "bank_card": values.card, "bank_name": person.bank_name or "",
    }  # fmt: skip
    faulty = {FORM_FIELDS.get(reason["field"], reason["field"]) for reason in person.reasons}
    return {field: value for field, value in entered.items() if field in faulty and value}
