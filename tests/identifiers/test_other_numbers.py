"""Credit codes, bank cards, mobiles, names, masks, and what normalising does and does not do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from common.identifiers import (
    bank_card_faults,
    bank_name_faults,
    compact_number,
    credit_code_check_digit,
    credit_code_faults,
    luhn_digit,
    mask_bank_card,
    mask_id_number,
    mask_mobile,
    mask_name,
    mobile_faults,
    name_faults,
    plain_full_name,
    plain_name,
    plain_number,
)
from common.identifiers.credit_code import ALPHABET

DIGITS = "0123456789"
CARDS = st.text(DIGITS, min_size=12, max_size=18).map(lambda digits: digits + luhn_digit(digits))


@settings(deadline=None)
@given(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text(DIGITS, min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)
def test_credit_codes_with_their_check_character_are_right(kind: str, region: str, organisation: str) -> None:
    first17 = kind + region + organisation
    code = first17 + credit_code_check_digit(first17)
    assert credit_code_faults(code) == []
    assert not kind.isdigit() or uscc.is_valid(code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91110000600037341L", []),
        ("", ["missing"]),
        ("91110000600037341", ["length"]),
        ("91110000600037341l", ["lowercase"]),
        ("91110000600037341I", ["characters"]),
        ("9111O000600037341L", ["characters"]),
        ("9111A0006000373414", ["characters"]),
        ("91110000600037341M", ["checksum"]),
        ("91110000600037341m", ["lowercase", "checksum"]),
        ("9111000060003734１L", ["characters"]),
        ("工会", ["length", "characters"]),
    ],
)
def test_faults_of_credit_codes(code: str, expected: list[str]) -> None:
    assert [fault.code for fault in credit_code_faults(code)] == [f"credit_code.{name}" for name in expected]


def test_the_check_character_expected_is_named() -> None:
    (fault,) = credit_code_faults("91110000600037341M")
    assert "校验码应为L" in fault.message.zh


@settings(deadline=None)
@given(CARDS)
def test_cards_that_pass_luhn_are_right(card: str) -> None:
    assert luhn.is_valid(card)
    assert bank_card_faults(card) == []


@settings(deadline=None)
@given(CARDS, st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_of_a_card_is_found(card: str, place: int, add: int) -> None:
    place %= len(card)
    wrong = card[:place] + str((int(card[place]) + add) % 10) + card[place + 1 :]
    assert [fault.code for fault in bank_card_faults(wrong)] == ["card.luhn"]
    assert bank_card_faults(wrong, check_digit=False) == []


@pytest.mark.parametrize("card", ["123456789262", "123456789254", "123456789246", "123456789238"])
def test_the_twelve_digits_of_manual_002_are_accepted(card: str) -> None:
    assert bank_card_faults(card) == []


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("", "missing"),
        ("62280455006", "format"),
        ("62280455006466150000", "format"),
        ("6228A45500646615", "format"),
        ("６２２８０４５５００６４６６１５", "format"),
    ],
)
def test_faults_of_cards(card: str, expected: str) -> None:
    assert [fault.code for fault in bank_card_faults(card)] == [f"card.{expected}"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13862114503", []),
        ("", ["mobile.missing"]),
        ("23812345678", ["mobile.format"]),
        ("12812345678", ["mobile.format"]),
        ("1386211450", ["mobile.format"]),
        ("138621145030", ["mobile.format"]),
        ("1386211450a", ["mobile.format"]),
        ("１3862114503", ["mobile.format"]),
    ],
)
def test_mobiles(number: str, expected: list[str]) -> None:
    assert [fault.code for fault in mobile_faults(number)] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张三", []),
        ("欧阳娜娜", []),
        ("阿依古丽·买买提", []),
        ("𠮷田", []),
        ("𬀩", []),
        ("〇一", []),
        ("SMITH", []),
        ("José", []),
        ("", ["name.missing"]),
        (" \u3000", ["name.missing"]),
        ("王 伟", ["name.space"]),
        ("王\u3000伟", ["name.space"]),
        ("王\u00a0伟", ["name.space"]),
        ("王伟 ", ["name.space"]),
        ("王伟2", ["name.characters"]),
        ("王伟(新)", ["name.characters"]),
        ("·王伟", ["name.characters"]),
        ("王··伟", ["name.characters"]),
        ("王.伟", ["name.characters"]),
        ("王 伟,", ["name.space", "name.characters"]),
        ("王" * 51, ["name.characters"]),
    ],
)
def test_names(name: str, expected: list[str]) -> None:
    assert [fault.code for fault in name_faults(name)] == expected


@pytest.mark.parametrize("name", ["A", "É", "ß"])
def test_a_single_letter_is_no_name_and_that_is_said(name: str) -> None:
    (fault,) = name_faults(name)
    assert fault.code == "name.characters" and "只有一个字母" in fault.message.zh


@pytest.mark.parametrize("name", ["12345", "", "工", "6228480402564890171", "—"])
def test_a_number_is_no_bank(name: str) -> None:
    assert [fault.code for fault in bank_name_faults(name)] == ["bank.format"]


@pytest.mark.parametrize("name", ["无锡农村商业银行", "ICBC", "工行", "中国银行（香港）"])
def test_banks(name: str) -> None:
    assert bank_name_faults(name) == []


def test_a_full_name_has_no_blanks_beside_chinese() -> None:
    assert plain_full_name(" 无锡市 惠民\u3000纺织有限公司（ 工会 ）") == "无锡市惠民纺织有限公司（工会）"
    assert plain_full_name("ABC  Trading 公司") == "ABC Trading公司"
    assert plain_full_name("a\nb") == "a\nb", "line breaks stay, as faults"


def test_normalising_keeps_what_is_a_fault() -> None:
    assert plain_number(" １１０\u200b１ｘ ") == "1101x"
    assert plain_number("11 01") == "11 01"
    assert compact_number("6228 0455\u3000００64 6615") == "6228045500646615"
    assert plain_name("阿依•买买提") == "阿依·买买提"
    assert plain_name("王\u200b伟") == "王伟"
    assert plain_name("王\u3000伟 ") == "王\u3000伟 "
    assert plain_name("ＳＭＩＴＨ") == "SMITH"


def test_masks() -> None:
    assert (
        mask_bank_card("6228480402564890171")
        == mask_bank_card("6228 4804 0256 0171")
        == "6228 **** **** 0171"
    )
    assert mask_id_number("320205197104121234") == "320***********1234"
    assert mask_mobile("13812345678") == "138****5678"
    assert mask_name("张三") == "张*"
    assert mask_name("") == ""


@settings(deadline=None)
@given(st.text(max_size=30))
def test_masks_always_hide_something(text: str) -> None:
    for mask in (mask_bank_card, mask_id_number, mask_mobile):
        assert not text or "*" in mask(text) or not "".join(text.split())
