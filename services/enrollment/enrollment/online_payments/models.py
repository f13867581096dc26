"""A payment, its state machine, and what goes back of it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import VersionedRow
from common.text import Text

from ..tables import Base
from .errors import NothingPaid, RefundNotRefused, RefundTooLarge


class PaymentState(StrEnum):
    """States of an online payment."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"
    HELD = "held"
    """The provider says that another amount was paid: a person looks at it."""


STATE_TEXTS: dict[PaymentState, Text] = {
    PaymentState.OPEN: Text("待支付", "to be paid"),
    PaymentState.PAID: Text("已支付", "paid"),
    PaymentState.FAILED: Text("支付失败", "failed"),
    PaymentState.CLOSED: Text("已关闭", "closed"),
    PaymentState.HELD: Text("金额不符，待处理", "another amount arrived, held"),
}


GOING_BACK = Text("退款中", "being refunded")
GONE_BACK = Text("已退款", "refunded")

LATE_CAUSE = "late:"
"""Begins the cause of a refund of money that its subject did not wait for any more."""


class OnlinePayment(VersionedRow, Base):
    """One attempt to pay for a subject; of one subject at most one is open. The provider knows it by its `number`."""

    __tablename__ = "online_payment"
    number: Mapped[str]
    purpose: Mapped[str]
    subject_id: Mapped[UUID]
    account_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    title: Mapped[str]
    amount: Mapped[Decimal]
    channel: Mapped[str]
    mode: Mapped[str]
    state: Mapped[str] = mapped_column(default=PaymentState.OPEN.value)
    handle: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the payer's screen needs: an address, the text of a QR code, or parameters for WeChat."""
    expires_at: Mapped[datetime]
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the provider was last asked about it."""
    transaction_id: Mapped[str | None] = mapped_column(default=None)
    amount_paid: Mapped[Decimal | None] = mapped_column(default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    refunded: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    """Yuan that went back or are on their way; never more than `amount_paid`."""

    @property
    def settled(self) -> bool:
        """Whether the provider's word has been taken for good."""
        return self.state in (PaymentState.PAID, PaymentState.HELD)

    def pay(self, *, amount: Decimal, transaction_id: str, paid_at: datetime) -> bool:
        """Take the provider's word; False if the amount is another than asked for, which holds the payment."""
        self.amount_paid, self.transaction_id, self.paid_at = amount, transaction_id, paid_at
        self.state = (PaymentState.PAID if amount == self.amount else PaymentState.HELD).value
        self.touch()
        return self.state == PaymentState.PAID

    def end(self, state: PaymentState) -> None:
        """It failed, or it was closed before it was paid."""
        if not self.settled:
            self.state = state.value
            self.touch()

    def give_back(self, amount: Decimal) -> None:
        """Set an amount aside to go back; RefundTooLarge beyond what was paid."""
        if self.amount_paid is None:
            raise NothingPaid
        left = self.amount_paid - self.refunded
        if amount > left:
            raise RefundTooLarge(left=f"{left:.2f}")
        self.refunded += amount
        self.touch()


class OnlineRefund(VersionedRow, Base):
    """Money on its way back; `cause` says why and makes it happen once."""

    __tablename__ = "online_refund"
    payment_id: Mapped[UUID]
    number: Mapped[str]
    cause: Mapped[str]
    reason: Mapped[str]
    """A sentence of the platform, or the words of whoever asked, sealed."""
    amount: Mapped[Decimal]
    state: Mapped[str] = mapped_column(default="requested")
    """requested | done | refused (by the provider, for good)"""
    requested_by: Mapped[UUID]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    problem: Mapped[str | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def refund_id(self) -> UUID | None:
        """The refund owed (RefundDue) that it settles, if it does."""
        kind, _, value = self.cause.partition(":")
        return UUID(value) if kind == "refund" else None

    @property
    def late(self) -> bool:
        """Whether it gives back money that its subject did not wait for any more."""
        return self.cause.startswith(LATE_CAUSE)

    @property
    def by_bank(self) -> bool:
        """Whether the union's bank pays it, since the provider refused."""
        return self.state == "refused" and self.refund_id is not None

    def finish(self) -> None:
        """The provider has sent it."""
        self.state, self.done_at, self.problem = "done", now(), None
        self.touch()

    def refuse(self, problem: str) -> None:
        """The provider will not send it."""
        self.attempts += 1
        self.state, self.problem = "refused", problem
        self.touch()

    def ask_again(self) -> None:
        """Send it once more under the same number, which the provider pays once: the reason is gone, or it was paid."""
        if self.state != "refused":
            raise RefundNotRefused
        self.state, self.attempts, self.next_attempt_at, self.problem = "requested", 0, now(), None
        self.touch()

    def try_later(self, *, at: datetime, problem: str) -> None:
        """The provider did not take it now."""
        self.attempts += 1
        self.next_attempt_at, self.problem = at, problem
        self.touch()
