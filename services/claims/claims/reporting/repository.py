"""SQL of the keys and of the facts that they read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, case, cast, func

from common.auth import Actor
from common.auth.scope import path_range
from common.clock import BUSINESS_ZONE
from common.db import TenantRepository
from common.db.scope import seen_by, within_reach
from common.http import Cursor

from ..copies.models import UnitCopy
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..payouts.models import Payout
from ..statistics.models import StatisticDay
from .models import ReportingKey

GRANTED = case((Claim.status == "rejected", 0), (Claim.status == "withdrawn", None), else_=Claim.amount)
"""What a claim comes to, as lists show it."""


def _day(instant: Any) -> Any:
    return cast(func.timezone(str(BUSINESS_ZONE), instant), Date)


class ReportingRepository(TenantRepository):
    """Keys and facts of one tenant."""

    async def keys(self, cursor: Cursor) -> Sequence[ReportingKey]:
        """Return the keys, newest first; one more than the page has."""
        return await self.all(cursor.apply(self.select(ReportingKey), ReportingKey))

    async def has_units_at(self, path: str) -> bool:
        """Whether a unit stands at or below a path."""
        low, high = path_range(path)
        statement = self.select(UnitCopy).where(UnitCopy.org_path >= low, UnitCopy.org_path < high)
        return await self.first(statement) is not None

    async def days(
        self, actor: Actor, cursor: Cursor, first: date | None, last: date | None
    ) -> Sequence[Any]:
        """Return the counters by unit, product and day."""
        statement = self.select_columns(StatisticDay, *StatisticDay.__table__.c).where(
            seen_by(actor, unit=StatisticDay.unit_id, units=UnitCopy)
        )
        if first is not None:
            statement = statement.where(StatisticDay.day >= first)
        if last is not None:
            statement = statement.where(StatisticDay.day <= last)
        return await self._page(statement, StatisticDay.id, cursor)

    async def claims(self, actor: Actor, cursor: Cursor, since: date | None) -> Sequence[Any]:
        """Return applications that were handed in, without whom and what they are about."""
        columns = (
            Claim.id, Claim.kind, Claim.product_code, Claim.unit_id, Claim.status, Claim.opened_by, Claim.automatic,
            Claim.event_on, _day(Claim.submitted_at).label("submitted_on"),
            _day(Claim.decided_at).label("decided_on"), GRANTED.label("amount"), Payout.paid_on,
        )  # fmt: skip
        statement = (
            ClaimRepository(self.session, self.tenant_id)
            .visible(actor)
            .where(Claim.submitted_at.is_not(None))
            .outerjoin(Payout, (Payout.tenant_id == Claim.tenant_id) & (Payout.claim_id == Claim.id))
            .with_only_columns(*columns)
        )
        if since is not None:
            statement = statement.where(_day(Claim.submitted_at) >= since)
        return await self._page(statement, Claim.id, cursor)

    async def units(self, actor: Actor, cursor: Cursor) -> Sequence[Any]:
        """Return the units and where they stand."""
        columns = (UnitCopy.id, UnitCopy.name, UnitCopy.org_path)
        statement = self.select_columns(UnitCopy, *columns).where(within_reach(actor, UnitCopy.org_path))
        return await self._page(statement, UnitCopy.id, cursor)

    async def _page(self, statement: Select[Any], key: Any, cursor: Cursor) -> Sequence[Any]:
        if cursor.after is not None:
            statement = statement.where(key < cursor.after)
        rows: Sequence[Any] = (
            await self.session.execute(statement.order_by(key.desc()).limit(cursor.limit + 1))
        ).all()
        return rows
