"""SQL of policies, covers and snapshot runs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func

from common.db import TenantRepository

from ..orders.models import Order
from .models import Policy, PolicySnapshot


class PolicyRepository(TenantRepository):
    """Policies of one tenant."""

    async def number_of_order(self, order_id: UUID) -> str | None:
        """Return the number of the policy that a one-person order became, if it was issued."""
        statement = self.select_columns(Policy, Policy.number).where(Policy.order_id == order_id)
        number: str | None = (await self.session.execute(statement.limit(1))).scalar_one_or_none()
        return number

    async def order_numbers(self, order_ids: set[UUID]) -> dict[UUID, str]:
        """Return the numbers of orders."""
        if not order_ids:
            return {}
        statement = self.select_columns(Order, Order.id, Order.number).where(Order.id.in_(order_ids))
        return {row.id: row.number for row in (await self.session.execute(statement)).all()}

    async def next_to_tell(self, after: UUID | None, limit: int) -> Sequence[Policy]:
        """Return the next policies of a snapshot run, locked so that no newer fact overtakes them."""
        statement = self.select(Policy)
        if after is not None:
            statement = statement.where(Policy.id > after)
        statement = statement.order_by(Policy.id).limit(limit).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))

    async def open_snapshot(self) -> PolicySnapshot | None:
        """Lock and return the oldest unfinished snapshot run; None if there is none or another works on it."""
        statement = self.select(PolicySnapshot).where(PolicySnapshot.finished_at.is_(None))
        statement = statement.order_by(PolicySnapshot.id).limit(1).with_for_update(skip_locked=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def count(self) -> int:
        """Return how many policies the tenant has."""
        return int((await self.session.execute(self.select_columns(Policy, func.count()))).scalar_one())
