"""SQL of policies, covers and snapshot runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, union

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import PersonCopy, UnitCopy
from ..orders.models import Order
from .models import Policy, PolicySnapshot


@dataclass(frozen=True)
class PolicyFilter:
    """What a search of policies asks for; None means any."""

    order_number: str | None = None
    product: str | None = None
    year: int | None = None
    document_indexes: tuple[str, ...] | None = None
    name_indexes: tuple[str, ...] | None = None


class PolicyRepository(TenantRepository):
    """Policies of one tenant."""

    async def page(self, actor: Actor, cursor: Cursor, wanted: PolicyFilter) -> Sequence[Policy]:
        """Return a page of the policies in the caller's scope, newest first."""
        return await self.all(cursor.apply(self._search(actor, wanted), Policy))

    async def page_of_person(self, person_id: UUID, cursor: Cursor) -> Sequence[Policy]:
        """Return a page of one person's policies, newest first."""
        return await self.all(cursor.apply(self.select(Policy).where(Policy.person_id == person_id), Policy))

    async def batch(
        self, actor: Actor, wanted: PolicyFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Policy]:
        """Return the next policies of an export, oldest first."""
        statement = self._search(actor, wanted)
        if after is not None:
            statement = statement.where(Policy.id > after)
        return await self.all(statement.order_by(Policy.id).limit(limit))

    def _search(self, actor: Actor, wanted: PolicyFilter) -> Select[Policy]:
        """The policies a caller may see and asks for."""
        scope = seen_by(actor, unit=Policy.unit_id, units=UnitCopy, person=Policy.person_id)
        statement = self.select(Policy).where(scope)
        if wanted.order_number is not None:
            order = self.select_columns(Order, Order.id).where(Order.number == wanted.order_number)
            statement = statement.where(Policy.order_id == order.scalar_subquery())
        if wanted.product is not None:
            statement = statement.where(Policy.product_code == wanted.product)
        if wanted.year is not None:
            first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
            statement = statement.where(Policy.starts_on <= last, Policy.starts_on >= first)
        if wanted.document_indexes is not None:
            statement = statement.where(Policy.person_id.in_(self._people_of(wanted.document_indexes)))
        if wanted.name_indexes is not None:
            statement = statement.where(Policy.name_index.in_(wanted.name_indexes))
        return statement

    def _people_of(self, indexes: tuple[str, ...]) -> Any:
        """The persons with an ID number, as policies and as the register have it (a corrected number finds both)."""
        covered = self.select_columns(Policy, Policy.person_id).where(Policy.document_index.in_(indexes))
        known = self.select_columns(PersonCopy, PersonCopy.id).where(PersonCopy.document_index.in_(indexes))
        return union(covered, known).scalar_subquery()

    async def number_of_order(self, order_id: UUID) -> str | None:
        """Return the number of the policy that a one-person order became, if it was issued."""
        statement = self.select_columns(Policy, Policy.number).where(Policy.order_id == order_id)
        number: str | None = (await self.session.execute(statement.limit(1))).scalar_one_or_none()
        return number

    async def order_numbers(self, order_ids: set[UUID]) -> dict[UUID, str]:
        """Return the numbers of orders."""
        if not order_ids:
            return {}
        statement = self.select_columns(Order, Order.id, Order.number).where(Order.id.in_(order_ids))
        return {row.id: row.number for row in (await self.session.execute(statement)).all()}

    async def next_to_tell(self, after: UUID | None, limit: int) -> Sequence[Policy]:
        """Return the next policies of a snapshot run, locked so that no newer fact overtakes them."""
        statement = self.select(Policy)
        if after is not None:
            statement = statement.where(Policy.id > after)
        statement = statement.order_by(Policy.id).limit(limit).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))

    async def open_snapshot(self) -> PolicySnapshot | None:
        """Lock and return the oldest unfinished snapshot run; None if there is none or another works on it."""
        statement = self.select(PolicySnapshot).where(PolicySnapshot.finished_at.is_(None))
        statement = statement.order_by(PolicySnapshot.id).limit(1).with_for_update(skip_locked=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def count(self) -> int:
        """Return how many policies the tenant has."""
        return int((await self.session.execute(self.select_columns(Policy, func.count()))).scalar_one())
