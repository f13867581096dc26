"""SQL of the counters."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.ids import new_id

from .models import NO_UNIT, CampaignDay

MEASURES = ("joined", "passed", "failed", "issued", "booked", "collected", "cancelled", "revoked")
LOCK = unscoped(
    text("SELECT pg_advisory_xact_lock(hashtextextended('activities.statistics:' || :tenant, 0))"),
    why="a lock that names the tenant reads no row",
)


class DayRow(NamedTuple):
    """One row of the export."""

    day: date
    unit_id: UUID
    counts: dict[str, int]


class StatisticRepository(TenantRepository):
    """Counters of one tenant."""

    async def count(self, *, campaign_id: UUID, unit_id: UUID | None, day: date, measure: str) -> None:
        """Add one. Consumers of a tenant count one after the other: rows in any order never make a circle."""
        await self.session.execute(LOCK, {"tenant": str(self.tenant_id)})
        values: dict[str, Any] = dict.fromkeys(MEASURES, 0) | {measure: 1}
        statement = insert(CampaignDay).values(
            tenant_id=self.tenant_id, id=new_id(), created_at=now(), campaign_id=campaign_id, day=day,
            unit_id=unit_id or NO_UNIT, **values,
        )  # fmt: skip
        adding = statement.on_conflict_do_update(
            index_elements=["tenant_id", "campaign_id", "day", "unit_id"],
            set_={measure: getattr(CampaignDay, measure) + 1},
        )
        await self.session.execute(unscoped(adding, why="the row carries this tenant's id"))

    async def sums(
        self, campaign_id: UUID, *, by: str | None, since: date | None, until: date | None
    ) -> Sequence[tuple[Any, dict[str, int]]]:
        """Return the sums of a campaign's counters, by day, by unit (most joined first) or in all."""
        sums = [func.coalesce(func.sum(getattr(CampaignDay, name)), 0).label(name) for name in MEASURES]
        columns: dict[str, list[Any]] = {"day": [CampaignDay.day], "unit": [CampaignDay.unit_id]}
        group = columns.get(by or "", [])
        statement = self.select_columns(CampaignDay, *group, *sums).where(
            CampaignDay.campaign_id == campaign_id
        )
        if since:
            statement = statement.where(CampaignDay.day >= since)
        if until:
            statement = statement.where(CampaignDay.day <= until)
        if by == "day":
            statement = statement.group_by(CampaignDay.day).order_by(CampaignDay.day)
        if by == "unit":
            most = func.sum(CampaignDay.joined).desc()
            statement = statement.group_by(CampaignDay.unit_id).order_by(most, CampaignDay.unit_id)
        rows = (await self.session.execute(statement)).all()
        return [
            (row[0] if group else None, {name: int(getattr(row, name)) for name in MEASURES}) for row in rows
        ]

    async def rows(
        self, campaign_id: UUID, *, after: tuple[date, UUID] | None, most: int
    ) -> Sequence[DayRow]:
        """Return a campaign's counters by day and unit, behind a place."""
        statement = self.select(CampaignDay).where(CampaignDay.campaign_id == campaign_id)
        if after is not None:
            day, unit = after
            statement = statement.where(
                (CampaignDay.day > day) | ((CampaignDay.day == day) & (CampaignDay.unit_id > unit))
            )
        rows = await self.all(statement.order_by(CampaignDay.day, CampaignDay.unit_id).limit(most))
        return [DayRow(row.day, row.unit_id, {name: getattr(row, name) for name in MEASURES}) for row in rows]
