"""SQL of the records: searched by everything the manuals search by, in the order of indexes, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, tuple_, union

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import PersonCopy, UnitCopy
from ..orders.models import Order
from ..policies.models import Policy


@dataclass(frozen=True)
class PolicyFilter:
    """What a search of policies asks for; None means any."""

    order_number: str | None = None
    policy_number: str | None = None
    product: str | None = None
    unit_id: UUID | None = None
    year: int | None = None
    starts_from: date | None = None
    starts_until: date | None = None
    ends_from: date | None = None
    ends_until: date | None = None
    state: str | None = None
    on: date | None = None
    """The day on which the state is meant."""
    document_indexes: tuple[str, ...] | None = None
    name_indexes: tuple[str, ...] | None = None


def state_is(state: str, on: date) -> Iterator[ColumnElement[bool]]:
    """Conditions that a policy is in a state on a day; the same as rules.policy_state."""
    if state == "terminated":
        yield Policy.status == "terminated"
        return
    yield Policy.status == "in_force"
    if state == "not_started":
        yield Policy.starts_on > on
    elif state == "expired":
        yield Policy.ends_on < on
    else:
        yield Policy.starts_on <= on
        yield Policy.ends_on >= on


class RecordRepository(TenantRepository):
    """Policies of one tenant, to be found."""

    async def visible(self, actor: Actor, policy_id: UUID) -> Policy | None:
        """Return a policy that the caller sees, or None."""
        scope = seen_by(actor, unit=Policy.unit_id, units=UnitCopy, person=Policy.person_id)
        return await self.first(self.select(Policy).where(Policy.id == policy_id, scope))

    async def page(self, actor: Actor, cursor: Cursor, wanted: PolicyFilter) -> Sequence[Policy]:
        """Return a page of the policies in the caller's scope, latest beginning of cover first."""
        statement = await self._behind(self._search(actor, wanted), cursor.after)
        statement = statement.order_by(Policy.starts_on.desc(), Policy.id.desc())
        return await self.all(statement.limit(cursor.limit + 1))

    async def page_of_person(
        self, person_id: UUID, cursor: Cursor, *, product: str | None = None, since: date | None = None
    ) -> Sequence[Policy]:
        """Return a page of one person's policies, latest first; `since`: those that did not end before that day."""
        statement = self.select(Policy).where(Policy.person_id == person_id)
        if product is not None:
            statement = statement.where(Policy.product_code == product)
        if since is not None:
            statement = statement.where(Policy.ends_on >= since)
        statement = await self._behind(statement, cursor.after)
        statement = statement.order_by(Policy.starts_on.desc(), Policy.id.desc())
        return await self.all(statement.limit(cursor.limit + 1))

    async def batch(
        self, actor: Actor, wanted: PolicyFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Policy]:
        """Return the next policies of an export, latest beginning of cover first."""
        statement = await self._behind(self._search(actor, wanted), after)
        return await self.all(statement.order_by(Policy.starts_on.desc(), Policy.id.desc()).limit(limit))

    async def _behind(self, statement: Select[Policy], after: UUID | None) -> Select[Policy]:
        """Go on behind a policy in the order of the indexes: beginning of cover, then id."""
        last = await self.find(Policy, after) if after is not None else None
        if last is None:
            return statement
        place = tuple_(literal(last.starts_on), literal(last.id))
        return statement.where(tuple_(Policy.starts_on, Policy.id) < place)

    async def count_found(self, actor: Actor, wanted: PolicyFilter) -> int:
        """Return how many policies a search finds; a scan, for exports only."""
        found = self._search(actor, wanted).with_only_columns(func.count(), maintain_column_froms=True)
        return int((await self.session.execute(found)).scalar_one())

    def _search(self, actor: Actor, wanted: PolicyFilter) -> Select[Policy]:
        """The policies a caller may see and asks for."""
        scope = seen_by(actor, unit=Policy.unit_id, units=UnitCopy, person=Policy.person_id)
        statement = self.select(Policy).where(scope, *self._days(wanted))
        if wanted.order_number is not None:
            order = self.select_columns(Order, Order.id).where(Order.number == wanted.order_number)
            statement = statement.where(Policy.order_id == order.scalar_subquery())
        if wanted.policy_number is not None:
            statement = statement.where(Policy.number == wanted.policy_number)
        if wanted.product is not None:
            statement = statement.where(Policy.product_code == wanted.product)
        if wanted.unit_id is not None:
            statement = statement.where(Policy.unit_id == wanted.unit_id)
        if wanted.document_indexes is not None:
            statement = statement.where(Policy.person_id.in_(self._people_of(wanted.document_indexes)))
        if wanted.name_indexes is not None:
            statement = statement.where(Policy.name_index.in_(wanted.name_indexes))
        return statement

    def _days(self, wanted: PolicyFilter) -> Iterator[ColumnElement[bool]]:
        """Conditions on days; the state of a policy is one, too."""
        if wanted.year is not None:
            first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
            yield Policy.starts_on.between(first, last)
        if wanted.starts_from is not None:
            yield Policy.starts_on >= wanted.starts_from
        if wanted.starts_until is not None:
            yield Policy.starts_on <= wanted.starts_until
        if wanted.ends_from is not None:
            yield Policy.ends_on >= wanted.ends_from
        if wanted.ends_until is not None:
            yield Policy.ends_on <= wanted.ends_until
        if wanted.state is not None and wanted.on is not None:
            yield from state_is(wanted.state, wanted.on)

    def _people_of(self, indexes: tuple[str, ...]) -> Any:
        """The persons with an ID number, as policies and as the register have it (a corrected number finds both)."""
        covered = self.select_columns(Policy, Policy.person_id).where(Policy.document_index.in_(indexes))
        known = self.select_columns(PersonCopy, PersonCopy.id).where(PersonCopy.document_index.in_(indexes))
        return union(covered, known).scalar_subquery()
