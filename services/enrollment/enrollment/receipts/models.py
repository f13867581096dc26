"""A receipt; what it says never changes, but that money went back is noted on it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import TenantRow

from ..tables import Base


class Receipt(TenantRow, Base):
    """A receipt 收据. The payer is a unit by its name, or a person by the sealed one."""

    __tablename__ = "receipt"
    number: Mapped[str]
    kind: Mapped[str]
    """order | cover | dues"""
    subject_id: Mapped[UUID]
    fund: Mapped[str]
    unit_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    payer_name: Mapped[str | None]
    payer_token: Mapped[str | None]
    amount: Mapped[Decimal]
    lines: Mapped[list[dict[str, Any]]]
    remark: Mapped[str | None]
    issued_by: Mapped[UUID]
    issued_on: Mapped[date]
    prints: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    """Yuan that went back since; a receipt of which all did proves no payment any more."""
    refunded_on: Mapped[date | None] = mapped_column(default=None)

    def note_refund(self, amount: Decimal, *, on: date) -> None:
        """Note that money of the receipt went back."""
        self.refunded, self.refunded_on = min(self.refunded + amount, self.amount), on

    def take_back(self, amount: Decimal) -> None:
        """Note that money did not go back after all: the bank returned it."""
        self.refunded = max(self.refunded - amount, Decimal("0.00"))
        self.refunded_on = self.refunded_on if self.refunded else None
