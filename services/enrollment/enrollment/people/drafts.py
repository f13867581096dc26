"""Who stands on two drafts of a unit: of those only the one that is handed in first covers them (row D.07)."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from common.db import TenantRepository
from common.text import Text

from ..orders.models import Order, OrderStatus
from .models import OrderPerson

MOST_DRAFTS = 3
"""So many drafts are named."""
ON_OTHER_DRAFT = Text(
    "此人也在本单位的另一份暂存申请 {order} 中；两份申请中只有先提交的一份能为其参保，请从另一份中删除。",
    "The person is on the unit's draft {order}, too. The one handed in first covers them; take them off the other.",
)
ALSO_ON_DRAFTS = Text(
    "本申请中有 {people} 人也在本单位的其他暂存申请（{orders}）中；"
    "只有先提交的一份能为其参保，请从另一份中删除这些人员。",
    "{people} people of this order are on other drafts of the unit, too ({orders}). The one handed in first covers "
    "them; take them off the other.",
)


class Shared(NamedTuple):
    """Another draft, and how many of an order's people are on it."""

    order: str
    people: int


class DraftRepository(TenantRepository):
    """Drafts of one unit for the same product."""

    async def other_draft(self, person_id: UUID, order: Order) -> str | None:
        """Return the number of the unit's other draft for the same product on which a person is insurable."""
        statement = self.select_columns(OrderPerson, Order.number).join(
            Order, (Order.tenant_id == OrderPerson.tenant_id) & (Order.id == OrderPerson.order_id)
        )
        statement = statement.where(
            OrderPerson.person_id == person_id, OrderPerson.insurable, OrderPerson.action == "add",
            *self._beside(order),
        )  # fmt: skip
        number: str | None = (await self.session.execute(statement.limit(1))).scalar_one_or_none()
        return number

    async def shared(self, order: Order) -> list[Shared]:
        """Return the unit's other drafts for the same product that have people of an order."""
        mine = aliased(OrderPerson)
        here = exists().where(
            mine.tenant_id == self.tenant_id, mine.order_id == order.id,
            mine.person_id == OrderPerson.person_id, mine.insurable, mine.action == "add",
        )  # fmt: skip
        statement = self.select_columns(Order, Order.number, func.count()).join(
            OrderPerson, (OrderPerson.tenant_id == Order.tenant_id) & (OrderPerson.order_id == Order.id)
        )
        statement = statement.where(
            OrderPerson.insurable, OrderPerson.action == "add", *self._beside(order), here
        )
        statement = statement.group_by(Order.number).order_by(Order.number).limit(MOST_DRAFTS)
        return [Shared(*row) for row in await self.session.execute(statement)]

    @staticmethod
    def _beside(order: Order) -> tuple[ColumnElement[bool], ...]:
        return (
            Order.id != order.id, Order.status == OrderStatus.DRAFT.value, Order.unit_id == order.unit_id,
            Order.product_code == order.product_code,
        )  # fmt: skip


async def notice_of(session: AsyncSession, order: Order, person_id: UUID | None) -> str | None:
    """Say on which other draft a person stands: of the two only the first that is handed in takes the person."""
    if person_id is None:
        return None
    number = await DraftRepository(session, order.tenant_id).other_draft(person_id, order)
    return ON_OTHER_DRAFT.format(order=number).in_language() if number else None


async def notice_of_draft(session: AsyncSession, order: Order) -> str | None:
    """Say how many of a draft's people stand on other drafts, however they were added."""
    if order.status != OrderStatus.DRAFT.value:
        return None
    shared = await DraftRepository(session, order.tenant_id).shared(order)
    if not shared:
        return None
    people, orders = sum(draft.people for draft in shared), "、".join(draft.order for draft in shared)
    return ALSO_ON_DRAFTS.format(people=people, orders=orders).in_language()
