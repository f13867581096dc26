"""SQL of payouts and batches."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from common.db import TenantRepository
from common.http import Cursor

from .models import Payout, PayoutBatch, PayoutItem


class PayoutRepository(TenantRepository):
    """Payouts of one tenant."""

    async def take_waiting(self, fund: str, most: int) -> Sequence[Payout]:
        """Lock and return waiting payouts of a fund; those that another batch is taking are left to it."""
        statement = self.select(Payout).where(Payout.fund == fund, Payout.status == "waiting")
        return await self.all(statement.order_by(Payout.id).limit(most).with_for_update(skip_locked=True))

    async def of_claim(self, claim_id: UUID, *, lock: bool = False) -> Payout | None:
        """Return the payout of a claim or None."""
        statement = self.select(Payout).where(Payout.claim_id == claim_id)
        return await self.first(statement.with_for_update() if lock else statement)

    async def hold(self, ids: Iterable[UUID]) -> dict[UUID, Payout]:
        """Lock payouts and return them by id."""
        statement = self.select(Payout).where(Payout.id.in_(list(ids))).order_by(Payout.id).with_for_update()
        rows = await self.all(statement.execution_options(populate_existing=True))
        return {row.id: row for row in rows}

    async def batches(self, cursor: Cursor, *, fund: str | None, status: str | None) -> Sequence[PayoutBatch]:
        """Return batches, the newest first; one more than the page has."""
        statement = self.select(PayoutBatch)
        if fund is not None:
            statement = statement.where(PayoutBatch.fund == fund)
        if status is not None:
            statement = statement.where(PayoutBatch.status == status)
        return await self.all(cursor.apply(statement, PayoutBatch))

    async def items(self, batch_id: UUID, *, lock: bool = False) -> Sequence[PayoutItem]:
        """Return the lines of a batch in their order."""
        statement = (
            self.select(PayoutItem).where(PayoutItem.batch_id == batch_id).order_by(PayoutItem.sequence)
        )
        return await self.all(statement.with_for_update() if lock else statement)
