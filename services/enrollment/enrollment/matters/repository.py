"""SQL of the matters that are told again."""

from collections.abc import Sequence
from uuid import UUID

from common.db import TenantRepository

from ..individual.models import Application
from ..online_payments.models import OnlinePayment


class MatterRepository(TenantRepository):
    """Applications that were handed in at least once, and online payments, of one tenant."""

    async def applications(self, after: UUID | None, limit: int) -> Sequence[Application]:
        """Return the next applications, locked so that no newer word overtakes them."""
        statement = self.select(Application).where(Application.submitted_at.is_not(None))
        if after is not None:
            statement = statement.where(Application.id > after)
        statement = statement.order_by(Application.id).limit(limit).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))

    async def payments(self, after: UUID | None, limit: int) -> Sequence[OnlinePayment]:
        """Return the next payments, locked so that no newer word overtakes them."""
        statement = self.select(OnlinePayment)
        if after is not None:
            statement = statement.where(OnlinePayment.id > after)
        statement = statement.order_by(OnlinePayment.id).limit(limit).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))
