"""SQL of the figures of a report: what a period brought, within a scope."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, cast, func

from common.auth import Actor
from common.clock import BUSINESS_ZONE
from common.db import TenantRepository
from common.db.scope import seen_by

from ..copies.models import UnitCopy
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..payouts.models import Payout
from ..statistics.models import StatisticDay
from ..statistics.repository import SUMS
from .rules import Period


def _day(instant: Any) -> Any:
    """The business day of an instant."""
    return cast(func.timezone(str(BUSINESS_ZONE), instant), Date)


class FigureRepository(TenantRepository):
    """Sums of one tenant by unit, product and kind."""

    async def counted(self, actor: Actor, period: Period, *by: Any) -> Sequence[Any]:
        """Return the counters of a period by some columns of StatisticDay (none: one row of totals)."""
        columns = [func.coalesce(func.sum(getattr(StatisticDay, name)), 0).label(name) for name in SUMS]
        statement = (
            self.select_columns(StatisticDay, *by, *columns)
            .where(StatisticDay.day.between(period.first, period.last))
            .where(seen_by(actor, unit=StatisticDay.unit_id, units=UnitCopy))
            .group_by(*by)
            .order_by(*by)
        )
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows

    async def units(self) -> dict[Any, UnitCopy]:
        """Return the units by id."""
        return {unit.id: unit for unit in await self.all(self.select(UnitCopy))}

    async def claims(self, actor: Actor, period: Period) -> Sequence[Any]:
        """Return by kind how many claims were handed in, granted and refused in a period, and for how much."""
        submitted = _day(Claim.submitted_at).between(period.first, period.last)
        decided = _day(Claim.decided_at).between(period.first, period.last)
        granted = decided & Claim.status.in_(("approved", "paid", "payment_failed"))
        statement = (
            ClaimRepository(self.session, self.tenant_id)
            .visible(actor)
            .where(submitted | decided)
            .with_only_columns(
                Claim.kind,
                func.count().filter(submitted).label("submitted"),
                func.count().filter(granted).label("granted"),
                func.count().filter(granted & Claim.automatic).label("automatic"),
                func.count().filter(decided & (Claim.status == "rejected")).label("refused"),
                func.coalesce(func.sum(Claim.amount).filter(granted), 0).label("amount"),
            )
            .group_by(Claim.kind)
            .order_by(Claim.kind)
        )
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows

    async def days_to_payment(self, actor: Actor, period: Period) -> dict[int, int]:
        """Return how many payouts of a period took how many days from hand-in to the bank's day."""
        days = Payout.paid_on - _day(Claim.submitted_at)
        statement = (
            ClaimRepository(self.session, self.tenant_id)
            .visible(actor)
            .join(Payout, (Payout.tenant_id == Claim.tenant_id) & (Payout.claim_id == Claim.id))
            .where(Payout.status == "paid", Payout.paid_on.between(period.first, period.last))
            .where(Claim.submitted_at.is_not(None))
            .with_only_columns(days.label("days"), func.count().label("payouts"))
            .group_by(days)
        )
        rows = await self.session.execute(statement)
        return {max(row.days, 0): row.payouts for row in rows}
