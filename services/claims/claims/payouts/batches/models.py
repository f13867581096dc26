"""Batches for the bank, their lines and the moments of their schedule. States change through methods only."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Actor
from common.clock import BUSINESS_ZONE, now
from common.db import Base, TenantRow, VersionedRow

from ..errors import BatchAlreadyConfirmed, BatchNotConfirmed, BatchNotPrepared, BatchNotReleased, SamePerson
from ..models import same_person


class PayoutBatch(VersionedRow, Base):
    """A batch (批次) for the bank: of a person, or of the schedule and confirmed; another person releases it."""

    __tablename__ = "payout_batch"
    number: Mapped[str]
    fund: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="claim")
    """claim | refund: of all its payouts"""
    status: Mapped[str]
    """prepared | released | settled | cancelled"""
    origin: Mapped[str] = mapped_column(default="person")
    maker_id: Mapped[UUID | None]
    maker_human: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    releaser_id: Mapped[UUID | None]
    releaser_human: Mapped[UUID | None]
    released_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it was cancelled."""
    canceller_id: Mapped[UUID | None]
    canceller_human: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    total: Mapped[Decimal]
    payouts: Mapped[int]
    payer_holder: Mapped[str | None]
    payer_number: Mapped[str | None]
    """The account that it is paid from, as it was at the release."""

    def confirm(self, maker: Actor) -> None:
        """Somebody answers for a batch that the schedule prepared."""
        self.must_be_prepared()
        self.must_be_unconfirmed()
        self.maker_id, self.maker_human, self.confirmed_at = maker.id, maker.human, now()
        self.touch()

    def release(self, releaser: Actor, *, holder: str, number: str) -> None:
        """Release to the bank, to be paid from an account; SamePerson for the maker, under whatever account."""
        self.must_be_prepared()
        if self.maker_id is None:
            raise BatchNotConfirmed
        if same_person(self.maker_id, self.maker_human, releaser):
            raise SamePerson
        self.releaser_id, self.releaser_human = releaser.id, releaser.human
        self.payer_holder, self.payer_number = holder, number
        self.status, self.released_at = "released", now()
        self.touch()

    def cancel(self, canceller: Actor, reason: str) -> None:
        """Give it up before it was released."""
        self.must_be_prepared()
        self.status, self.reason, self.cancelled_at = "cancelled", reason, now()
        self.canceller_id, self.canceller_human = canceller.id, canceller.human
        self.touch()

    def refused_by_bank(self, actor: Actor, reason: str) -> None:
        """Give it up after its release: the bank refused it as a whole."""
        self.must_be_released()
        self.status, self.reason, self.cancelled_at = "cancelled", reason, now()
        self.canceller_id, self.canceller_human = actor.id, actor.human
        self.touch()

    def confirmed_by(self, actor: Actor) -> bool:
        """Whether this person confirmed it, under whatever account, and it waits for its release or went on."""
        return self.confirmed_at is not None and same_person(self.maker_id, self.maker_human, actor)

    def released_by(self, actor: Actor) -> bool:
        """Whether this person released it, under whatever account."""
        return same_person(self.releaser_id, self.releaser_human, actor)

    def cancelled_by(self, actor: Actor, reason: str) -> bool:
        """Whether this person gave it up, under whatever account, with these words."""
        return self.reason == reason and same_person(self.canceller_id, self.canceller_human, actor)

    def must_be_prepared(self, *, by: str = "") -> None:
        """Raise BatchNotPrepared, which says by whom and when, once it was released or cancelled."""
        if self.status != "prepared":
            raise BatchNotPrepared(
                number=self.number,
                status=self.status,
                done="已作废" if self.status == "cancelled" else "已放行",
                by=by or "—",
                at=_moment(self.cancelled_at if self.status == "cancelled" else self.released_at),
            )

    def must_be_unconfirmed(self, *, by: str = "") -> None:
        """Raise BatchAlreadyConfirmed, which says by whom and when, once somebody answers for it."""
        if self.maker_id is not None:
            moment = _moment(self.confirmed_at or self.created_at)
            raise BatchAlreadyConfirmed(number=self.number, by=by or "—", at=moment)

    def must_be_released(self) -> None:
        """Raise BatchNotReleased while nobody released it, or when it never will be."""
        if self.status in {"prepared", "cancelled"}:
            raise BatchNotReleased

    def settle(self) -> None:
        """Every item has its outcome."""
        self.status = "settled"
        self.touch()


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if at else "—"


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
    """paid | failed | reversed (paid, then given back) | cancelled"""
    reason: Mapped[str | None]
    bank_serial: Mapped[str | None]
    paid_on: Mapped[date | None]
    reversed_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]

    def settle(self, *, outcome: str, on: date, reason: str | None, bank_serial: str | None) -> None:
        """Note the bank's answer."""
        self.outcome, self.reason, self.settled_at = outcome, reason, now()
        self.bank_serial = bank_serial or self.bank_serial
        if outcome == "paid":
            self.paid_on = on
        elif outcome == "reversed":
            self.reversed_on = on

    def cancel(self) -> None:
        """Its batch was given up."""
        self.outcome, self.settled_at = "cancelled", now()


class PayoutSlot(TenantRow, Base):
    """A moment of the schedule at which batches of a fund were made; once each."""

    __tablename__ = "payout_slot"
    fund: Mapped[str]
    slot: Mapped[str]
