"""Payouts, batches and their items. States change through methods only."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Actor, Eyes
from common.clock import BUSINESS_ZONE, now, today
from common.db import Base, TenantRow, VersionedRow

from .errors import (
    BatchAlreadyConfirmed,
    BatchNotConfirmed,
    BatchNotPrepared,
    BatchNotReleased,
    PayeeFixed,
    PayoutStateWrong,
    PayoutStopped,
    SamePerson,
)
from .states import MOVES


class Payout(VersionedRow, Base):
    """A payout of one claim (给付) or of one refund (退费); its number is the same until the bank's answer."""

    __tablename__ = "payout"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    purpose: Mapped[str] = mapped_column(default="claim")
    """claim | refund"""
    payee: Mapped[str | None] = mapped_column(default=None)
    """insured | legal_heir: to whom a claim's goes; unit | member: a refund's. None from before it was kept."""
    claim_id: Mapped[UUID | None]
    refund_id: Mapped[UUID | None]
    policy_id: Mapped[UUID | None] = mapped_column(default=None)
    """Of a refund: the policy that was ended, where it is for one."""
    number: Mapped[str]
    claim_number: Mapped[str]
    """The claim's; of a refund the order's, or the payout's own where there is none."""
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    product_code: Mapped[str | None]
    kind: Mapped[str | None]
    """The kind of the claim, or the reason of the refund."""
    fund: Mapped[str]
    amount: Mapped[Decimal]
    status: Mapped[str]
    """awaiting_card | waiting | batched | released | paid | failed"""
    name: Mapped[str]
    card: Mapped[str | None]
    bank_name: Mapped[str | None]
    failure: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    requested_on: Mapped[date | None] = mapped_column(default=today)
    paid_on: Mapped[date | None]
    reversed_on: Mapped[date | None]
    account_by: Mapped[UUID | None]
    account_human: Mapped[UUID | None]
    """The staff who named its account: not the one who releases it."""
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    """A sample found its claim wrongly decided: it goes into no batch, and none with it is released, until two people
    have it go on."""
    person_erased: Mapped[bool] = mapped_column(default=False)
    """The person was erased; name and account are blanked as soon as it is paid."""

    def take_into_batch(self) -> None:
        """Go into a batch."""
        self._move("batch")

    def leave_batch(self) -> None:
        """Wait again: its batch was cancelled before it was released."""
        self._move("cancel")

    def stop(self) -> bool:
        """Have it paid to nobody for now; False where it was paid.

        One that is with the bank is paid if the bank pays it; if not, it goes into no further batch.
        """
        if self.status == "paid":
            return False
        if self.stopped_at is None:
            self.stopped_at = now()
            self.touch()
        return True

    def go_on(self) -> None:
        """It may be paid after all."""
        self.stopped_at = None
        self.touch()

    def release(self) -> None:
        """Go to the bank; PayoutStopped."""
        if self.stopped_at is not None:
            raise PayoutStopped(number=self.number)
        self._move("release")
        self.attempts += 1

    def come_back(self) -> None:
        """Wait again: the bank refused its batch as a whole and paid nothing of it."""
        self._move("come_back")

    def pay(self, on: date) -> None:
        """The bank confirmed it."""
        self._move("pay")
        self.paid_on, self.failure = on, None

    def fail(self, reason: str) -> None:
        """The bank refused it; it waits for another card."""
        self._move("fail")
        self.failure = reason

    def reverse(self, on: date, reason: str) -> None:
        """The bank gave the money back after it had been paid (退汇); it waits for another card."""
        self._move("reverse")
        self.failure, self.reversed_on, self.paid_on = reason, on, None

    def retry(self) -> None:
        """Wait for the next batch with the card that failed before."""
        self._move("retry")

    def change_card(self, *, card: str, bank_name: str) -> None:
        """Name another card and wait for the next batch."""
        if self.status not in {"failed", "awaiting_card"}:
            raise PayeeFixed
        self._move("new_card")
        self.card, self.bank_name = card, bank_name
        self.account_by = self.account_human = None

    def name_account(self, namer: Actor, *, holder: str | None, number: str, bank_name: str) -> None:
        """Staff name number and bank of the account that it goes to, of a refund also the holder (sealed values)."""
        self.change_card(card=number, bank_name=bank_name)
        self.name, self.account_by, self.account_human = holder or self.name, namer.id, namer.human

    def settle_outside(self, on: date) -> None:
        """Two people noted that it was paid without a batch."""
        self._move("settle")
        self.paid_on, self.failure = on, None

    def named_by(self, actor: Actor) -> bool:
        """Whether the account was named by this person, under whatever account."""
        return _is(self.account_by, self.account_human, actor)

    def _move(self, command: str) -> None:
        after = MOVES.get((self.status, command))
        if after is None:
            raise PayoutStateWrong(number=self.number, status=self.status)
        self.status = after
        self.touch()


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
        if _is(self.maker_id, self.maker_human, releaser):
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
        return self.confirmed_at is not None and _is(self.maker_id, self.maker_human, actor)

    def released_by(self, actor: Actor) -> bool:
        """Whether this person released it, under whatever account."""
        return _is(self.releaser_id, self.releaser_human, actor)

    def cancelled_by(self, actor: Actor, reason: str) -> bool:
        """Whether this person gave it up, under whatever account, with these words."""
        return self.reason == reason and _is(self.canceller_id, self.canceller_human, actor)

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


def _is(account_id: UUID | None, human: UUID | None, actor: Actor) -> bool:
    return account_id is not None and Eyes(account_id, human).are(Eyes.of(actor))


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
