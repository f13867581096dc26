"""SQL of receipts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, or_

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import Condition, seen_by
from common.http import Cursor

from ..copies.models import UnitCopy
from ..individual.models import Application
from ..policies.models import Policy
from ..refunds.models import RefundOwed
from .models import Receipt


class ReceiptRepository(TenantRepository):
    """Receipts of one tenant."""

    async def of_subject(self, kind: str, subject_id: UUID) -> Receipt | None:
        """Return the receipt of an order, a cover or a bill."""
        return await self.first(
            self.select(Receipt).where(Receipt.kind == kind, Receipt.subject_id == subject_id)
        )

    async def of_money(self, *, order_id: UUID | None, policy_id: UUID | None) -> Receipt | None:
        """Lock and return the receipt of the money that paid for a policy, or else for an order; None if there is none.

        A member's money has its receipt under the application that became the order.
        """
        paid = order_id
        if policy_id is not None:
            found = self.select_columns(Policy, Policy.order_id).where(Policy.id == policy_id)
            paid = (await self.session.execute(found)).scalar_one_or_none() or order_id
        if paid is None:
            return None
        applied = self.select_columns(Application, Application.id).where(Application.order_id == paid)
        statement = self.select(Receipt).where(
            or_(
                and_(Receipt.kind == "order", Receipt.subject_id == paid),
                and_(Receipt.kind == "cover", Receipt.subject_id.in_(applied)),
            )
        )
        return (await self.session.execute(statement.with_for_update())).scalars().first()

    async def paid_back(self, order_id: UUID) -> tuple[Decimal, date | None]:
        """Return how much of an order's money has gone back by the bank, and when it last did."""
        policies = self.select_columns(Policy, Policy.id).where(Policy.order_id == order_id)
        own = and_(RefundOwed.policy_id.is_(None), RefundOwed.order_id == order_id)
        statement = self.select_columns(
            RefundOwed, func.coalesce(func.sum(RefundOwed.amount), 0), func.max(RefundOwed.paid_on)
        ).where(RefundOwed.state == "paid", or_(RefundOwed.policy_id.in_(policies), own))
        amount, on = (await self.session.execute(statement)).one()
        return amount, on

    async def visible(self, actor: Actor, receipt_id: UUID) -> Receipt | None:
        """Lock and return a receipt that the caller may see, or None."""
        statement = self.select(Receipt).where(Receipt.id == receipt_id, self._seen(actor))
        return (await self.session.execute(statement.with_for_update())).scalar_one_or_none()

    async def page(
        self,
        actor: Actor,
        cursor: Cursor,
        *,
        kind: str | None,
        number: str | None,
        subject_id: UUID | None = None,
    ) -> Sequence[Receipt]:
        """Return a page of the receipts that the caller may see, newest first."""
        statement = self.select(Receipt).where(self._seen(actor))
        if kind is not None:
            statement = statement.where(Receipt.kind == kind)
        if number is not None:
            statement = statement.where(Receipt.number == number)
        if subject_id is not None:
            statement = statement.where(Receipt.subject_id == subject_id)
        return await self.all(cursor.apply(statement, Receipt))

    def _seen(self, actor: Actor) -> Condition:
        return seen_by(actor, unit=Receipt.unit_id, units=UnitCopy, person=Receipt.person_id)
