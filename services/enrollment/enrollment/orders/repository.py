"""SQL of orders and their steps."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, text

from common.auth import Actor, ActorKind, Eyes
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import UnitCopy
from .models import Order, OrderStatus, OrderStep
from .rules import StepFact

NUMBER_LOCK = unscoped(
    text("SELECT pg_advisory_xact_lock(hashtextextended('enrollment.order-number:' || :tenant, 0))"),
    why="a lock that names the tenant reads no row",
)

SUBMISSION_LOCK = unscoped(
    text("SELECT pg_advisory_xact_lock(hashtextextended('enrollment.submission:' || :order_id, 0))"),
    why="a lock that names the order reads no row",
)


class OrderRepository(TenantRepository):
    """Orders of one tenant."""

    async def visible(self, actor: Actor, order_id: UUID, *, lock: bool = False) -> Order | None:
        """Return an order within the caller's scope, or None; locked so that what refers to it doesn't wait."""
        statement = self.select(Order).where(
            Order.id == order_id,
            self._shown_to(actor),
        )
        if lock:
            statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def page(
        self, actor: Actor, cursor: Cursor, *, status: str | None, product: str | None, number: str | None
    ) -> Sequence[Order]:
        """Return the orders in the caller's scope, newest first, one more than the page holds."""
        statement = self.select(Order).where(self._shown_to(actor))
        if status is not None:
            statement = statement.where(Order.status == status)
        if product is not None:
            statement = statement.where(Order.product_code == product)
        if number is not None:
            statement = statement.where(Order.number == number)
        return await self.all(cursor.apply(statement, Order))

    @staticmethod
    def _shown_to(actor: Actor) -> ColumnElement[bool]:
        """Orders of units in the caller's scope; a draft of cover that is carried over is the union's own."""
        shown = and_(Order.ordered_by == "unit", seen_by(actor, unit=Order.unit_id, units=UnitCopy))
        if actor.kind is ActorKind.STAFF:
            return shown
        return and_(shown, or_(Order.kind != "carried", Order.status != OrderStatus.DRAFT.value))

    async def one_submission(self, order_id: UUID) -> None:
        """Let nobody else ask for the order's submission until the transaction ends."""
        await self.session.execute(SUBMISSION_LOCK, {"order_id": str(order_id)})

    async def base_of(self, order: Order) -> Order | None:
        """Return the order whose group cover an amendment changes."""
        return await self.find(Order, order.base_order_id) if order.base_order_id else None

    async def next_serial(self, prefix: str) -> int:
        """Return the next free serial of a second, under a lock that lasts until the transaction ends."""
        await self.session.execute(NUMBER_LOCK, {"tenant": str(self.tenant_id)})
        statement = self.select_columns(Order, func.max(Order.number)).where(
            Order.number >= prefix, Order.number < prefix + ":"
        )
        newest: str | None = (await self.session.execute(statement)).scalar_one()
        return int(newest[len(prefix) :]) + 1 if newest else 1

    async def steps(self, order_id: UUID) -> Sequence[OrderStep]:
        """Return what was done with an order, oldest first."""
        return await self.all(
            self.select(OrderStep).where(OrderStep.order_id == order_id).order_by(OrderStep.id)
        )

    async def last_step(self, order_id: UUID) -> OrderStep | None:
        """Return what was done with an order last."""
        statement = self.select(OrderStep).where(OrderStep.order_id == order_id)
        return await self.first(statement.order_by(OrderStep.id.desc()))

    async def passed_since_submission(self, order: Order, chain: str) -> list[StepFact]:
        """Return who passed which node of a chain in the order's present round."""
        statement = self.select(OrderStep).where(
            OrderStep.order_id == order.id,
            OrderStep.chain == chain,
            OrderStep.decision.in_(("passed", "confirmed")),
        )
        if order.submitted_at is not None:
            statement = statement.where(OrderStep.created_at >= order.submitted_at)
        return [
            StepFact(step.node or "", Eyes(step.actor_id, step.human)) for step in await self.all(statement)
        ]

    async def remove_with_steps(self, order: Order) -> None:
        """Delete an order and its history."""
        await self.session.execute(self.delete(OrderStep).where(OrderStep.order_id == order.id))
        await self.remove(order)

    def record(
        self,
        order: Order,
        *,
        chain: str,
        node: str | None,
        decision: str,
        actor: Actor,
        reason: str | None = None,
    ) -> None:
        """Add a step to the order's history."""
        self.add(
            OrderStep(
                order_id=order.id,
                chain=chain,
                node=node,
                decision=decision,
                actor_id=actor.id,
                human=actor.human,
                reason=reason,
            )
        )
