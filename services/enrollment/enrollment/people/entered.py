"""People of a draft as they were entered, for whoever proofreads and corrects them; each look is in the audit log."""

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
from .service import order_of


async def read_entered(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys, ids: Sequence[UUID]
) -> PeopleEntered:
    """Return the values of these people of an order that is still a draft."""
    order = await order_of(session, actor=actor, order_id=order_id)
    order.require(OrderStatus.DRAFT)
    people = await PeopleRepository(session, actor.tenant_id).chosen(order.id, ids)
    items = [PersonEntered(id=person.id, values=_entered(person, keys)) for person in people]
    detail = {"people": len(items)}
    await record(
        session, actor_id=actor.id, action="people.opened", subject=f"order:{order.id}", detail=detail
    )
    return PeopleEntered(items=items)


def _entered(person: OrderPerson, keys: TenantKeys) -> dict[str, str]:
    values = opened(person, keys)
    entered = {
        "name": values.name, "document_number": values.document, "mobile": values.mobile,
        "bank_card": values.card, "bank_name": person.bank_name or "", "note": values.note,
    }  # fmt: skip
    return {field: value for field, value in entered.items() if value}
