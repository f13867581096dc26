"""What the form and the roster say alike: of which order, for which unit and product, and for how many people."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.pack import Product, TenantPack
from common.tenancy import pack_of_version

from ..copies.models import UnitCopy
from ..copies.repository import CopyRepository
from ..orders.models import Order, OrderStatus
from ..orders.service import find_order
from ..people.repository import PeopleRepository
from .errors import NobodyToPrint


class Head(NamedTuple):
    """An order in the caller's scope with what is printed of it."""

    order: Order
    unit: UnitCopy | None
    pack: TenantPack
    product: Product
    people: int
    """Who is to be covered; who leaves by an amendment stands on no roster."""

    @property
    def data(self) -> dict[str, Any]:
        """What both templates show."""
        return {
            "issuer": self.pack.tenant.name.zh,
            "number": self.order.number,
            "unit": self.unit.name if self.unit else "",
            "credit_code": self.unit.credit_code if self.unit else "",
            "product": self.product.title.zh,
            "people": str(self.people),
            "draft": self.order.status == OrderStatus.DRAFT,
        }


async def head_of(session: AsyncSession, *, actor: Actor, order_id: UUID) -> Head:
    """Return the head of an order's papers; NotFound beyond the caller's scope, NobodyToPrint."""
    order = await find_order(session, actor=actor, order_id=order_id)
    counts = await PeopleRepository(session, actor.tenant_id).counts(order.id)
    if not counts.insurable:
        raise NobodyToPrint
    unit = await CopyRepository(session, actor.tenant_id).unit(order.unit_id)
    pack = await pack_of_version(session, order.pack_version)
    return Head(order, unit, pack, pack.product(order.product_code), counts.insurable)
