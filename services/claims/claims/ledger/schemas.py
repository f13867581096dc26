"""What the ledger answers."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from .models import LedgerEntry, LedgerPosting


class FundRead(BaseModel):
    """A fund (基金): debit less credit of each account, what may be released, and the check sum 0.00."""

    fund: str
    title: str
    accounts: dict[str, Decimal]
    available: Decimal
    difference: Decimal


class EntryRead(BaseModel):
    """One entry with the posting it belongs to."""

    id: UUID
    posting_id: UUID
    fund: str
    account: str
    debit: Decimal
    credit: Decimal
    cause_kind: str
    cause_id: UUID
    booked_on: date
    memo: str
    created_at: datetime

    @classmethod
    def of(cls, entry: LedgerEntry, posting: LedgerPosting) -> "EntryRead":
        """Make it from the rows."""
        return cls(
            id=entry.id,
            posting_id=entry.posting_id,
            fund=entry.fund,
            account=entry.account,
            debit=entry.debit,
            credit=entry.credit,
            cause_kind=posting.cause_kind,
            cause_id=posting.cause_id,
            booked_on=posting.booked_on,
            memo=posting.memo,
            created_at=entry.created_at,
        )


class BankAccountRead(BaseModel):
    """A bank account of the union."""

    holder: str
    bank: str
    number: str
    effective_from: datetime | None
    """None: the pack's."""


class FundAccountRead(BankAccountRead):
    """The account of a fund now, and those agreed on before, the newest first."""

    fund: str
    history: list[BankAccountRead]
