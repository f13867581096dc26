"""Numbers of identity documents, kind by kind: tables from the issuers' own examples, and properties."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.identifiers import (
    DOCUMENT_KINDS,
    DOCUMENT_TITLES,
    document_birth_date,
    document_faults,
    id_check_digit,
    id_number_faults,
    mask_document_number,
    plain_document_number,
)

DIGITS = "0123456789"
DAY = date(2026, 6, 30)
BIRTHS = st.dates(date(1930, 1, 1), DAY).map(lambda day: f"{day:%Y%m%d}")
SERIALS = st.text(DIGITS, min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("resident_id", "11010519491231002X", []),
        ("resident_id", "110105194912310021", ["id.checksum"]),
        ("resident_id", "", ["id.missing"]),
        ("hmt_residence_permit", "810000199408230021", []),
        ("hmt_residence_permit", "830000199201300022", []),
        ("hmt_residence_permit", "830000199201300023", ["id.checksum"]),
        ("hmt_residence_permit", "11010519491231002X", ["document.region"]),
        ("hmt_residence_permit", "8100001994082300", ["id.length"]),
        ("hk_macau_permit", "H12345678", []),
        ("hk_macau_permit", "M1234567800", []),
        ("hk_macau_permit", "H1234567", ["document.format"]),
        ("hk_macau_permit", "C12345678", ["document.format"]),
        ("hk_macau_permit", "h12345678", ["document.format"]),
        ("taiwan_permit", "12345678", []),
        ("taiwan_permit", "1234567801", []),
        ("taiwan_permit", "1234567801(B)", []),
        ("taiwan_permit", "T12345678", ["document.format"]),
        ("taiwan_permit", "123456789", ["document.format"]),
        ("passport", "E12345678", []),
        ("passport", "A1234567", []),
        ("passport", "ABCDEFG", ["document.format"]),
        ("passport", "E1234567890", ["document.format"]),
        ("passport", "E1234-678", ["document.format"]),
        ("passport", "", ["document.missing"]),
        ("foreign_permanent_resident", "911124198108030024", []),
        ("foreign_permanent_resident", "911124198108030025", ["document.checksum"]),
        ("foreign_permanent_resident", "911124198113030024", ["id.birthdate", "document.checksum"]),
        ("foreign_permanent_resident", "CAN110181061569", []),
        ("foreign_permanent_resident", "CA1110181061569", ["document.format"]),
        ("foreign_permanent_resident", "11010519491231002X", ["document.format"]),
    ],
)
def test_faults(kind: str, number: str, expected: list[str]) -> None:
    assert [fault.code for fault in document_faults(kind, number, today=DAY)] == expected


def with_check_digit(first17: str) -> str:
    return first17 + id_check_digit(first17)


@given(st.sampled_from(["810000", "820000", "830000"]), BIRTHS, SERIALS)
def test_residence_permits_are_citizens_numbers_of_three_regions(region: str, born: str, serial: str) -> None:
    number = with_check_digit(region + born + serial)
    assert document_faults("hmt_residence_permit", number, today=DAY) == []
    assert id_number_faults(number, today=DAY) == []
    assert f"{document_birth_date('hmt_residence_permit', number):%Y%m%d}" == born


@given(
    st.text(DIGITS, min_size=2, max_size=2),
    st.text(DIGITS, min_size=3, max_size=3),
    BIRTHS,
    SERIALS,
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_one_wrong_digit_of_a_permanent_residents_number_is_seen(
    province: str, country: str, born: str, serial: str, place: int, step: int
) -> None:
    number = with_check_digit(f"9{province}{country}{born}{serial}")
    assert document_faults("foreign_permanent_resident", number, today=DAY) == []
    wrong = f"{number[:place]}{(int(number[place]) + step) % 10}{number[place + 1 :]}"
    assert document_faults("foreign_permanent_resident", wrong, today=DAY)


@given(st.sampled_from(DOCUMENT_KINDS), st.text(max_size=25))
def test_no_text_breaks_the_rules(kind: str, text: str) -> None:
    number = plain_document_number(text)
    for fault in document_faults(kind, number, today=DAY):
        assert fault.sentence.zh and fault.sentence.en
    document_birth_date(kind, number)


@given(st.text(st.sampled_from("HM0123456789"), min_size=8, max_size=18))
def test_masks_hide_a_part_and_keep_the_length(number: str) -> None:
    masked = mask_document_number(number)
    assert len(masked) == len(number) and masked.count("*") >= 3


def test_what_is_typed_and_what_is_meant() -> None:
    assert plain_document_number(" ｈ1234 5678 ") == "H12345678"
    assert plain_document_number("1234567801（b）") == "1234567801(B)"
    assert set(DOCUMENT_TITLES) == set(DOCUMENT_KINDS)
