"""Requests and answers of payouts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.opinions import Reason

from .batches.models import PayoutBatch, PayoutItem
from .models import Payout

Purpose = Literal["claim", "refund"]
Trimmed = StringConstraints(strip_whitespace=True, min_length=1, max_length=100)


class BatchSum(BaseModel):
    """How many payouts, and their sum in yuan."""

    payouts: int
    total: Decimal


class BatchCreate(BaseModel):
    """Ask for a batch of what waits in a fund: all of it, what the money covers, or those that are named."""

    model_config = ConfigDict(extra="forbid")

    fund: Annotated[str, Trimmed]
    purpose: Purpose = "claim"
    covered_only: bool = False
    """The oldest that the available money covers; what no longer fits is passed over."""
    payout_ids: Annotated[list[UUID], Field(min_length=1, max_length=20_000)] | None = None
    """These alone."""
    shown: BatchSum | None = None
    """What its maker saw: refused where the batch would be another."""


class WaitingRead(BaseModel):
    """What waits for a batch in a fund, of claims or of refunds; amounts in yuan."""

    fund: str
    title: str
    purpose: Purpose
    waiting: BatchSum
    batch: BatchSum
    """Of these the oldest that one batch takes: the bank's lines are limited."""
    covered: BatchSum
    """The oldest that the money covers."""
    available: Decimal
    floor: Decimal
    """What has to stay in the fund."""
    prepared: Decimal
    """What batches ask for that nobody has released yet."""
    left: Decimal
    """What may be spent beside these."""


class BatchCancel(BaseModel):
    """Why a batch is given up."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class BatchRead(BaseModel):
    """A batch (给付批次); amounts in yuan."""

    id: UUID
    number: str
    fund: str
    purpose: str
    """claim | refund"""
    status: str
    total: Decimal
    payouts: int
    answered: int
    """How many of them the bank has answered."""
    origin: str
    """person | schedule"""
    maker_id: UUID | None
    maker: str | None
    """The name, where it is known."""
    confirmed_at: datetime | None
    releaser_id: UUID | None
    releaser: str | None
    released_at: datetime | None
    canceller_id: UUID | None
    canceller: str | None
    cancelled_at: datetime | None
    reason: str | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, batch: PayoutBatch, *, names: Mapping[UUID | None, str], answered: int) -> "BatchRead":
        """Make it from the row, the names of staff, and how many lines the bank has answered."""
        return cls(
            id=batch.id,
            number=batch.number,
            fund=batch.fund,
            purpose=batch.purpose,
            status=batch.status,
            total=batch.total,
            payouts=batch.payouts,
            answered=answered,
            origin=batch.origin,
            maker_id=batch.maker_id,
            maker=names.get(batch.maker_id),
            confirmed_at=batch.confirmed_at,
            releaser_id=batch.releaser_id,
            releaser=names.get(batch.releaser_id),
            released_at=batch.released_at,
            canceller_id=batch.canceller_id,
            canceller=names.get(batch.canceller_id),
            cancelled_at=batch.cancelled_at,
            reason=batch.reason,
            created_at=batch.created_at,
            version=batch.version,
        )


class ItemRead(BaseModel):
    """A line of a batch and the bank's answer; name and card are masked."""

    id: UUID
    payout_id: UUID
    sequence: int
    number: str
    claim_number: str
    amount: Decimal
    name: str
    card: str
    bank_name: str | None
    outcome: str | None
    reason: str | None
    bank_serial: str | None
    paid_on: date | None

    @classmethod
    def of(cls, item: PayoutItem, *, name: str, card: str) -> "ItemRead":
        """Make it from the row and the masked values."""
        return cls(
            id=item.id,
            payout_id=item.payout_id,
            sequence=item.sequence,
            number=item.number,
            claim_number=item.claim_number,
            amount=item.amount,
            name=name,
            card=card,
            bank_name=item.bank_name,
            outcome=item.outcome,
            reason=item.reason,
            bank_serial=item.bank_serial,
            paid_on=item.paid_on,
        )


class PayoutRead(BaseModel):
    """A payout as staff see it; a person's name and the card are masked, amounts in yuan."""

    id: UUID
    number: str
    purpose: str
    """claim | refund"""
    claim_id: UUID | None
    refund_id: UUID | None
    policy_id: UUID | None = None
    """Of a refund: the policy that was ended."""
    claim_number: str
    """Of a refund the order's number."""
    unit_id: UUID | None
    kind: str | None
    product_code: str | None
    fund: str
    amount: Decimal
    status: str
    payee: str | None
    """insured | legal_heir (claims), member | unit (refunds); None of what is older."""
    name: str
    """Of the account's holder: masked, but for a unit."""
    card: str | None
    bank_name: str | None
    failure: str | None
    attempts: int
    requested_on: date | None
    paid_on: date | None
    reversed_on: date | None
    stopped_at: datetime | None
    """A sample found its claim wrongly decided: it is not paid until two people have it go on"""
    created_at: datetime
    version: int

    @classmethod
    def of(cls, payout: Payout, *, name: str, card: str | None) -> "PayoutRead":
        """Make it from the row and the masked values."""
        plain = {field: getattr(payout, field) for field in cls.model_fields if field not in {"name", "card"}}
        return cls(name=name, card=card, **plain)


class OwnPayoutRead(BaseModel):
    """A payout as its member sees it; the card is masked."""

    claim_id: UUID | None
    claim_number: str
    kind: str
    product: str
    amount: Decimal
    status: str
    requested_on: date
    paid_on: date | None
    card: str | None
    bank_name: str | None
    failure: str | None


class OwnPayouts(BaseModel):
    """The member's payouts since `since`; `paid` is the sum of those that arrived."""

    since: date
    paid: Decimal
    items: list[OwnPayoutRead]

    @classmethod
    def of(cls, since: date, rows: Sequence[OwnPayoutRead]) -> "OwnPayouts":
        """Make it from the rows."""
        paid = sum((row.amount for row in rows if row.status == "paid"), Decimal("0.00"))
        return cls(since=since, paid=paid, items=list(rows))


class ResultRead(BaseModel):
    """What a result file did: lines paid, failed and given back now, lines already known, lines still open."""

    batch_id: UUID
    paid: int
    failed: int
    reversed: int
    repeated: int
    open: int
    status: str


class PayeeChange(BaseModel):
    """Another card for a failed transfer; it must be the insured person's own."""

    model_config = ConfigDict(extra="forbid")

    card_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    bank_name: Annotated[str, Trimmed]


class PayeeRead(BaseModel):
    """The payout after the change; the card is masked."""

    claim_id: UUID
    status: str
    card: str
    bank_name: str
