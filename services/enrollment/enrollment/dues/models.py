"""A bill for dues and the periods it covers; of one person and period there is at most one bill."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import TenantRow, VersionedRow

from ..tables import Base
from .errors import DuesStateWrong


class DuesBill(VersionedRow, Base):
    """A member's bill; the wage it was worked out from stays sealed."""

    __tablename__ = "dues_bill"
    number: Mapped[str]
    person_id: Mapped[UUID]
    account_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    pack_version: Mapped[int]
    fund: Mapped[str]
    wage_token: Mapped[str | None]
    per_period: Mapped[Decimal]
    amount: Mapped[Decimal]
    periods: Mapped[list[str]]
    state: Mapped[str] = mapped_column(default="open")
    """open | paid | cancelled | refunded"""
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    receipt_number: Mapped[str | None] = mapped_column(default=None)

    def require_open(self) -> None:
        """Raise DuesStateWrong unless it waits for payment."""
        if self.state != "open":
            raise DuesStateWrong

    def pay(self, *, receipt_number: str) -> None:
        """The money is there."""
        self.require_open()
        self.state, self.paid_at, self.receipt_number = "paid", now(), receipt_number
        self.touch()

    def cancel(self) -> None:
        """The member does not want to pay it; its periods are free again."""
        self.require_open()
        self.state = "cancelled"
        self.touch()

    def refund(self) -> bool:
        """All of the money goes back, so that its periods are free again; False unless it was paid."""
        if self.state != "paid":
            return False
        self.state = "refunded"
        self.touch()
        return True


class DuesPeriod(TenantRow, Base):
    """A person's period that a bill covers: unique, so that nobody pays twice."""

    __tablename__ = "dues_period"
    person_id: Mapped[UUID]
    period: Mapped[str]
    bill_id: Mapped[UUID]
