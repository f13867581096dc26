"""A refund that is owed; `subject` makes sure that one occasion is refunded once."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import TenantRow

from ..tables import Base


class RefundOwed(TenantRow, Base):
    """Money that goes back 应退款; `id` is the refund's id in RefundDue."""

    __tablename__ = "refund_owed"
    subject: Mapped[str]
    """What it is for, e.g. policy:… or order:…:covered_meanwhile; unique in the tenant"""
    reason: Mapped[str]
    fund: Mapped[str]
    product_code: Mapped[str]
    amount: Mapped[Decimal]
    due_on: Mapped[date]
    payee: Mapped[str]
    unit_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    people: Mapped[int]
    order_id: Mapped[UUID | None]
    order_number: Mapped[str | None]
    policy_id: Mapped[UUID | None]
    policy_told: Mapped[bool] = mapped_column(default=False)
    """Whether it was told which policy it is of, as often as it is to be; False of those of before others kept it."""
    tell_again_at: Mapped[datetime | None] = mapped_column(default=None)
    """Of one that was told once: when it is told a second time."""
    state: Mapped[str] = mapped_column(default="owed")
    """owed | paid | failed (the bank refused it, and an account must be named)"""
    paid_on: Mapped[date | None]
    told_version: Mapped[int] = mapped_column(default=0)
    """Of the payout, as claims last told it."""

    def pay(self, *, on: date, version: int) -> None:
        """It has reached whoever paid."""
        self.state, self.paid_on, self.told_version = "paid", on, version

    def fail(self, *, version: int) -> None:
        """The bank refused it or gave it back."""
        self.state, self.paid_on, self.told_version = "failed", None, version
