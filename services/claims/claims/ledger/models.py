"""Accounts, postings and entries. The app role can add to them and change nothing."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class LedgerAccount(TenantRow, Base):
    """An account (科目) of a fund."""

    __tablename__ = "ledger_account"
    fund: Mapped[str]
    code: Mapped[str]


class LedgerPosting(TenantRow, Base):
    """A posting (凭证): once for each cause; its entries sum to zero, or the database refuses all of it."""

    __tablename__ = "ledger_posting"
    fund: Mapped[str]
    cause_kind: Mapped[str]
    cause_id: Mapped[UUID]
    booked_on: Mapped[date]
    memo: Mapped[str]


class LedgerEntry(TenantRow, Base):
    """One side (分录) of a posting; either debit or credit is zero. Yuan."""

    __tablename__ = "ledger_entry"
    posting_id: Mapped[UUID]
    fund: Mapped[str]
    account: Mapped[str]
    debit: Mapped[Decimal]
    credit: Mapped[Decimal]


class FundBalance(TenantRow, Base):
    """Debit less credit of an account, kept as it changes, in several parts so that writers seldom meet. Yuan."""

    __tablename__ = "fund_balance"
    fund: Mapped[str]
    account: Mapped[str]
    shard: Mapped[int]
    total: Mapped[Decimal]
