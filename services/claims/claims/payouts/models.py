"""Payouts, batches and their items. States change through methods only."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import BatchNotPrepared, BatchNotReleased, PayeeFixed, SamePerson


class Payout(VersionedRow, Base):
    """A payout (给付) of one claim; its number is the same from approval to the bank's answer."""

    __tablename__ = "payout"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    number: Mapped[str]
    claim_number: Mapped[str]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    product_code: Mapped[str | None]
    fund: Mapped[str]
    amount: Mapped[Decimal]
    status: Mapped[str]
    """awaiting_card | waiting | batched | released | paid | failed"""
    name: Mapped[str]
    card: Mapped[str | None]
    bank_name: Mapped[str | None]
    failure: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    paid_on: Mapped[date | None]

    def take_into_batch(self) -> None:
        """Go into a batch."""
        self.status = "batched"
        self.touch()

    def release(self) -> None:
        """Go to the bank."""
        self.status = "released"
        self.attempts += 1
        self.touch()

    def pay(self, on: date) -> None:
        """The bank confirmed it."""
        self.status, self.paid_on, self.failure = "paid", on, None
        self.touch()

    def fail(self, reason: str) -> None:
        """The bank refused it; it waits for another card."""
        self.status, self.failure = "failed", reason
        self.touch()

    def change_card(self, *, card: str, bank_name: str) -> None:
        """Name another card and wait for the next batch."""
        if self.status not in {"failed", "awaiting_card"}:
            raise PayeeFixed
        self.card, self.bank_name, self.status = card, bank_name, "waiting"
        self.touch()


class PayoutBatch(VersionedRow, Base):
    """A batch (批次) for the bank: prepared by one person, released by another."""

    __tablename__ = "payout_batch"
    number: Mapped[str]
    fund: Mapped[str]
    status: Mapped[str]
    """prepared | released | settled"""
    maker_id: Mapped[UUID]
    releaser_id: Mapped[UUID | None]
    released_at: Mapped[datetime | None]
    total: Mapped[Decimal]
    payouts: Mapped[int]

    def release(self, releaser_id: UUID) -> None:
        """Release to the bank; SamePerson for the maker."""
        if self.status != "prepared":
            raise BatchNotPrepared
        if releaser_id == self.maker_id:
            raise SamePerson
        self.status, self.releaser_id, self.released_at = "released", releaser_id, now()
        self.touch()

    def must_be_released(self) -> None:
        """Raise BatchNotReleased while nobody released it."""
        if self.status == "prepared":
            raise BatchNotReleased

    def settle(self) -> None:
        """Every item has its outcome."""
        self.status = "settled"
        self.touch()


class PayoutItem(TenantRow, Base):
    """A payout's line in one batch, as it was sent, and what became of it."""

    __tablename__ = "payout_item"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "batch_id"], ["payout_batch.tenant_id", "payout_batch.id"]),
        ForeignKeyConstraint(["tenant_id", "payout_id"], ["payout.tenant_id", "payout.id"]),
    )
    batch_id: Mapped[UUID]
    payout_id: Mapped[UUID]
    sequence: Mapped[int]
    number: Mapped[str]
    claim_number: Mapped[str]
    amount: Mapped[Decimal]
    name: Mapped[str]
    card: Mapped[str]
    bank_name: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    bank_serial: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    def settle(self, *, outcome: str, reason: str | None, bank_serial: str | None) -> None:
        """Note the bank's answer."""
        self.outcome, self.reason, self.bank_serial, self.settled_at = outcome, reason, bank_serial, now()
