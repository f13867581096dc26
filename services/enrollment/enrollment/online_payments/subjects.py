"""What a payment is for, in the words of its subject."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPay:
    """A subject that waits for money: `purpose` is "cover" or "dues", `title` is what the payer's bill says."""

    purpose: str
    subject_id: UUID
    person_id: UUID
    unit_id: UUID
    amount: Decimal
    title: str
