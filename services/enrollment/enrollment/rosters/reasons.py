"""Why a row is not insurable: one reason per fault, each with the field, what is wrong and what to do."""

from dataclasses import dataclass
from decimal import Decimal

from common.identifiers import Fault
from common.text import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is stable; `field` is the column's field, or "row" where the row as a whole is meant."""

    code: str
    field: str
    message: Text
    advice: Text

    @property
    def sentence(self) -> Text:
        """What is wrong and what to do, together, in each language."""
        return Text(self.message.zh + self.advice.zh, f"{self.message.en} {self.advice.en}")


def reason_of(fault: Fault, field: str) -> Reason:
    """Return the fault of a value as a reason of its row."""
    return Reason(fault.code, field, fault.message, fault.advice)


EXAMPLE = Reason(
    "row.example",
    "row",
    Text("这是模板的示例行，不是参保人员。", "This is the template's example row, not a person."),
    Text("请删除该行，或改为真实人员。", "Delete the row, or put a real person there."),
)
BANK_MISSING = Reason(
    "bank.missing",
    "bank_name",
    Text("没有填写开户行。", "The bank is missing."),
    Text("请填写银行卡的开户行，例如无锡农村商业银行。", "Enter the bank that issued the card."),
)
SEX_COLUMN_MISMATCH = Reason(
    "sex.mismatch",
    "sex",
    Text("填写的性别与身份证号不符。", "The sex entered is not the one in the ID number."),
    Text("请向本人核对身份证号和性别后修改。", "Ask the person, then correct the ID number or the sex."),
)
HOLDER_UNKNOWN = Reason(
    "document.holder_unknown",
    "id_number",
    Text(
        "登记的证件号码不含性别和出生日期，会员名册中也没有，无法核对参保条件。",
        "The document on file tells neither sex nor birth date, nor does the register: the limits cannot be checked.",
    ),
    Text(
        "请联系工会在会员名册中补登此人的性别和出生日期，再重新校验。",
        "Have sex and birth date entered in the members' register, then check again.",
    ),
)
SEX_UNREADABLE = Reason(
    "sex.unreadable",
    "sex",
    Text("性别填写不正确。", "This is no sex."),
    Text("请填写男或女，也可不填。", "Enter 男 (male) or 女 (female), or leave it out."),
)


def duplicate(first: int) -> Reason:
    """The same ID number stands in an earlier row."""
    return Reason(
        "row.duplicate",
        "id_number",
        Text(
            f"与上传文件第 {first} 行的身份证号重复。",
            f"The ID number stands in row {first} of the file already.",
        ),
        Text("同一人只能填写一行，请删除多余的行。", "One row per person: delete the other one."),
    )


def shares_exceeded(limit: int, held: int = 0) -> Reason:
    """More shares than the product allows, with those already held."""
    holds = Text(f"，已有 {held} 份未到期", f", {held} are held already") if held else Text("", "")
    return Reason(
        "shares.exceeded",
        "shares",
        Text(
            f"超过份数：每人最多 {limit} 份{holds.zh}。", f"Too many shares: at most {limit} each{holds.en}."
        ),
        Text(
            "请核对该会员的在保份数后修改。", "Look up the shares this member holds, then correct the number."
        ),
    )


def shares_unreadable(limit: int) -> Reason:
    """A number of shares that is no whole number from one on."""
    return Reason(
        "shares.unreadable",
        "shares",
        Text("份数不是正整数。", "The shares are no whole number."),
        Text(f"请填写 1 到 {limit} 的阿拉伯数字。", f"Enter a number from 1 to {limit}."),
    )


def amount_not_of_shares(price: Decimal) -> Reason:
    """The amount is no multiple of the price of a share."""
    return Reason(
        "amount.not_of_shares",
        "amount",
        Text(
            f"金额应为每份 {price:.2f} 元的整数倍。",
            f"The amount is no multiple of {price:.2f} yuan, one share.",
        ),
        Text("请修改金额，或改填份数。", "Correct the amount, or enter the number of shares."),
    )


def amount_unreadable(price: Decimal) -> Reason:
    """What stands in the place of the amount is no amount."""
    return Reason(
        "amount.unreadable",
        "amount",
        Text("填写的投保金额不是金额。", "This is no amount."),
        Text(
            f"请填写数字，例如 {price:.2f}，或改填份数。",
            f"Enter a number, for instance {price:.2f}, or the number of shares.",
        ),
    )


def amount_differs(expected: Decimal) -> Reason:
    """Amount and shares of a row contradict each other."""
    return Reason(
        "amount.differs",
        "amount",
        Text(f"金额与份数不符，按份数应为 {expected:.2f} 元。", f"The shares come to {expected:.2f} yuan."),
        Text("请修改金额或份数，使两者一致。", "Correct one of the two."),
    )
