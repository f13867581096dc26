"""SQL of policies, covers and snapshot runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, text, union

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import PersonCopy, UnitCopy
from ..orders.models import Order, OrderStatus
from ..people.models import OrderPerson
from .models import Cover, Policy, PolicySnapshot

OPEN_COVERS = unscoped(
    text(
        """INSERT INTO cover (tenant_id, id, created_at, person_id, product_code, covered_until, terms)
           SELECT :tenant, gen_random_uuid(), :now, person_id, :product, NULL, 0
           FROM unnest(CAST(:people AS uuid[])) AS person_id ORDER BY person_id
           ON CONFLICT (tenant_id, person_id, product_code) DO NOTHING"""
    ),
    why="a batch insert; the tenant is written into every row",
)
EXTEND_COVERS = unscoped(
    text(
        """UPDATE cover SET covered_until = term.ends_on, terms = cover.terms + 1
           FROM unnest(CAST(:people AS uuid[]), CAST(:ends AS date[])) AS term (person_id, ends_on)
           WHERE cover.tenant_id = :tenant AND cover.product_code = :product
             AND cover.person_id = term.person_id"""
    ),
    why="a batch update; the tenant is in its condition",
)


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

    async def order_to_issue(self, order_id: UUID | None = None) -> Order | None:
        """Lock and return a paid order (a named one, or the oldest); None if there is none or another works on it."""
        statement = self.select(Order).where(Order.status == OrderStatus.PAID.value)
        if order_id is not None:
            statement = statement.where(Order.id == order_id)
        statement = statement.order_by(Order.id).limit(1)
        statement = statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def people_to_issue(self, order: Order, limit: int) -> Sequence[OrderPerson]:
        """Return the next people of an order, after those that have been dealt with."""
        statement = self.select(OrderPerson).where(OrderPerson.order_id == order.id, OrderPerson.insurable)
        if order.issued_to is not None:
            statement = statement.where(OrderPerson.id > order.issued_to)
        return await self.all(statement.order_by(OrderPerson.id).limit(limit))

    async def lock_covers(self, product_code: str, people: list[UUID]) -> dict[UUID, Cover]:
        """Lock the cover rows of people, making those that are missing; always in the same order."""
        values = {"tenant": self.tenant_id, "now": now(), "product": product_code, "people": people}
        await self.session.execute(OPEN_COVERS, values)
        statement = self.select(Cover).where(Cover.product_code == product_code, Cover.person_id.in_(people))
        statement = statement.order_by(Cover.person_id).with_for_update()
        rows = await self.all(statement.execution_options(populate_existing=True))
        return {row.person_id: row for row in rows}

    async def insert_policies(self, rows: list[dict[str, Any]]) -> None:
        """Insert policies and extend the covers of their people."""
        if not rows:
            return
        await self.session.execute(insert(Policy), rows)
        values = {
            "tenant": self.tenant_id,
            "product": rows[0]["product_code"],
            "people": [row["person_id"] for row in rows],
            "ends": [row["ends_on"] for row in rows],
        }
        await self.session.execute(EXTEND_COVERS, values)

    async def shorten_cover(self, policy: Policy) -> None:
        """Let the cover of a policy that ended early end with it, so that the person may be covered again."""
        await self.session.execute(
            self.update(Cover)
            .where(
                Cover.person_id == policy.person_id,
                Cover.product_code == policy.product_code,
                Cover.covered_until == policy.ends_on,
            )
            .values(covered_until=policy.ended_on)
            .execution_options(synchronize_session=False)
        )

    async def mark_covered(self, people: list[UUID], reasons: list[dict[str, Any]]) -> None:
        """Note that people of an order got covered by another one meanwhile: they turned out not to be insurable."""
        if people:
            await self.session.execute(
                self.update(OrderPerson)
                .where(OrderPerson.id.in_(people))
                .values(outcome="covered_meanwhile", insurable=False, reasons=reasons)
                .execution_options(synchronize_session=False)
            )

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
