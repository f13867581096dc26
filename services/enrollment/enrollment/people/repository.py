"""SQL of the people on orders and of roster imports."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select, text, union, update

from common.clock import now
from common.db import TenantRepository, among, unscoped
from common.http import Cursor

from ..consents.models import OverAgeConsent
from ..copies.repository import numbered
from ..imports.models import RosterImport, StagedRow
from ..orders.models import Order
from ..policies.models import Cover, Policy
from .models import OrderPerson

CHANGED = unscoped(
    text(
        """SELECT placed.id, CASE WHEN cover.covered_until >= :blocks THEN cover.covered_until END AS covered_until,
             other.number
           FROM order_person placed
           JOIN cover ON cover.tenant_id = placed.tenant_id AND cover.person_id = placed.person_id
             AND cover.product_code = :product
           LEFT JOIN enrolment_order other ON other.tenant_id = cover.tenant_id AND other.id = cover.order_id
             AND other.id <> placed.order_id
           WHERE placed.tenant_id = :tenant AND placed.order_id = :order_id AND placed.insurable
             AND placed.action = 'add' AND (cover.covered_until >= :blocks OR other.id IS NOT NULL)"""
    ),
    why="joins three tables; the tenant is in every condition",
)


class Counts(NamedTuple):
    """How many people of an order can be covered, how many cannot, and how many leave by it."""

    insurable: int
    not_insurable: int
    leaving: int = 0

    def of(self, insurable: bool | None) -> int:
        """Return how many can, or cannot, or all of them with those who leave."""
        return sum(self) if insurable is None else self.insurable if insurable else self.not_insurable


class Changed(NamedTuple):
    """A person whom another order got meanwhile."""

    id: UUID
    covered_until: date | None
    order: str | None


def _kind(insurable: bool) -> tuple[ColumnElement[bool], ...]:
    """Who is to be covered, or who cannot be: whoever leaves is neither."""
    if insurable:
        return OrderPerson.insurable.is_(True), OrderPerson.action == "add"
    return (OrderPerson.insurable.is_(False),)


class PeopleRepository(TenantRepository):
    """People on orders of one tenant."""

    async def counts(self, order_id: UUID, import_id: UUID | None = None) -> Counts:
        """Count the people of an order, or of one import."""
        by = (OrderPerson.insurable, OrderPerson.action)
        statement = self.select_columns(OrderPerson, *by, func.count())
        statement = statement.where(OrderPerson.order_id == order_id)
        if import_id is not None:
            statement = statement.where(OrderPerson.import_id == import_id)
        found = {(row[0], row[1]): row[2] for row in await self.session.execute(statement.group_by(*by))}
        refused = sum(number for (insurable, _), number in found.items() if not insurable)
        return Counts(found.get((True, "add"), 0), refused, found.get((True, "remove"), 0))

    async def people_by_shares(self, order_id: UUID) -> dict[int, int]:
        """Return how many insurable people of an order have how many shares."""
        statement = self.select_columns(OrderPerson, OrderPerson.shares, func.count())
        statement = statement.where(
            OrderPerson.order_id == order_id, OrderPerson.insurable, OrderPerson.action == "add"
        )
        return {row[0]: row[1] for row in await self.session.execute(statement.group_by(OrderPerson.shares))}

    async def last_days(self, order: Order, *, beyond: date) -> tuple[date | None, date | None, bool]:
        """Return the first and last of the days on which cover running beyond a day ends for the insurable people of an
        order, and whether it runs so far for all of them."""
        until = case((Cover.covered_until >= beyond, Cover.covered_until))
        slot = and_(
            Cover.tenant_id == OrderPerson.tenant_id, Cover.person_id == OrderPerson.person_id,
            Cover.product_code == order.product_code,
        )  # fmt: skip
        read = (func.min(until), func.max(until), func.count(until) == func.count())
        statement = self.select_columns(OrderPerson, *read).outerjoin(Cover, slot)
        row = (
            await self.session.execute(statement.where(OrderPerson.order_id == order.id, *_kind(True)))
        ).one()
        return row[0], row[1], row[2]

    async def people_on(self, order_id: UUID, people: Sequence[UUID]) -> set[UUID]:
        """Return which of these people stand on an order and are not refused."""
        statement = self.select_columns(OrderPerson, OrderPerson.person_id).where(
            OrderPerson.order_id == order_id, OrderPerson.person_id.in_(people), OrderPerson.insurable
        )
        return set((await self.session.execute(statement)).scalars())

    async def leavers(self, order_id: UUID) -> Sequence[tuple[OrderPerson, Policy]]:
        """Return who leaves by an amendment, each with the policy that ends."""
        statement = unscoped(
            select(OrderPerson, Policy)
            .join(Policy, (Policy.tenant_id == OrderPerson.tenant_id) & (Policy.id == OrderPerson.policy_id))
            .where(
                OrderPerson.tenant_id == self.tenant_id,
                OrderPerson.order_id == order_id,
                OrderPerson.action == "remove",
            )
            .order_by(OrderPerson.id),
            why="joins two tables; the tenant is in the condition",
        )
        return [(row[0], row[1]) for row in await self.session.execute(statement)]

    async def leaving(self, order_id: UUID) -> int:
        """Return how many people an amendment removes."""
        statement = self.select_columns(OrderPerson, func.count())
        statement = statement.where(OrderPerson.order_id == order_id, OrderPerson.action == "remove")
        return int((await self.session.execute(statement)).scalar_one())

    async def unit_people(self, order: Order, *, running_on: date) -> int:
        """Return how many people of a unit an order and the cover that runs on a day come to, each counted once."""
        placed = self.select_columns(OrderPerson, OrderPerson.person_id).where(
            OrderPerson.order_id == order.id, OrderPerson.insurable
        )
        running = self.select_columns(Policy, Policy.person_id).where(
            Policy.unit_id == order.unit_id,
            Policy.product_code == order.product_code,
            Policy.status == "in_force",
            Policy.ends_on >= running_on,
        )
        people = union(placed, running).subquery()
        statement = unscoped(select(func.count()).select_from(people), why="both parts are scoped above")
        return int((await self.session.execute(statement)).scalar_one())

    async def chosen(self, order_id: UUID, ids: Sequence[UUID]) -> Sequence[OrderPerson]:
        """Return those of an order's people with these ids who came by a sheet or form; who leaves did not."""
        statement = self._of(order_id, None).where(OrderPerson.action == "add").where(OrderPerson.id.in_(ids))
        return (await self.session.execute(statement)).scalars().all()

    async def move(self, order_id: UUID, target_id: UUID, ids: Sequence[UUID]) -> int:
        """Move people from one order to another; return how many."""
        moved = await self.session.execute(
            self.update(OrderPerson)
            .where(OrderPerson.order_id == order_id, OrderPerson.id.in_(ids))
            .values(order_id=target_id, import_id=None)
            .returning(OrderPerson.id)
            .execution_options(synchronize_session=False)
        )
        return len(moved.all())

    async def page(
        self,
        order_id: UUID,
        cursor: Cursor,
        *,
        insurable: bool | None,
        document_indexes: Sequence[str] | None = None,
        name_indexes: Sequence[str] | None = None,
        member_number: str | None = None,
    ) -> Sequence[OrderPerson]:
        """Return a page of an order's people in the order they were added."""
        statement = self._of(order_id, insurable)
        if document_indexes is not None:
            statement = statement.where(OrderPerson.document_index.in_(document_indexes))
        if name_indexes is not None:
            statement = statement.where(OrderPerson.name_index.in_(name_indexes))
        if member_number is not None:
            statement = statement.where(OrderPerson.person_id.in_(numbered(self, member_number)))
        return await self.batch(statement, after=cursor.after, limit=cursor.limit + 1)

    def of_order(
        self, order_id: UUID, insurable: bool | None, *, import_id: UUID | None = None
    ) -> Select[OrderPerson]:
        """The people of an order, or of one file on it, for `batch`."""
        statement = self._of(order_id, insurable)
        return statement if import_id is None else statement.where(OrderPerson.import_id == import_id)

    async def batch(
        self, statement: Select[OrderPerson], *, after: UUID | None, limit: int
    ) -> Sequence[OrderPerson]:
        """Return the next people, oldest first."""
        if after is not None:
            statement = statement.where(OrderPerson.id > after)
        return await self.all(statement.order_by(OrderPerson.id).limit(limit))

    def _of(self, order_id: UUID, insurable: bool | None) -> Select[OrderPerson]:
        statement = self.select(OrderPerson).where(OrderPerson.order_id == order_id)
        return statement if insurable is None else statement.where(*_kind(insurable))

    async def joining(self, order_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Any]:
        """Return the next people whom an order is to cover, as plain rows: what their judgement needs."""
        read = (
            OrderPerson.id,
            OrderPerson.person_id,
            OrderPerson.document_token,
            OrderPerson.document_index,
            OrderPerson.name_token,
            OrderPerson.shares,
        )
        statement = self.select_columns(OrderPerson, *read).where(
            OrderPerson.order_id == order_id, OrderPerson.insurable, OrderPerson.action == "add"
        )
        if after is not None:
            statement = statement.where(OrderPerson.id > after)
        return list(await self.session.execute(statement.order_by(OrderPerson.id).limit(limit)))

    async def nobody_on(self, order_id: UUID) -> bool:
        """Whether an order has no insurable people yet."""
        statement = self.select(OrderPerson).where(OrderPerson.order_id == order_id, OrderPerson.insurable)
        return await self.first(statement) is None

    async def person(self, order_id: UUID, row_id: UUID) -> OrderPerson | None:
        """Return one row of an order."""
        return await self.first(
            self.select(OrderPerson).where(OrderPerson.id == row_id, OrderPerson.order_id == order_id)
        )

    async def row_of_person(self, order_id: UUID, person_id: UUID) -> OrderPerson | None:
        """Return the newest row of a person on an order."""
        statement = self.select(OrderPerson).where(
            OrderPerson.order_id == order_id, OrderPerson.person_id == person_id
        )
        return await self.first(statement.order_by(OrderPerson.id.desc()))

    async def rows_of_people(
        self, order_ids: set[UUID], person_ids: set[UUID]
    ) -> dict[tuple[UUID, UUID], OrderPerson]:
        """Return the rows of people on orders, by order and person."""
        statement = self.select(OrderPerson).where(
            OrderPerson.order_id.in_(order_ids), OrderPerson.person_id.in_(person_ids)
        )
        rows = await self.all(statement.order_by(OrderPerson.id))
        return {(row.order_id, row.person_id): row for row in rows if row.person_id is not None}

    async def is_on_order(self, order_id: UUID, person_id: UUID, *, but: UUID | None = None) -> bool:
        """Whether a person is on an order and insurable, in another row than `but`."""
        statement = self.select(OrderPerson).where(
            OrderPerson.order_id == order_id, OrderPerson.person_id == person_id, OrderPerson.insurable
        )
        if but is not None:
            statement = statement.where(OrderPerson.id != but)
        return await self.first(statement) is not None

    async def delete_people(
        self, order_id: UUID, *, ids: Sequence[UUID] | None, insurable: bool | None
    ) -> int:
        """Delete people of an order by id, or all of a kind; return how many."""
        statement = self.delete(OrderPerson).where(OrderPerson.order_id == order_id)
        if ids is not None:
            statement = statement.where(among(OrderPerson.id, ids))
        if insurable is not None:
            statement = statement.where(*_kind(insurable))
        removed = await self.session.execute(
            statement.returning(OrderPerson.id).execution_options(synchronize_session=False)
        )
        return len(removed.all())

    async def note_empty_imports(self, order_id: UUID) -> None:
        """Note of which files nobody is left: they stay in the list, and can be uploaded again."""
        left = self.select_columns(OrderPerson, OrderPerson.import_id).where(
            OrderPerson.order_id == order_id, OrderPerson.import_id.is_not(None)
        )
        await self.session.execute(
            self.update(RosterImport)
            .where(
                RosterImport.order_id == order_id,
                RosterImport.state == "done",
                RosterImport.emptied_at.is_(None),
                RosterImport.id.not_in(left),
            )
            .values(emptied_at=now())
            .execution_options(synchronize_session=False)
        )

    async def delete_order_rows(self, order_id: UUID) -> None:
        """Delete the people and imports of an order."""
        for model in (OrderPerson, StagedRow, RosterImport, OverAgeConsent):
            await self.session.execute(self.delete(model).where(model.order_id == order_id))

    async def changed(self, order_id: UUID, *, product: str, blocks: date) -> list[Changed]:
        """Return the insurable people of an order who are covered beyond `blocks` or on another order in progress."""
        values = {"tenant": self.tenant_id, "order_id": order_id, "product": product, "blocks": blocks}
        return [Changed(*row) for row in await self.session.execute(CHANGED, values)]

    async def refuse_people(self, reasons: dict[UUID, list[dict[str, Any]]]) -> None:
        """Make people not insurable for the reasons given."""
        if not reasons:
            return
        common = {"tenant_id": self.tenant_id, "insurable": False}
        rows = [common | {"id": key, "reasons": why} for key, why in reasons.items()]
        await self.session.execute(update(OrderPerson), rows)
