"""SQL of the records: searched by everything the manuals search by, in the order of indexes, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true, tuple_, union
from sqlalchemy.orm import aliased

from common.auth import Actor, ActorKind
from common.auth.scope import sees_whole_tenant
from common.db import TenantRepository
from common.db.scope import seen_by, within_reach
from common.http import Cursor

from ..copies.models import PersonCopy, UnitCopy
from ..copies.repository import numbered
from ..orders.models import Order
from ..policies.models import Policy

LONGEST_YEARS = 10
"""No cover lasts longer (`term_months` of a product): who looks for a year need not look further back."""


@dataclass(frozen=True)
class PolicyFilter:
    """What a search of policies asks for; None means any."""

    order_number: str | None = None
    policy_number: str | None = None
    product: str | None = None
    unit_id: UUID | None = None
    year: int | None = None
    """A year with a day of the cover in it."""
    starts_from: date | None = None
    starts_until: date | None = None
    ends_from: date | None = None
    ends_until: date | None = None
    state: str | None = None
    on: date | None = None
    """The day on which the state is meant."""
    document_indexes: tuple[str, ...] | None = None
    name_indexes: tuple[str, ...] | None = None
    member_number: str | None = None

    @property
    def names_somebody(self) -> bool:
        """Whether it asks for one order, policy or person: then few rows are found, in whatever order."""
        some = (
            self.order_number, self.policy_number, self.document_indexes, self.name_indexes, self.member_number,
        )  # fmt: skip
        return any(value is not None for value in some)

    @property
    def by_end(self) -> bool:
        """Whether the end of cover is what bounds the search: the order of the index that finds it."""
        if self.year is not None or self.starts_until is not None:
            return False
        return self.state == "expired" or self.ends_from is not None or self.ends_until is not None


def state_is(state: str, on: date) -> Iterator[ColumnElement[bool]]:
    """Conditions that a policy is in a state on a day, as rules.policy_state has it.

    "terminated" finds all that were ended early, those too whose last day is still to come.
    """
    if state == "terminated":
        yield Policy.status == "terminated"
    elif state == "may_end":
        yield Policy.status == "in_force"
        yield Policy.ends_on >= on
    elif state == "not_started":
        yield Policy.starts_on > on
        yield or_(Policy.status == "in_force", Policy.ended_on >= Policy.starts_on)
    elif state == "expired":
        yield Policy.status == "in_force"
        yield Policy.ends_on < on
    else:
        yield Policy.starts_on <= on
        yield Policy.ends_on >= on
        yield or_(Policy.status == "in_force", Policy.ended_on >= on)


def _ordered(statement: Select[Any], by_end: bool, last: Policy | None, model: Any) -> Select[Any]:
    """Order latest first, and go on behind a policy: by a day, then by id, as the indexes have it."""
    day = model.ends_on if by_end else model.starts_on
    if last is not None:
        place = tuple_(literal(last.ends_on if by_end else last.starts_on), literal(last.id))
        statement = statement.where(tuple_(day, model.id) < place)
    return statement.order_by(day.desc(), model.id.desc())


class RecordRepository(TenantRepository):
    """Policies of one tenant, to be found."""

    async def visible(self, actor: Actor, policy_id: UUID) -> Policy | None:
        """Return a policy that the caller sees, or None."""
        scope = seen_by(actor, unit=Policy.unit_id, units=UnitCopy, person=Policy.person_id)
        return await self.first(self.select(Policy).where(Policy.id == policy_id, scope))

    async def page(self, actor: Actor, cursor: Cursor, wanted: PolicyFilter) -> Sequence[Policy]:
        """Return a page of the policies in the caller's scope, latest first."""
        return await self.batch(actor, wanted, after=cursor.after, limit=cursor.limit + 1)

    async def batch(
        self, actor: Actor, wanted: PolicyFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Policy]:
        """Return the next policies of a search, latest first: by the end of cover where the search is about it."""
        last = await self.find(Policy, after) if after is not None else None
        if self._is_branch(actor) and not wanted.names_somebody:
            return await self.all(self._in_branch(actor, wanted, last, limit))
        statement = _ordered(self._search(actor, wanted), wanted.by_end, last, Policy)
        return await self.all(statement.limit(limit))

    def _is_branch(self, actor: Actor) -> bool:
        return actor.kind is ActorKind.STAFF and not sees_whole_tenant(actor)

    def _in_branch(
        self, actor: Actor, wanted: PolicyFilter, last: Policy | None, limit: int
    ) -> Select[Policy]:
        """The latest of each unit of a branch, then the latest of those: an index has them in order by unit only."""
        units = self.select_columns(UnitCopy, UnitCopy.id).where(within_reach(actor, UnitCopy.org_path))
        branch = units.subquery()
        of_unit = self.select(Policy).where(Policy.unit_id == branch.c.id, *self._conditions(wanted))
        latest = _ordered(of_unit, wanted.by_end, last, Policy).limit(limit).lateral()
        policy = aliased(Policy, latest)
        statement = select(policy).select_from(branch.join(latest, true())).where(self.mine(policy))
        return _ordered(statement, wanted.by_end, None, policy).limit(limit)

    async def page_of_person(
        self, person_id: UUID, cursor: Cursor, *, product: str | None = None, since: date | None = None
    ) -> Sequence[Policy]:
        """Return a page of one person's policies, latest first; `since`: those that did not end before that day."""
        statement = self.select(Policy).where(Policy.person_id == person_id)
        if product is not None:
            statement = statement.where(Policy.product_code == product)
        if since is not None:
            statement = statement.where(Policy.ends_on >= since)
        last = await self.find(Policy, cursor.after) if cursor.after is not None else None
        return await self.all(_ordered(statement, False, last, Policy).limit(cursor.limit + 1))

    async def count_found(self, actor: Actor, wanted: PolicyFilter) -> int:
        """Return how many policies a search finds; a scan, for exports only."""
        found = self._search(actor, wanted).with_only_columns(func.count(), maintain_column_froms=True)
        return int((await self.session.execute(found)).scalar_one())

    def _search(self, actor: Actor, wanted: PolicyFilter) -> Select[Policy]:
        """The policies a caller may see and asks for."""
        scope = seen_by(actor, unit=Policy.unit_id, units=UnitCopy, person=Policy.person_id)
        return self.select(Policy).where(scope, *self._conditions(wanted))

    def _conditions(self, wanted: PolicyFilter) -> Iterator[ColumnElement[bool]]:
        """Everything that a search asks for, beside who asks."""
        yield from self._days(wanted)
        if wanted.order_number is not None:
            order = self.select_columns(Order, Order.id).where(Order.number == wanted.order_number)
            yield Policy.order_id == order.scalar_subquery()
        if wanted.policy_number is not None:
            yield Policy.number == wanted.policy_number
        if wanted.product is not None:
            yield Policy.product_code == wanted.product
        if wanted.unit_id is not None:
            yield Policy.unit_id == wanted.unit_id
        if wanted.document_indexes is not None:
            yield Policy.person_id.in_(self._people_of(wanted.document_indexes))
        if wanted.name_indexes is not None:
            yield Policy.name_index.in_(wanted.name_indexes)
        if wanted.member_number is not None:
            yield Policy.person_id.in_(numbered(self, wanted.member_number).scalar_subquery())

    def _days(self, wanted: PolicyFilter) -> Iterator[ColumnElement[bool]]:
        """Conditions on days; the state of a policy is one, too."""
        if wanted.year is not None:
            first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
            yield Policy.starts_on.between(first.replace(year=wanted.year - LONGEST_YEARS), last)
            yield Policy.ends_on >= first
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
