"""SQL of dues."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..copies.models import UnitCopy
from .models import DuesBill, DuesPeriod


class DuesRepository(TenantRepository):
    """Bills and periods of one tenant."""

    async def own(self, person_id: UUID, bill_id: UUID) -> DuesBill | None:
        """Lock and return a person's own bill."""
        statement = self.select(DuesBill).where(DuesBill.id == bill_id, DuesBill.person_id == person_id)
        statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def page(self, actor: Actor, cursor: Cursor, *, state: str | None) -> Sequence[DuesBill]:
        """Return a page of the bills that the caller may see, newest first."""
        seen = seen_by(actor, unit=DuesBill.unit_id, units=UnitCopy, person=DuesBill.person_id)
        statement = self.select(DuesBill).where(seen)
        if state is not None:
            statement = statement.where(DuesBill.state == state)
        return await self.all(cursor.apply(statement, DuesBill))

    async def hold_periods(self, bill: DuesBill) -> set[str]:
        """Hold a bill's periods for it; return those that another bill of the person has."""
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "person_id": bill.person_id,
                "period": period,
                "bill_id": bill.id,
            }
            for period in sorted(bill.periods)
        ]
        statement = insert(DuesPeriod).values(rows)
        statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "person_id", "period"])
        held = set((await self.session.execute(statement.returning(DuesPeriod.period))).scalars())
        return set(bill.periods) - held

    async def free_periods(self, bill: DuesBill) -> None:
        """Let go of a bill's periods."""
        await self.session.execute(self.delete(DuesPeriod).where(DuesPeriod.bill_id == bill.id))

    async def states(self, person_id: UUID, periods: Sequence[str]) -> dict[str, DuesBill]:
        """Return the bills that hold a person's periods."""
        held = self.select_columns(DuesPeriod, DuesPeriod.period, DuesPeriod.bill_id).where(
            DuesPeriod.person_id == person_id, DuesPeriod.period.in_(periods)
        )
        pairs = [(row.period, row.bill_id) for row in await self.session.execute(held)]
        bills = await self.all(self.select(DuesBill).where(DuesBill.id.in_({bill for _, bill in pairs})))
        by_id = {bill.id: bill for bill in bills}
        return {period: by_id[bill] for period, bill in pairs}
