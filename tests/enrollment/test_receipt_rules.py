"""Amounts in Chinese capitals, against their own reading."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.receipts.rules import DIGITS, in_capitals, receipt_number

EXAMPLES = {
    "0": "零元整", "0.05": "伍分", "0.10": "壹角整", "1": "壹元整", "10": "壹拾元整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "1409.50": "壹仟肆佰零玖元伍角整", "6007.14": "陆仟零柒元壹角肆分", "107000.53": "壹拾万柒仟元伍角叁分",
    "325.04": "叁佰贰拾伍元零肆分", "100000000": "壹亿元整", "100010001": "壹亿零壹万零壹元整",
    "10000010": "壹仟万零壹拾元整", "1680.32": "壹仟陆佰捌拾元叁角贰分",
}  # fmt: skip


@pytest.mark.parametrize(("amount", "words"), EXAMPLES.items())
def test_as_the_rules_for_bank_notes_have_it(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words


def read(words: str) -> Decimal:
    """Read capitals back: an independent reading, digit by digit."""
    total, group, digit, amount = 0, 0, 0, Decimal(0)
    units = {"拾": 10, "佰": 100, "仟": 1000}
    for sign in words:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in units:
            group, digit = group + digit * units[sign], 0
        elif sign in {"万", "亿"}:
            scale = 10**4 if sign == "万" else 10**8
            whole = total + group + digit
            total = whole * scale if sign == "亿" and total else total + (group + digit) * scale
            group = digit = 0
        elif sign == "元":
            amount, group, total, digit = Decimal(total + group + digit), 0, 0, 0
        elif sign == "角":
            amount, digit = amount + Decimal(digit) / 10, 0
        elif sign == "分":
            amount, digit = amount + Decimal(digit) / 100, 0
    return amount


@given(st.decimals(min_value=0, max_value="9999999999.99", places=2))
def test_capitals_say_the_amount(amount: Decimal) -> None:
    words = in_capitals(amount)
    assert read(words) == amount
    assert "零零" not in words and words[-1] in "整分"


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        in_capitals(Decimal("-1"))


def test_numbers_of_a_year_are_in_order() -> None:
    numbers = [receipt_number(2026, serial) for serial in range(1, 12)]
    assert numbers == sorted(numbers) and numbers[0] == "202600000001"
