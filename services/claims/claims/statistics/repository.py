"""SQL of the statistics: adds to the counters, sums them up within a caller's scope."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository
from common.db.scope import seen_by
from common.ids import new_id

from ..copies.models import UnitCopy
from .models import PayoutDays, PersonSearch, Statistic, StatisticDay, StatisticMonth
from .rules import Count, by_date, by_days, by_month, by_year

COUNTED = "statistics.counted"
"""In a session's `info`: its transaction holds counters."""
SUMS = ("contributions", "enrolled", "paid", "paid_claims")


class StatisticRepository(TenantRepository):
    """Adds to the counters and sums them up."""

    async def add_counts(self, counts: Sequence[Count]) -> None:
        """Add to counters, always in the same order, so that nobody waits crosswise."""
        self.session.info[COUNTED] = True
        months = by_month(counts)
        await self._add(Statistic, by_year(months), ("unit_id", "product_code", "year"), SUMS)
        await self._add(StatisticMonth, months, ("unit_id", "product_code", "month"), SUMS)
        await self._add(StatisticDay, by_date(counts), ("unit_id", "product_code", "day"), SUMS)
        places = ("unit_id", "product_code", "month", "days")
        await self._add(PayoutDays, by_days(counts), places, ("payouts",))

    async def _add(
        self, model: Any, rows: Sequence[Mapping[str, Any]], places: Sequence[str], sums: Sequence[str]
    ) -> None:
        if not rows:
            return
        values = [{"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), **row} for row in rows]
        statement = insert(model).values(values)
        added = {name: getattr(model, name) + statement.excluded[name] for name in sums}
        await self.session.execute(
            statement.on_conflict_do_update(index_elements=["tenant_id", *places], set_=added)
        )

    def _within(
        self, statement: Select[Any], model: Any, actor: Actor, product_code: str | None
    ) -> Select[Any]:
        """Narrow a statement to what the caller's scope reaches, and to a product."""
        statement = statement.where(seen_by(actor, unit=model.unit_id, units=UnitCopy))
        if product_code is not None:
            statement = statement.where(model.product_code == product_code)
        return statement

    async def sums(self, actor: Actor, *, product_code: str | None, year: int | None) -> Sequence[Any]:
        """Return the sums per product and year of what the caller's scope reaches."""
        columns = [func.sum(getattr(Statistic, name)).label(name) for name in SUMS]
        statement = self.select_columns(Statistic, Statistic.product_code, Statistic.year, *columns)
        statement = self._within(statement, Statistic, actor, product_code)
        if year is not None:
            statement = statement.where(Statistic.year == year)
        grouped = statement.group_by(Statistic.product_code, Statistic.year)
        ordered = grouped.order_by(Statistic.year, Statistic.product_code)
        rows: Sequence[Any] = (await self.session.execute(ordered)).all()
        return rows

    async def series(
        self, actor: Actor, *, product_code: str | None, first: date, last: date
    ) -> Sequence[Any]:
        """Return the sums per month, both months included, of what the caller's scope reaches."""
        columns = [func.sum(getattr(StatisticMonth, name)).label(name) for name in SUMS]
        statement = self.select_columns(StatisticMonth, StatisticMonth.month, *columns)
        statement = self._within(statement, StatisticMonth, actor, product_code)
        statement = statement.where(StatisticMonth.month.between(first.replace(day=1), last))
        grouped = statement.group_by(StatisticMonth.month).order_by(StatisticMonth.month)
        rows: Sequence[Any] = (await self.session.execute(grouped)).all()
        return rows

    async def days(
        self, actor: Actor, *, product_code: str | None, first: date, last: date
    ) -> dict[int, int]:
        """Return how many payouts took how many days, of those that arrived in some months."""
        statement = self.select_columns(
            PayoutDays, PayoutDays.days, func.sum(PayoutDays.payouts).label("payouts")
        )
        statement = self._within(statement, PayoutDays, actor, product_code)
        statement = statement.where(PayoutDays.month.between(first.replace(day=1), last))
        rows = await self.session.execute(statement.group_by(PayoutDays.days))
        return {row.days: row.payouts for row in rows if row.payouts}

    async def keep_search(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Let people be found by the name and mobile that they have now; older facts change nothing."""
        values: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            if row["id"] not in values or values[row["id"]]["version"] <= row["version"]:
                values[row["id"]] = {"tenant_id": self.tenant_id, "created_at": now(), **row}
        if not values:
            return
        statement = insert(PersonSearch).values([values[key] for key in sorted(values)])
        changing = {
            "version": statement.excluded.version,
            "name_index": statement.excluded.name_index,
            "mobile_index": func.coalesce(statement.excluded.mobile_index, PersonSearch.mobile_index),
        }
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_=changing,
                where=PersonSearch.version <= statement.excluded.version,
            )
        )

    def people(self, *, names: Sequence[str] | None, mobiles: Sequence[str] | None) -> Select[UUID]:
        """SELECT the ids of people with one of these indexes."""
        statement = self.select_columns(PersonSearch, PersonSearch.id)
        if names is not None:
            statement = statement.where(PersonSearch.name_index.in_(names))
        if mobiles is not None:
            statement = statement.where(PersonSearch.mobile_index.in_(mobiles))
        return statement
