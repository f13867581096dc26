"""SQL of online payments and refunds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import UnitCopy
from ..individual.models import Application
from .models import LATE_CAUSE, OnlinePayment, OnlineRefund, PaymentState
from .rules import WATCHED


class PaymentRepository(TenantRepository):
    """Online payments of one tenant."""

    async def visible(self, actor: Actor, payment_id: UUID, *, lock: bool = False) -> OnlinePayment | None:
        """Return a payment that the caller may see, or None."""
        statement = self.select(OnlinePayment).where(
            OnlinePayment.id == payment_id,
            seen_by(actor, unit=OnlinePayment.unit_id, units=UnitCopy, person=OnlinePayment.person_id),
        )
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def page(
        self, actor: Actor, cursor: Cursor, *, state: str | None, refund: str | None = None
    ) -> Sequence[OnlinePayment]:
        """Return a page of the payments that the caller may see, newest first."""
        seen = seen_by(actor, unit=OnlinePayment.unit_id, units=UnitCopy, person=OnlinePayment.person_id)
        statement = self.select(OnlinePayment).where(seen)
        if state is not None:
            statement = statement.where(OnlinePayment.state == state)
        if refund is not None:
            such = self.select_columns(OnlineRefund, OnlineRefund.payment_id).where(
                OnlineRefund.state == refund
            )
            statement = statement.where(OnlinePayment.id.in_(such))
        return await self.all(cursor.apply(statement, OnlinePayment))

    async def by_number(self, number: str) -> OnlinePayment | None:
        """Return the payment that the provider knows by a number, not locked: see `settling.hold`."""
        return await self.first(self.select(OnlinePayment).where(OnlinePayment.number == number))

    async def locked(self, payment_id: UUID) -> OnlinePayment | None:
        """Lock and return a payment as it is now."""
        statement = self.select(OnlinePayment).where(OnlinePayment.id == payment_id)
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def open_of(self, purpose: str, subject_id: UUID) -> OnlinePayment | None:
        """Lock and return the open payment of a subject."""
        statement = self.select(OnlinePayment).where(
            OnlinePayment.purpose == purpose,
            OnlinePayment.subject_id == subject_id,
            OnlinePayment.state == PaymentState.OPEN.value,
        )
        statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def paid_of(self, purpose: str, subject_id: UUID) -> OnlinePayment | None:
        """Lock and return the payment by which a subject was paid."""
        statement = self.select(OnlinePayment).where(
            OnlinePayment.purpose == purpose,
            OnlinePayment.subject_id == subject_id,
            OnlinePayment.state == PaymentState.PAID.value,
            ~self._late(),
        )
        return await self.first(statement.order_by(OnlinePayment.id).with_for_update())

    def _late(self) -> ColumnElement[bool]:
        """Whether a payment came when its subject no longer waited for money, and so goes back."""
        cause = LATE_CAUSE + cast(OnlinePayment.id, String)
        return self.select_columns(OnlineRefund, OnlineRefund.id).where(OnlineRefund.cause == cause).exists()

    async def orders_paid_online(self, order_ids: Collection[UUID]) -> set[UUID]:
        """Return those orders whose members' applications were paid online."""
        if not order_ids:
            return set()
        paid = and_(
            OnlinePayment.tenant_id == Application.tenant_id,
            OnlinePayment.subject_id == Application.id,
            OnlinePayment.purpose == "cover",
            OnlinePayment.state == PaymentState.PAID.value,
            ~self._late(),
        )
        statement = self.select_columns(Application, Application.order_id).join(OnlinePayment, paid)
        found = await self.session.execute(statement.where(Application.order_id.in_(list(order_ids))))
        return {order_id for order_id in found.scalars() if order_id is not None}

    async def to_ask(self, *, before: datetime) -> OnlinePayment | None:
        """Return a payment that was begun and last asked about before a moment, not locked.

        One that is open; or one that was closed here only: whoever has its code may have paid all the same.
        """
        open_here = OnlinePayment.state == PaymentState.OPEN.value
        closed_here = and_(
            OnlinePayment.state == PaymentState.CLOSED.value,
            OnlinePayment.expires_at > before - WATCHED,
            or_(
                OnlinePayment.asked_at.is_(None), OnlinePayment.asked_at < OnlinePayment.expires_at + WATCHED
            ),
        )
        for which in (open_here, closed_here):
            statement = self.select(OnlinePayment).where(
                which,
                OnlinePayment.created_at < before,
                or_(OnlinePayment.asked_at.is_(None), OnlinePayment.asked_at < before),
            )
            if (found := await self.first(statement.order_by(OnlinePayment.id).limit(1))) is not None:
                return found
        return None

    async def refunds(self, payment_id: UUID) -> Sequence[OnlineRefund]:
        """Return the refunds of a payment, oldest first."""
        statement = self.select(OnlineRefund).where(OnlineRefund.payment_id == payment_id)
        return await self.all(statement.order_by(OnlineRefund.id))

    async def refunds_of(self, ids: Collection[UUID]) -> dict[UUID, list[OnlineRefund]]:
        """Return the refunds of payments, oldest first."""
        found: dict[UUID, list[OnlineRefund]] = {payment_id: [] for payment_id in ids}
        statement = self.select(OnlineRefund).where(OnlineRefund.payment_id.in_(list(ids)))
        for refund in await self.all(statement.order_by(OnlineRefund.id)):
            found[refund.payment_id].append(refund)
        return found

    async def sent_of(self, payment_id: UUID) -> Decimal:
        """Return how much of a payment has gone back."""
        done = (OnlineRefund.payment_id == payment_id, OnlineRefund.state == "done")
        statement = self.select_columns(OnlineRefund, func.coalesce(func.sum(OnlineRefund.amount), 0)).where(
            *done
        )
        return Decimal((await self.session.execute(statement)).scalar_one())

    async def settled_of(self, ids: Collection[UUID]) -> dict[UUID, Decimal]:
        """Return how much of each payment has gone back, or is left to the union's bank; none where nothing has."""
        if not ids:
            return {}
        by_bank = and_(OnlineRefund.state == "refused", OnlineRefund.cause.startswith("refund:"))
        statement = self.select_columns(OnlineRefund, OnlineRefund.payment_id, func.sum(OnlineRefund.amount))
        statement = statement.where(
            OnlineRefund.payment_id.in_(list(ids)), or_(OnlineRefund.state == "done", by_bank)
        )
        found = await self.session.execute(statement.group_by(OnlineRefund.payment_id))
        return {payment_id: Decimal(amount) for payment_id, amount in found}

    async def refund_of_cause(self, cause: str) -> OnlineRefund | None:
        """Return the refund that a cause has made already."""
        return await self.first(self.select(OnlineRefund).where(OnlineRefund.cause == cause))

    async def refund_to_send(self, *, at: datetime) -> OnlineRefund | None:
        """Lock and return a refund that is due to be sent."""
        statement = self.select(OnlineRefund).where(
            OnlineRefund.state == "requested", OnlineRefund.next_attempt_at <= at
        )
        statement = statement.order_by(OnlineRefund.next_attempt_at, OnlineRefund.id).limit(1)
        return (await self.session.execute(statement.with_for_update(skip_locked=True))).scalar_one_or_none()
