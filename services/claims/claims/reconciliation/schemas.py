"""Requests and answers of reconciliation; amounts in yuan, above zero came in."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .models import BankStatement


class StatementRead(BaseModel):
    """A statement as it was imported: lines, those known before, those to which entries of the books belong now."""

    id: UUID
    fund: str
    from_on: date
    until_on: date
    lines: int
    repeated: int
    matched: int | None = None
    closing: Decimal | None
    created_at: datetime

    @classmethod
    def of(cls, row: BankStatement, *, matched: int | None = None) -> "StatementRead":
        """Make it from the row."""
        return cls(
            id=row.id,
            fund=row.fund,
            from_on=row.from_on,
            until_on=row.until_on,
            lines=row.lines,
            repeated=row.repeated,
            matched=matched,
            closing=row.closing,
            created_at=row.created_at,
        )


class BankLineRead(BaseModel):
    """A line of the bank; `rest` is what no entry accounts for. A person's name is masked."""

    id: UUID
    booked_on: date
    amount: Decimal
    matched: Decimal
    rest: Decimal
    serial: str
    memo: str
    counterparty: str
    state: str
    """matched | explained | open"""
    explanation: str | None
    version: int


class BookEntryRead(BaseModel):
    """An entry of the books that no line of the bank shows."""

    id: UUID
    booked_on: date
    amount: Decimal
    memo: str
    cause_kind: str
    state: str
    """explained | open"""
    explanation: str | None


class Explanation(BaseModel):
    """Why a difference is there."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class MatchByHand(BaseModel):
    """Entries of the books that belong to a line."""

    model_config = ConfigDict(extra="forbid")

    entry_ids: Annotated[list[UUID], Field(min_length=1, max_length=2000)]


class StandingRead(BaseModel):
    """A fund on a day: bank less books, and what explains it; `reconciled` when nothing is open and nothing is left.

    `residual` = bank − book − bank_only + book_only − timing; other than 0.00 a statement is missing or incomplete.
    """

    fund: str
    day: date
    since: date | None
    bank: Decimal
    book: Decimal
    difference: Decimal
    bank_only: Decimal
    book_only: Decimal
    timing: Decimal
    residual: Decimal
    open_lines: int
    open_entries: int
    reconciled: bool
