"""SQL of the orders that are issued: which wait, who works on them, how far they have come."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_

from common.clock import now
from common.db import TenantRepository

from ...orders.models import Order, OrderStatus
from ...people.models import OrderPerson
from ..errors import Overtaken
from .statements import TAKE_ORDER


class Place(NamedTuple):
    """How far an order has come: the row up to which people have been dealt with, and how many were issued."""

    after: UUID
    issued: int


class PaidOrderRepository(TenantRepository):
    """Paid orders of one tenant."""

    async def take(self, order_id: UUID) -> bool:
        """Be the one who issues an order, until the transaction ends; False if another is."""
        return bool((await self.session.execute(TAKE_ORDER, {"order_id": str(order_id)})).scalar_one())

    async def paid_order(self, order_id: UUID) -> Order | None:
        """Return an order that is paid, as it stands now, or None."""
        statement = self.select(Order).where(Order.id == order_id, Order.status == OrderStatus.PAID.value)
        statement = statement.execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def hold(self, order: Order, place: Place) -> None:
        """Lock an order of which the people behind a place are to be counted; Overtaken if it doesn't stand there.

        Whoever works on the span before holds it until the end of the transaction: this waits for that. The lock is one
        that the policies' references to the order, of the span behind, don't wait for.
        """
        statement = self.select(Order).where(Order.id == order.id).with_for_update(key_share=True)
        await self.session.execute(statement.execution_options(populate_existing=True))
        if order.status != OrderStatus.PAID.value or self.place_of(order) != place:
            raise Overtaken(f"the order {order.number} is elsewhere than where its next people begin")

    @staticmethod
    def place_of(order: Order) -> Place:
        """Return how far an order has come."""
        return Place(order.issued_to or UUID(int=0), order.issued)

    async def waiting_orders(self, limit: int) -> Sequence[UUID]:
        """Return the paid orders that may be tried now: those that failed wait until their time comes."""
        statement = self.select_columns(Order, Order.id).where(
            Order.status == OrderStatus.PAID.value,
            or_(Order.issue_retry_at.is_(None), Order.issue_retry_at <= now()),
        )
        found = await self.session.execute(statement.order_by(Order.id).limit(limit))
        return list(found.scalars())

    async def overpaid_amendments(self, since: datetime) -> Sequence[UUID]:
        """Return the amendments that were finished since then and for which more was paid than they are worth."""
        overpaid = self.select_columns(OrderPerson, OrderPerson.id).where(
            OrderPerson.order_id == Order.id, OrderPerson.surplus > 0
        )
        statement = self.select_columns(Order, Order.id).where(
            Order.status == OrderStatus.DONE.value,
            Order.kind == "amendment",
            Order.done_at >= since,
            overpaid.exists(),
        )
        return list((await self.session.execute(statement.order_by(Order.id))).scalars())

    async def order(self, order_id: UUID) -> Order | None:
        """Return an order, locked."""
        statement = self.select(Order).where(Order.id == order_id).with_for_update(key_share=True)
        return await self.first(statement.execution_options(populate_existing=True))
