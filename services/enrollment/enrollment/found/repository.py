"""SQL of searches of orders."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func

from common.auth import Actor
from common.clock import BUSINESS_ZONE
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor
from common.identifiers import plain_number

from ..copies.models import UnitCopy
from ..copies.repository import numbered
from ..orders.models import RETURNED, Order, OrderStatus
from ..people.models import OrderPerson
from .schemas import OrderSearch


class FoundRepository(TenantRepository):
    """Orders of one tenant that a search finds."""

    def found(self, actor: Actor, search: OrderSearch, indexes: Sequence[str]) -> Select[Order]:
        """The orders in the caller's scope that a search asks for."""
        statement = self.select(Order).where(
            Order.ordered_by == "unit", seen_by(actor, unit=Order.unit_id, units=UnitCopy)
        )
        equal = {
            Order.status: OrderStatus.DRAFT.value if search.status == RETURNED else search.status,
            Order.product_code: search.product,
            Order.number: search.number,
            Order.unit_id: search.unit_id,
            Order.requested_start: search.requested_start,
        }
        for column, value in equal.items():
            if value is not None:
                statement = statement.where(column == value)
        if search.status == RETURNED:
            statement = statement.where(Order.return_reason.is_not(None))
        if search.credit_code is not None:
            units = self.select_columns(UnitCopy, UnitCopy.id).where(
                UnitCopy.credit_code == search.credit_code
            )
            statement = statement.where(Order.unit_id.in_(units))
        if search.created_from is not None:
            begins = datetime.combine(search.created_from, time(), BUSINESS_ZONE)
            statement = statement.where(Order.created_at >= begins)
        if search.created_until is not None:
            ends = datetime.combine(search.created_until + timedelta(days=1), time(), BUSINESS_ZONE)
            statement = statement.where(Order.created_at < ends)
        if indexes:
            statement = statement.where(self._with(OrderPerson.document_index.in_(indexes)))
        if search.member_number is not None:
            member = numbered(self, plain_number(search.member_number))
            statement = statement.where(self._with(OrderPerson.person_id.in_(member)))
        return statement

    def _with(self, somebody: ColumnElement[bool]) -> ColumnElement[bool]:
        """Orders with somebody on them."""
        return exists().where(
            OrderPerson.tenant_id == self.tenant_id, OrderPerson.order_id == Order.id, somebody
        )

    async def page(
        self, actor: Actor, search: OrderSearch, indexes: Sequence[str], cursor: Cursor
    ) -> Sequence[Order]:
        """Return a page of what a search finds, newest first."""
        return await self.all(cursor.apply(self.found(actor, search, indexes), Order))

    async def everything(
        self, actor: Actor, search: OrderSearch, indexes: Sequence[str], *, limit: int
    ) -> Sequence[Order]:
        """Return all that a search finds, oldest first, at most one more than the limit."""
        statement = self.found(actor, search, indexes).order_by(Order.id).limit(limit + 1)
        return await self.all(statement)

    async def people_by_shares(self, order_ids: Sequence[UUID]) -> dict[UUID, dict[int, int]]:
        """Return how many insurable people of orders have how many shares."""
        statement = self.select_columns(
            OrderPerson, OrderPerson.order_id, OrderPerson.shares, func.count()
        ).where(OrderPerson.order_id.in_(order_ids), OrderPerson.insurable, OrderPerson.action == "add")
        rows = await self.session.execute(statement.group_by(OrderPerson.order_id, OrderPerson.shares))
        found: dict[UUID, dict[int, int]] = {}
        for order_id, shares, number in rows:
            found.setdefault(order_id, {})[shares] = number
        return found
