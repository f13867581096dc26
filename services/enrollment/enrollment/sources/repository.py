"""SQL of the people an order can take from the register and from last term's policies."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from common.db import TenantRepository

from ..copies.models import PersonCopy
from ..orders.models import Order
from ..people.models import OrderPerson
from ..policies.models import Cover, Policy

MEMBER = "confirmed"


class SourceRepository(TenantRepository):
    """People of one tenant who may be put on an order."""

    async def members(
        self, order: Order, *, ids: Sequence[UUID] | None, uncovered_from: date | None
    ) -> Sequence[PersonCopy]:
        """Return confirmed members of the order's unit who are not on it yet: those named, or all.

        `uncovered_from`: leave out whoever is covered by the order's product to that day or longer.
        """
        on_order = exists().where(
            OrderPerson.tenant_id == self.tenant_id,
            OrderPerson.order_id == order.id,
            OrderPerson.person_id == PersonCopy.id,
        )
        # Whose number is wrong stands there without a person: known again by the number.
        same_number = exists().where(
            OrderPerson.tenant_id == self.tenant_id,
            OrderPerson.order_id == order.id,
            OrderPerson.document_index == PersonCopy.document_index,
        )
        statement = self.select(PersonCopy).where(~on_order, ~same_number)
        if ids is not None:
            statement = statement.where(PersonCopy.id.in_(ids))
        else:
            statement = statement.where(PersonCopy.unit_id == order.unit_id, PersonCopy.state == MEMBER)
        if uncovered_from is not None:
            covered = exists().where(
                Cover.tenant_id == self.tenant_id,
                Cover.person_id == PersonCopy.id,
                Cover.product_code == order.product_code,
                Cover.covered_until >= uncovered_from,
            )
            statement = statement.where(~covered)
        return await self.all(statement.order_by(PersonCopy.id))

    async def last_term(self, order: Order, *, ends_from: date, ends_until: date) -> Sequence[Policy]:
        """Return the unit's policies of the product that end in a span of days and have not been renewed."""
        renewed = exists().where(
            Cover.tenant_id == self.tenant_id,
            Cover.person_id == Policy.person_id,
            Cover.product_code == Policy.product_code,
            Cover.covered_until > Policy.ends_on,
        )
        on_order = exists().where(
            OrderPerson.tenant_id == self.tenant_id,
            OrderPerson.order_id == order.id,
            OrderPerson.person_id == Policy.person_id,
        )
        statement = self.select(Policy).where(
            Policy.unit_id == order.unit_id,
            Policy.product_code == order.product_code,
            Policy.status == "in_force",
            Policy.ends_on >= ends_from,
            Policy.ends_on <= ends_until,
            ~renewed,
            ~on_order,
        )
        return await self.all(statement.order_by(Policy.number))

    async def on_order(self, order: Order) -> Sequence[OrderPerson]:
        """Return everybody an order adds."""
        statement = self.select(OrderPerson).where(
            OrderPerson.order_id == order.id, OrderPerson.action == "add"
        )
        return await self.all(statement.order_by(OrderPerson.id))

    async def reasons(self, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
        """Return what now stands against rows of an order."""
        statement = self.select_columns(OrderPerson, OrderPerson.id, OrderPerson.reasons)
        rows = (await self.session.execute(statement.where(OrderPerson.id.in_(ids)))).all()
        return {row.id: row.reasons for row in rows}

    async def policies(
        self, base_order_id: UUID, *, ids: Sequence[UUID] | None, indexes: Sequence[str]
    ) -> Sequence[Policy]:
        """Return policies of a group's cover in force, its amendments included: by id, or by ID number's indexes."""
        group = select(Order.id).where(
            Order.tenant_id == self.tenant_id,
            (Order.id == base_order_id) | (Order.base_order_id == base_order_id),
        )
        statement = self.select(Policy).where(Policy.order_id.in_(group), Policy.status == "in_force")
        if ids is not None:
            statement = statement.where(Policy.id.in_(ids))
        else:
            statement = statement.where(Policy.document_index.in_(indexes))
        return await self.all(statement.order_by(Policy.number))
