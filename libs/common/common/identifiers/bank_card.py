"""Names of banks, and bank card numbers: 12 to 19 digits, from 13 on with a check digit (Luhn).

Source: JR/T 0008 (card numbers have 13 to 19 digits, the last one by ISO/IEC 7812, Luhn). Twelve digits are
an account without one: the union of manual 002 accepts them (123456789246 there would fail Luhn).
"""

from ..text import Text
from .fault import Fault

SHORTEST, LONGEST = 12, 19
_DOUBLED = str.maketrans("0123456789", "0246813579")
SHORTEST_WITH_CHECK_DIGIT = 13
_CORRECT = Text("请按银行卡（社保卡）卡面核对后修改。", "Correct it from the card.")
MISSING = Fault(
    "card.missing",
    Text("没有填写银行卡号。", "The bank card number is missing."),
    Text("请填写社保卡上的银行卡号。", "Enter the bank card number of the social-security card."),
)
DIGITS_LOST = Fault(
    "card.format",
    Text(
        "银行卡号在表格中被存成了数字，Excel 只保留前15位，后面的数字已丢失。",
        "The cell is a number: Excel keeps 15 digits only, the last digits of the card number are lost.",
    ),
    Text("请把该列设为“文本”格式后重新填写。", "Format the column as text, then enter the number again."),
)

BANK_FORMAT = Fault(
    "bank.format",
    Text("填写的开户行不是银行名称。", "What stands for the bank is no bank's name."),
    Text(
        "请填写开户银行的名称，例如中国工商银行；账号请填在银行卡号一栏。",
        "Enter the bank's name, such as Bank of Communications; the account number has a field of its own.",
    ),
)


def bank_name_faults(name: str) -> list[Fault]:
    """Return what is wrong with a bank's name that was filled in: a number is none, nor is a single letter."""
    return [] if sum(map(str.isalpha, name)) > 1 else [BANK_FORMAT]


def bank_card_faults(number: str, *, check_digit: bool = True) -> list[Fault]:
    """Return all that is wrong with a card number without blanks; `check_digit`: whether Luhn is applied."""
    if not number:
        return [MISSING]
    if not (number.isascii() and number.isdigit()):
        message = Text("银行卡号只能由数字组成。", "A bank card number is made of digits only.")
        return [Fault("card.format", message, _CORRECT)]
    if not SHORTEST <= len(number) <= LONGEST:
        message = Text(
            f"银行卡号应为{SHORTEST}至{LONGEST}位，现为{len(number)}位。",
            f"A bank card number has {SHORTEST} to {LONGEST} digits, this has {len(number)}.",
        )
        return [Fault("card.format", message, _CORRECT)]
    if check_digit and len(number) >= SHORTEST_WITH_CHECK_DIGIT and _luhn_sum(number) % 10:
        message = Text(
            "银行卡号不合法：校验位不符，至少有一位填错。",
            "The card number is wrong: its check digit does not fit, at least one digit is wrong.",
        )
        return [Fault("card.luhn", message, _CORRECT)]
    return []


def luhn_digit(number: str) -> str:
    """Return the digit that completes a card number. Source: ISO/IEC 7812-1."""
    return str(-_luhn_sum(number + "0") % 10)


def _luhn_sum(number: str) -> int:
    """Add up the digits, every second one from the right doubled and its own digits added (18 becomes 9).

    Own code because it runs for every row: fifteen times as fast as python-stdnum's, which the tests compare with.
    """
    return sum(map(int, number[-1::-2] + number[-2::-2].translate(_DOUBLED)))
