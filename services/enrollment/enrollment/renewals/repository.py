"""SQL of renewals."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, text
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..copies.models import UnitCopy
from ..policies.models import Cover, Policy
from .models import RenewalEntry, RenewalNotice, RenewalRun
from .rules import Window

_LIST = """INSERT INTO renewal_entry
             (tenant_id, id, created_at, month, unit_id, product_code, policy_id, person_id, ends_on)
           SELECT :tenant, gen_random_uuid(), :now, :month, unit_id, product_code, id, person_id, ends_on
           FROM policy
           WHERE tenant_id = :tenant AND product_code = :product AND status = 'in_force'
             AND ends_on BETWEEN :first AND :last {more}
           ON CONFLICT (tenant_id, month, policy_id) DO NOTHING"""
LIST = unscoped(
    text(_LIST.format(more="")),
    why="fills a month's list in one statement; the tenant is in its condition and in every row",
)
LIST_ORDER = unscoped(
    text(_LIST.format(more="AND order_id = :order_id")),
    why="puts one order's policies on a month's list; the tenant is in its condition and in every row",
)


class RenewalRepository(TenantRepository):
    """Lists of one tenant."""

    async def begin(self, month: date) -> bool:
        """Add the run of a month; False if there is one."""
        values = {"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), "month": month, "told": 0}
        statement = insert(RenewalRun).values(values)
        statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "month"])
        found = await self.session.execute(statement.returning(RenewalRun.id))
        return found.scalar_one_or_none() is not None

    async def run_of(self, month: date) -> RenewalRun | None:
        """Return the run of a month."""
        return await self.first(self.select(RenewalRun).where(RenewalRun.month == month))

    async def fill(
        self, month: date, product_code: str, window: Window, *, order_id: UUID | None = None
    ) -> None:
        """Put everybody whose cover by a product ends within a window on the list; `order_id`: of this order only."""
        values = {
            "tenant": self.tenant_id,
            "now": now(),
            "month": month,
            "product": product_code,
            "first": window.first,
            "last": window.last,
        }
        if order_id is None:
            await self.session.execute(LIST, values)
        else:
            await self.session.execute(LIST_ORDER, values | {"order_id": order_id})

    async def run_to_tell(self, month: date) -> RenewalRun | None:
        """Lock and return the run of a month whose messages are not all sent; None if another worker has it."""
        statement = self.select(RenewalRun).where(RenewalRun.month == month, RenewalRun.told_at.is_(None))
        statement = statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def units_to_tell(self, month: date, *, after: UUID | None, limit: int) -> list[UUID]:
        """Return the next units that have somebody on the list."""
        statement = self.select_columns(RenewalEntry, RenewalEntry.unit_id).distinct()
        statement = statement.where(RenewalEntry.month == month)
        if after is not None:
            statement = statement.where(RenewalEntry.unit_id > after)
        statement = statement.order_by(RenewalEntry.unit_id).limit(limit)
        return list((await self.session.execute(statement)).scalars())

    async def groups(self, month: date, units: Sequence[UUID]) -> Sequence[Any]:
        """Return for units and products how many are still to be renewed, and their first and last day."""
        entry = RenewalEntry
        statement = self.select_columns(
            entry,
            entry.unit_id,
            entry.product_code,
            func.count().label("people"),
            func.min(entry.ends_on).label("first"),
            func.max(entry.ends_on).label("last"),
        ).where(entry.month == month, entry.unit_id.in_(units), *self._open())
        grouped = statement.group_by(entry.unit_id, entry.product_code)
        ordered = grouped.order_by(entry.unit_id, entry.product_code)
        found: Sequence[Any] = (await self.session.execute(ordered)).all()
        return found

    async def note(self, month: date, people_by_unit: dict[UUID, int]) -> dict[UUID, UUID]:
        """Note that units are told; return the ids of the notices of those that had not been."""
        if not people_by_unit:
            return {}
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "month": month,
                "unit_id": unit,
                "people": people,
            }
            for unit, people in sorted(people_by_unit.items())
        ]
        statement = insert(RenewalNotice).values(rows)
        statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "month", "unit_id"])
        found = await self.session.execute(statement.returning(RenewalNotice.unit_id, RenewalNotice.id))
        return {row.unit_id: row.id for row in found}

    def _open(self) -> list[Any]:
        """Conditions that a policy on the list is neither renewed nor ended."""
        renewed = exists().where(
            self.mine(Cover),
            Cover.person_id == RenewalEntry.person_id,
            Cover.product_code == RenewalEntry.product_code,
            Cover.covered_until > RenewalEntry.ends_on,
        )
        ended = exists().where(
            self.mine(Policy), Policy.id == RenewalEntry.policy_id, Policy.status == "terminated"
        )
        return [~renewed, ~ended]

    def _listed(self, actor: Actor, month: date, product: str | None, unit_id: UUID | None) -> Select[Any]:
        seen = seen_by(actor, unit=RenewalEntry.unit_id, units=UnitCopy)
        statement = self.select_columns(RenewalEntry, RenewalEntry.id, RenewalEntry.policy_id)
        statement = statement.where(RenewalEntry.month == month, seen, *self._open())
        if product is not None:
            statement = statement.where(RenewalEntry.product_code == product)
        if unit_id is not None:
            statement = statement.where(RenewalEntry.unit_id == unit_id)
        return statement

    async def page(
        self, actor: Actor, cursor: Cursor, *, month: date, product: str | None, unit_id: UUID | None
    ) -> list[tuple[UUID, Policy]]:
        """Return a page of the list: entry ids with their policies, in the order of the entries."""
        statement = self._listed(actor, month, product, unit_id)
        if cursor.after is not None:
            statement = statement.where(RenewalEntry.id < cursor.after)
        statement = statement.order_by(RenewalEntry.id.desc()).limit(cursor.limit + 1)
        rows = (await self.session.execute(statement)).all()
        policies = {p.id: p for p in await self.policies([row.policy_id for row in rows])}
        return [(row.id, policies[row.policy_id]) for row in rows]

    async def policies_of_unit(
        self, actor: Actor, *, month: date, product: str, unit_id: UUID
    ) -> Sequence[Policy]:
        """Return the policies of a unit that are to be renewed."""
        listed = self._listed(actor, month, product, unit_id).subquery()
        statement = self.select(Policy).join(listed, listed.c.policy_id == Policy.id)
        return await self.all(statement.order_by(Policy.ends_on, Policy.number))

    async def policies(self, ids: Sequence[UUID]) -> Sequence[Policy]:
        """Return policies by id."""
        return await self.all(self.select(Policy).where(Policy.id.in_(ids))) if ids else ()

    async def counts(self, actor: Actor, *, month: date) -> Sequence[Any]:
        """Return for each product how many are still to be renewed, in the caller's scope."""
        entry = RenewalEntry
        statement = self.select_columns(
            entry,
            entry.product_code,
            func.count().label("people"),
            func.min(entry.ends_on).label("first"),
            func.max(entry.ends_on).label("last"),
        ).where(entry.month == month, seen_by(actor, unit=entry.unit_id, units=UnitCopy), *self._open())
        found: Sequence[Any] = (await self.session.execute(statement.group_by(entry.product_code))).all()
        return found
