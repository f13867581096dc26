"""SQL of what the people of an amendment pay: asked at the submission, settled when their first day is known."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Update

from common.db import TenantRepository

from .models import OrderPerson


class ContributionRepository(TenantRepository):
    """What people on orders of one tenant pay for the rest of a running term."""

    async def write_contributions(self, order_id: UUID, rest: dict[int, Decimal]) -> None:
        """Note on people who join in mid-term what the rest of the term costs, by their shares."""
        for shares, amount in rest.items():
            await self.session.execute(self._joining(order_id, shares).values(contribution=amount))

    async def settle_rest(self, order_id: UUID, worth: dict[int, Decimal]) -> None:
        """Note what the cover of people who join in mid-term is worth, by their shares, and what was paid beyond it."""
        for shares, amount in worth.items():
            overpaid = self._joining(order_id, shares).where(OrderPerson.contribution > amount)
            surplus = OrderPerson.contribution - amount
            await self.session.execute(overpaid.values(contribution=amount, surplus=surplus))

    def _joining(self, order_id: UUID, shares: int) -> Update:
        """Begin to change the people of an order who join with so many shares."""
        mine = (OrderPerson.order_id == order_id, OrderPerson.action == "add", OrderPerson.insurable)
        people = self.update(OrderPerson).where(*mine, OrderPerson.shares == shares)
        return people.execution_options(synchronize_session=False)
