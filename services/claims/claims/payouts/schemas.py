"""Requests and answers of payouts."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from .models import PayoutBatch

Trimmed = StringConstraints(strip_whitespace=True, min_length=1, max_length=100)


class BatchCreate(BaseModel):
    """Ask for a batch of what waits in a fund."""

    model_config = ConfigDict(extra="forbid")

    fund: Annotated[str, Trimmed]


class BatchRead(BaseModel):
    """A batch (给付批次); amounts in yuan."""

    id: UUID
    number: str
    fund: str
    status: str
    total: Decimal
    payouts: int
    maker_id: UUID
    releaser_id: UUID | None
    released_at: datetime | None
    created_at: datetime
    version: int

    @classmethod
    def of(cls, batch: PayoutBatch) -> "BatchRead":
        """Make it from the row."""
        return cls(
            id=batch.id,
            number=batch.number,
            fund=batch.fund,
            status=batch.status,
            total=batch.total,
            payouts=batch.payouts,
            maker_id=batch.maker_id,
            releaser_id=batch.releaser_id,
            released_at=batch.released_at,
            created_at=batch.created_at,
            version=batch.version,
        )


class ResultRead(BaseModel):
    """What a result file did: lines paid and failed now, lines already known, lines of the batch still open."""

    batch_id: UUID
    paid: int
    failed: int
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
