"""A payout. Its state changes through methods only."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Actor, Eyes
from common.clock import now, today
from common.db import Base, VersionedRow

from .errors import PayeeFixed, PayoutStateWrong, PayoutStopped
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
    """awaiting_card | waiting | batched | released | paid | failed | withdrawn"""
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

    def withdraw(self) -> None:
        """Be owed no more: the decision that asked for it is taken back. A card that failed is forgotten."""
        if self.status == "failed":
            self.card = self.bank_name = None
        self._move("withdraw")
        self.stopped_at = self.failure = None

    def ask_again(self, amount: Decimal, *, name: str, card: str | None, bank_name: str | None) -> None:
        """A new decision asks for it (sealed values), under the same number.

        Once a transfer has failed, the card named since then is the one to pay on, not the application's.
        """
        if self.attempts:
            card, bank_name = self.card, self.bank_name
        self._move("ask" if card else "ask_for_card")
        self.amount, self.name, self.card, self.bank_name = amount, name, card, bank_name
        self.requested_on, self.account_by, self.account_human = today(), None, None

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
        return same_person(self.account_by, self.account_human, actor)

    def _move(self, command: str) -> None:
        after = MOVES.get((self.status, command))
        if after is None:
            raise PayoutStateWrong(number=self.number, status=self.status)
        self.status = after
        self.touch()


def same_person(account_id: UUID | None, human: UUID | None, actor: Actor) -> bool:
    """Whether it was done by this person, under whatever account."""
    return account_id is not None and Eyes(account_id, human).are(Eyes.of(actor))
