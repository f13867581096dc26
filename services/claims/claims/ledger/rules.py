"""The chart of accounts and which movement books what. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

ZERO = Decimal("0.00")


class Account(StrEnum):
    """Accounts (科目) of a fund."""

    BANK = "bank"
    """银行存款"""
    CONTRIBUTIONS = "contributions"
    """互助金收入"""
    BENEFIT_EXPENSE = "benefit_expense"
    """待遇支出"""
    CLAIMS_PAYABLE = "claims_payable"
    """应付待遇"""
    IN_TRANSIT = "in_transit"
    """在途给付: sent to the bank, not yet confirmed"""
    REFUNDS_PAYABLE = "refunds_payable"
    """应退互助金"""
    DUES = "dues"
    """会费收入"""
    GRANTS = "grants"
    """补助收入（财政、上级工会、捐赠）"""
    INTEREST = "interest"
    """利息收入"""
    BANK_FEES = "bank_fees"
    """银行手续费"""
    SUSPENSE = "suspense"
    """待查款项: money of which nobody knows yet what it is for"""
    OPENING = "opening"
    """期初余额: what a fund brought along from its books before"""


class Cause(StrEnum):
    """What can happen to a fund; the cause's id makes its posting one of a kind."""

    CONTRIBUTION = "contribution"
    APPROVAL = "approval"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    """The decision was taken back before any money left."""
    RELEASE = "release"
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"
    REFUND_DUE = "refund_due"
    REFUND_RELEASED = "refund_released"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
    REFUND_REVERSED = "refund_reversed"
    REFUND_RETURNED = "refund_returned"
    """Sent back online by the payment provider."""
    REFUND_SETTLED = "refund_settled"
    """Paid without a batch, as two people noted."""
    DUES_REFUNDED = "dues_refunded"
    DUES = "dues"
    STRAY_RECEIVED = "stray_received"
    """Arrived online although nothing waited for it, or as another amount than the one due."""
    STRAY_RETURNED = "stray_returned"
    MANUAL = "manual"


SIDES: Mapping[Cause, tuple[Account, Account]] = MappingProxyType(
    {
        Cause.CONTRIBUTION: (Account.BANK, Account.CONTRIBUTIONS),
        Cause.APPROVAL: (Account.BENEFIT_EXPENSE, Account.CLAIMS_PAYABLE),
        Cause.APPROVAL_WITHDRAWN: (Account.CLAIMS_PAYABLE, Account.BENEFIT_EXPENSE),
        Cause.RELEASE: (Account.CLAIMS_PAYABLE, Account.IN_TRANSIT),
        Cause.PAID: (Account.IN_TRANSIT, Account.BANK),
        Cause.FAILED: (Account.IN_TRANSIT, Account.CLAIMS_PAYABLE),
        Cause.REVERSED: (Account.BANK, Account.CLAIMS_PAYABLE),
        Cause.REFUND_DUE: (Account.CONTRIBUTIONS, Account.REFUNDS_PAYABLE),
        Cause.REFUND_RELEASED: (Account.REFUNDS_PAYABLE, Account.IN_TRANSIT),
        Cause.REFUND_PAID: (Account.IN_TRANSIT, Account.BANK),
        Cause.REFUND_FAILED: (Account.IN_TRANSIT, Account.REFUNDS_PAYABLE),
        Cause.REFUND_REVERSED: (Account.BANK, Account.REFUNDS_PAYABLE),
        Cause.REFUND_RETURNED: (Account.REFUNDS_PAYABLE, Account.BANK),
        Cause.REFUND_SETTLED: (Account.REFUNDS_PAYABLE, Account.BANK),
        Cause.DUES_REFUNDED: (Account.DUES, Account.BANK),
        Cause.DUES: (Account.BANK, Account.DUES),
        Cause.STRAY_RECEIVED: (Account.BANK, Account.SUSPENSE),
        Cause.STRAY_RETURNED: (Account.SUSPENSE, Account.BANK),
    }
)
"""The account that each cause debits, and the one it credits; a manual posting names its own."""
BY_HAND = frozenset(Account) - {
    Account.CLAIMS_PAYABLE,
    Account.REFUNDS_PAYABLE,
    Account.IN_TRANSIT,
    Account.BENEFIT_EXPENSE,
}
"""Accounts of manual postings: what follows from claims and refunds is booked by their payouts alone."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Something that happened to a fund: `amount` yuan, above zero."""

    fund: str
    cause: Cause
    cause_id: UUID
    amount: Decimal
    booked_on: date
    memo: str
    by_hand: tuple[Account, Account] | None = None
    """Debit and credit of a manual posting."""

    @property
    def sides(self) -> tuple[Account, Account]:
        """The account debited and the one credited."""
        return self.by_hand if self.by_hand is not None else SIDES[self.cause]


@dataclass(frozen=True, slots=True)
class Balance:
    """Debit less credit of each account of a fund, in yuan."""

    fund: str
    accounts: Mapping[str, Decimal]

    def of(self, account: Account) -> Decimal:
        """Return the balance of an account, zero if nothing was booked."""
        return self.accounts.get(account, ZERO)

    @property
    def difference(self) -> Decimal:
        """The sum over all accounts: 0.00, or the books are wrong."""
        return sum(self.accounts.values(), ZERO)

    def after(self, debit: Account, credit: Account, amount: Decimal) -> "Balance":
        """Return the balance behind one more posting."""
        booked = dict(self.accounts)
        for account, sign in ((debit, 1), (credit, -1)):
            booked[account.value] = booked.get(account.value, ZERO) + sign * amount
        return Balance(self.fund, booked)

    @property
    def available(self) -> Decimal:
        """Money in the bank that no released batch and no refund has spoken for, and of which it is known whose it is.

        What is looked into (待查款项) may have to go back; money that left for nobody knows what is gone all the same.
        """
        return self.at_bank + self.of(Account.REFUNDS_PAYABLE) + min(self.of(Account.SUSPENSE), ZERO)

    @property
    def at_bank(self) -> Decimal:
        """Money in the bank that no released batch has spoken for: refunds, which are owed, are paid from it."""
        return self.of(Account.BANK) + self.of(Account.IN_TRANSIT)
