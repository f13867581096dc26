"""Statements of the bank, their lines, and which entries of the books they belong to."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow


class BankStatement(VersionedRow, Base):
    """A statement file (对账单) as it was imported; days included."""

    __tablename__ = "bank_statement"
    fund: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    lines: Mapped[int]
    repeated: Mapped[int]
    closing: Mapped[Decimal | None]
    """The bank's balance behind the last line, where the layout tells it."""
    sha256: Mapped[str]
    imported_by: Mapped[UUID]


class BankLine(VersionedRow, Base):
    """One line of a statement: yuan, above zero came in, below went out. `memo` and `counterparty` are sealed."""

    __tablename__ = "bank_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "statement_id"], ["bank_statement.tenant_id", "bank_statement.id"]
        ),
    )
    statement_id: Mapped[UUID]
    fund: Mapped[str]
    line_no: Mapped[int]
    booked_on: Mapped[date]
    amount: Mapped[Decimal]
    serial: Mapped[str]
    memo: Mapped[str]
    counterparty: Mapped[str | None]
    matched: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    """The sum of the entries that belong to it."""
    explanation: Mapped[str | None]
    explained_by: Mapped[UUID | None]
    explained_at: Mapped[datetime | None]

    @property
    def rest(self) -> Decimal:
        """What no entry of the books accounts for."""
        return self.amount - self.matched

    def match(self, amount: Decimal) -> None:
        """Entries that sum to `amount` belong to it."""
        self.matched += amount
        self.touch()

    def explain(self, text: str, by: UUID) -> None:
        """Say why it stands in the bank's books alone."""
        self.explanation, self.explained_by, self.explained_at = text, by, now()
        self.touch()


class BankMatch(TenantRow, Base):
    """An entry of the books and the line of the statement that it belongs to; an entry has one."""

    __tablename__ = "bank_match"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "line_id"], ["bank_line.tenant_id", "bank_line.id"]),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["ledger_entry.tenant_id", "ledger_entry.id"]),
    )
    line_id: Mapped[UUID]
    entry_id: Mapped[UUID]
    how: Mapped[str]
    """serial | reference | batch | amount | hand"""


class BookNote(TenantRow, Base):
    """Why an entry of the books has no line at the bank; its id is the entry's."""

    __tablename__ = "book_note"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["ledger_entry.tenant_id", "ledger_entry.id"]),
    )
    explanation: Mapped[str]
    explained_by: Mapped[UUID]
