"""What can be wrong with a manual posting or a fund's bank account."""

from common.errors import Conflict, DomainError
from common.text import Text


class SidesEqual(DomainError):
    """A posting debits and credits two accounts."""

    code = "ledger.sides_equal"
    text = Text("借方和贷方科目不能相同。", "Debit and credit must be two accounts.")


class AccountNotByHand(DomainError):
    """What follows from claims and refunds is booked by them alone."""

    code = "ledger.account_not_by_hand"
    text = Text(
        "科目“{account}”由理赔和退费自动记账，不能手工记账；可用科目：{allowed}。",
        "The account “{account}” is booked by claims and refunds alone. Open to manual postings are: {allowed}.",
    )


class BookedInFuture(DomainError):
    """The day of a posting has not come."""

    code = "ledger.booked_in_future"
    text = Text("记账日期不能晚于今天。", "A posting cannot be booked on a day to come.")


class BankLineWrong(DomainError):
    """The posting does not account for the line of the bank that it names."""

    code = "ledger.bank_line_wrong"
    text = Text(
        "该凭证与所选银行流水不符：方向须一致，且金额不超过未对上的 {rest} 元。",
        "The posting does not fit the bank's line: same direction, and at most the {rest} yuan open of it.",
    )


class FundTooLow(Conflict):
    """The posting would take the fund below what it owes and its floor."""

    code = "ledger.fund_too_low"
    text = Text(
        "记账后基金可用余额为 {after} 元，低于最低余额 {floor} 元，不能执行。",
        "The fund would have {after} yuan available, less than its floor of {floor}.",
    )


class AccountUnchanged(DomainError):
    """The fund has this account already."""

    code = "ledger.account_unchanged"
    text = Text("该基金已使用此账户，无需变更。", "The fund has this account already.")
