"""SQL of the statistics."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository
from common.db.scope import seen_by
from common.ids import new_id

from ..copies.models import UnitCopy
from .models import Statistic
from .rules import Count

SUMS = ("contributions", "enrolled", "paid", "paid_claims")


class StatisticRepository(TenantRepository):
    """Adds to the counters and sums them up."""

    async def add_counts(self, counts: Sequence[Count]) -> None:
        """Add to counters, in one statement and always in the same order, so that nobody waits crosswise."""
        rows = [
            {"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), **count.as_row()}
            for count in sorted(counts, key=lambda count: count.place)
        ]
        statement = insert(Statistic).values(rows)
        added = {name: getattr(Statistic, name) + statement.excluded[name] for name in SUMS}
        places = ["tenant_id", "unit_id", "product_code", "year"]
        await self.session.execute(statement.on_conflict_do_update(index_elements=places, set_=added))

    async def sums(self, actor: Actor, *, product_code: str | None, year: int | None) -> Sequence[Any]:
        """Return the sums per product and year of what the caller's scope reaches."""
        columns = [func.sum(getattr(Statistic, name)).label(name) for name in SUMS]
        statement = self.select_columns(Statistic, Statistic.product_code, Statistic.year, *columns)
        statement = statement.where(seen_by(actor, unit=Statistic.unit_id, units=UnitCopy))
        if product_code is not None:
            statement = statement.where(Statistic.product_code == product_code)
        if year is not None:
            statement = statement.where(Statistic.year == year)
        grouped = statement.group_by(Statistic.product_code, Statistic.year)
        ordered = grouped.order_by(Statistic.year, Statistic.product_code)
        rows: Sequence[Any] = (await self.session.execute(ordered)).all()
        return rows
