"""Amounts in capitals: reading and writing are inverse, and nothing maimed is read."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ocr.recognition.capitals import find_capitals, format_capitals, parse_capitals

amounts = st.integers(min_value=0, max_value=10**14 - 1).map(lambda cents: Decimal(cents).scaleb(-2))


@given(amounts)
def test_what_is_written_is_read_back(amount: Decimal) -> None:
    assert parse_capitals(format_capitals(amount)) == amount


@given(amounts, amounts)
def test_two_amounts_are_never_written_alike(a: Decimal, b: Decimal) -> None:
    assume(a != b)
    assert format_capitals(a) != format_capitals(b)


@given(amounts, st.data())
def test_a_digit_read_as_another_changes_the_amount(amount: Decimal, data: st.DataObject) -> None:
    text = format_capitals(amount)
    places = [i for i, c in enumerate(text) if c in "壹贰叁肆伍陆柒捌玖"]
    assume(places)
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([c for c in "壹贰叁肆伍陆柒捌玖" if c != text[place]]))
    assert parse_capitals(text[:place] + other + text[place + 1 :]) != amount


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    value = parse_capitals(text)
    assert value is None or value >= 0
    find_capitals(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("壹仟伍佰柒拾叁元伍角壹分", "1573.51"),
        ("壹万伍仟壹佰零玖圆叁角柒分", "15109.37"),
        ("捌仟陆佰捌拾玖圆零贰分", "8689.02"),
        ("柒仟叁佰玖拾柒元肆角", "7397.40"),
        ("贰万元整", "20000.00"),
        ("拾元正", "10.00"),
        ("伍角", "0.50"),
        ("零元整", "0.00"),
        ("壹亿零叁万元整", "100030000.00"),
        ("零佰零拾壹万贰仟零佰叁拾零元零角伍分", "12030.05"),
        ("參萬貳仟圓整", "32000.00"),
    ],
)
def test_papers_notations(text: str, value: str) -> None:
    assert parse_capitals(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "元", "整", "壹贰元", "万元", "伍佰仟元", "壹角贰元", "一千元", "1573.51", "壹仟"]
)
def test_no_amounts(text: str) -> None:
    assert parse_capitals(text) is None


def test_an_amount_is_found_behind_its_label() -> None:
    assert find_capitals("金额合计(大写)叁仟肆佰捌拾柒元伍角壹分") == (
        "叁仟肆佰捌拾柒元伍角壹分",
        Decimal("3487.51"),
    )


@pytest.mark.parametrize(
    "text", ["玖仟肆佰塑拾柒元酵角律分", "贰万玖仟捌佰伍拾肆元贰角集分", "合计(大写)塑拾柒元整"]
)
def test_a_part_of_a_misread_amount_is_no_amount(text: str) -> None:
    assert find_capitals(text) is None


def test_only_amounts_of_cents_are_written() -> None:
    for wrong in (Decimal("-1"), Decimal("0.001"), Decimal(10) ** 12):
        with pytest.raises(ValueError, match="capitals"):
            format_capitals(wrong)
