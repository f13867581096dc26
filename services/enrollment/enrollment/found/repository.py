"""SQL of searches of orders."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from common.auth import Actor
from common.clock import BUSINESS_ZONE
from common.contracts.pack.chains import Node
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor
from common.identifiers import plain_number

from ..copies.models import UnitCopy
from ..copies.repository import numbered
from ..orders.models import RETURNED, TO_REVIEW, Order, OrderStatus, OrderStep
from ..orders.rules import SUBMITTER
from ..people.models import OrderPerson
from .schemas import OrderSearch

Station = tuple[int, Node]
"""A version of the pack and a node of its review."""
STATES = {RETURNED: OrderStatus.DRAFT.value, TO_REVIEW: OrderStatus.SUBMITTED.value}
"""The state of the orders behind each word of a search that is no state itself."""


def _by(
    actor: Actor, account: InstrumentedAttribute[Any], human: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Whether somebody kept in these columns is the caller, as Eyes.are says it; never unknown."""
    same = func.coalesce(account == actor.id, false())
    return same if actor.human is None else or_(same, func.coalesce(human == actor.human, false()))


class FoundRepository(TenantRepository):
    """Orders of one tenant that a search finds."""

    async def stations(self) -> Sequence[tuple[int, str]]:
        """Return at which nodes of which versions of the pack orders under review stand."""
        statement = self.select_columns(Order, Order.pack_version, Order.node).where(
            Order.status == OrderStatus.SUBMITTED.value, Order.node.is_not(None)
        )
        return [(row[0], row[1]) for row in await self.session.execute(statement.distinct())]

    def found(
        self, actor: Actor, search: OrderSearch, indexes: Sequence[str], stations: Sequence[Station] = ()
    ) -> Select[Order]:
        """The orders in the caller's scope that a search asks for. `stations`: where the caller decides."""
        statement = self.select(Order).where(
            Order.ordered_by == "unit", seen_by(actor, unit=Order.unit_id, units=UnitCopy)
        )
        equal = {
            Order.status: STATES.get(search.status or "", search.status),
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
        if search.status == TO_REVIEW:
            statement = statement.where(or_(false(), *(self._decided_by(actor, one) for one in stations)))
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

    def _decided_by(self, actor: Actor, station: Station) -> ColumnElement[bool]:
        """Orders that stand at a station and that four eyes do not keep the caller from, as rules.barred says it."""
        version, node = station
        at = and_(Order.pack_version == version, Order.node == node.code)
        before = exists().where(
            OrderStep.tenant_id == self.tenant_id, OrderStep.order_id == Order.id, OrderStep.chain == "review",
            OrderStep.decision == "passed", OrderStep.node.in_(node.four_eyes_with),
            OrderStep.created_at >= Order.submitted_at, _by(actor, OrderStep.actor_id, OrderStep.human),
        )  # fmt: skip
        if SUBMITTER not in node.four_eyes_with:
            return and_(at, ~before)
        made = _by(actor, Order.created_by, Order.created_human)
        handed_in = _by(actor, Order.submitted_by, Order.submitted_human)
        return and_(at, ~before, ~made, ~handed_in)

    def _with(self, somebody: ColumnElement[bool]) -> ColumnElement[bool]:
        """Orders with somebody on them."""
        return exists().where(
            OrderPerson.tenant_id == self.tenant_id, OrderPerson.order_id == Order.id, somebody
        )

    async def page(
        self,
        actor: Actor,
        search: OrderSearch,
        indexes: Sequence[str],
        cursor: Cursor,
        stations: Sequence[Station],
    ) -> Sequence[Order]:
        """Return a page of what a search finds, newest first."""
        return await self.all(cursor.apply(self.found(actor, search, indexes, stations), Order))

    async def everything(
        self,
        actor: Actor,
        search: OrderSearch,
        indexes: Sequence[str],
        stations: Sequence[Station],
        *,
        limit: int,
    ) -> Sequence[Order]:
        """Return all that a search finds, oldest first, at most one more than the limit."""
        statement = self.found(actor, search, indexes, stations).order_by(Order.id).limit(limit + 1)
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
