"""SQL of the slots: an order takes those of its people when it is submitted, and gives them back when it is over.

A slot is unique by (tenant, person, product) and names one order at most, so that nobody is on two orders in progress.
"""

from uuid import UUID

from sqlalchemy import func, text

from common.clock import now
from common.db import TenantRepository, unscoped

from ..orders.models import Order
from ..people.models import OrderPerson
from ..policies.models import Cover

TAKE = unscoped(
    text(
        """WITH taken AS (
             INSERT INTO cover (tenant_id, id, created_at, person_id, product_code, terms, shares, order_id)
             SELECT :tenant, uuidv7(), :now, person_id, :product, 0, 0, :order_id
             FROM order_person WHERE tenant_id = :tenant AND order_id = :order_id AND insurable
             ORDER BY person_id
             ON CONFLICT (tenant_id, person_id, product_code) DO UPDATE SET order_id = excluded.order_id
             WHERE cover.order_id IS NULL OR cover.order_id = excluded.order_id
             RETURNING 1)
           SELECT count(*) FROM taken"""
    ),
    why="a batch upsert; the tenant is written into every row and in the condition of what is read",
)
GIVE_BACK = unscoped(
    text(
        """UPDATE cover SET order_id = NULL FROM order_person placed
           WHERE placed.tenant_id = :tenant AND placed.order_id = :of AND cover.tenant_id = :tenant
             AND cover.person_id = placed.person_id AND cover.product_code = :product
             AND cover.order_id = :held_by AND (NOT :refused OR NOT placed.insurable)"""
    ),
    why="joins two tables; the tenant is in both conditions",
)


class SlotRepository(TenantRepository):
    """Slots of one tenant."""

    async def take(self, order: Order) -> bool:
        """Take the slots of an order's insurable people; False if others hold some of them, which keep those.

        Waits for another order that takes the same slots at this moment, always in the same order.
        """
        await self.session.flush()
        values = {
            "tenant": self.tenant_id,
            "now": now(),
            "order_id": order.id,
            "product": order.product_code,
        }
        taken = int((await self.session.execute(TAKE, values)).scalar_one())
        people = self.select_columns(OrderPerson, func.count()).where(
            OrderPerson.order_id == order.id, OrderPerson.insurable
        )
        return taken == int((await self.session.execute(people)).scalar_one())

    async def give_back(self, order: Order, *, held_by: Order | None = None, refused: bool = False) -> None:
        """Give back the slots of an order's people, or only of those who are `refused`.

        `held_by`: they stood on that order until now.
        """
        await self.session.flush()
        values = {
            "tenant": self.tenant_id,
            "of": order.id,
            "product": order.product_code,
            "held_by": (held_by or order).id,
            "refused": refused,
        }
        await self.session.execute(GIVE_BACK, values)

    async def holder(self, person_id: UUID, product_code: str, *, but: UUID | None = None) -> str | None:
        """Return the number of the order in progress (other than `but`) that has a person for a product."""
        statement = self.select_columns(Order, Order.number).join(Cover, Cover.order_id == Order.id)
        statement = statement.where(
            self.mine(Cover), Cover.person_id == person_id, Cover.product_code == product_code
        )
        if but is not None:
            statement = statement.where(Order.id != but)
        number: str | None = (await self.session.execute(statement)).scalar_one_or_none()
        return number
