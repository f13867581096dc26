"""Printed text to canonical values, and wrong text to none."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.recognition.ethnic import NAMES, read_ethnic
from ocr.recognition.values import (
    READERS,
    Kind,
    find_institution,
    read_amount,
    read_date,
    read_institution,
    read_name,
    read_period,
)


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
def test_amounts_in_every_notation(amount: Decimal) -> None:
    for text in (f"{amount}", f"¥{amount:,}", f": {amount:,}元", f"{amount:,}".replace(",", ".")):
        assert read_amount(text) == f"{amount:.2f}"


@pytest.mark.parametrize(
    "text", ["", "12.345.6", "0437.44", "734261", "15.2%", "1,27", "1次", "支付", "8462B0", "1234567.8.9"]
)
def test_no_amounts(text: str) -> None:
    assert read_amount(text) is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_dates_in_every_notation(day: date) -> None:
    for form in (
        "%Y-%m-%d",
        "%Y%m%d",
        "%Y年%m月%d日",
        "%Y.%m.%d",
        "%Y/%m/%d",
        "%Y,%m,%d",
        "%Y-%m-%d 09:49",
        "%Y-%m-%d09:49",
    ):
        assert read_date(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize("text", ["2023-02-30", "2023-13-01", "2023-10-", "202310", "23-10-11", "入院"])
def test_no_dates(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("20241114-20241120", "2024-11-14/2024-11-20"),
        ("2023-01-05至2023-01-16", "2023-01-05/2023-01-16"),
        ("2024-05-10室2024-06-03", "2024-05-10/2024-06-03"),
        ("2024年05月10日 — 2024年06月03日", "2024-05-10/2024-06-03"),
        ("2023-08-06至2023-00-18", "2023-08-06/"),
        ("至2023-00-18", None),
    ],
)
def test_periods(text: str, period: str | None) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (":李峰燚", "李峰燚"),
        ("彧𠮷", "彧𠮷"),
        ("买买提·艾合买提江", "买买提·艾合买提江"),
        ("李 明", "李明"),
        ("王伟性别女", "王伟"),
        ("李", None),
        ("123", None),
        ("东湖肿瘤医院", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(章):江北区妇幼保健院", "江北区妇幼保健院"),
        ("南陵市第三人民医院收费专用章", "南陵市第三人民医院"),
        ("复旦大学附属中山医院青浦分院", "复旦大学附属中山医院青浦分院"),
        ("某市医疗保障局", "某市医疗保障局"),
        ("院", None),
    ],
)
def test_institutions(text: str, name: str | None) -> None:
    assert read_institution(text) == name


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("白鹭湾人民医院出院记录", "白鹭湾人民医院"),
        ("南陵市第三人民医院医疗保险住院结算单", "南陵市第三人民医院"),
        ("青岚中医医院", "青岚中医医院"),
        ("浙江省医疗住院收费票据", None),
    ],
)
def test_institution_of_a_heading(heading: str, name: str | None) -> None:
    assert find_institution(heading) == name


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.RECEIPT_NUMBER, ":0060687851", "0060687851"),
        (Kind.RECEIPT_NUMBER, "B4944 9530", "B49449530"),
        (Kind.RECEIPT_CODE, "33061424", "33061424"),
        (Kind.RECEIPT_CODE, "330614", None),
        (Kind.CHECK_CODE, "22043d", "22043d"),
        (Kind.CHECK_CODE, "22043", None),
        (Kind.CODE, "ZY59450097", "ZY59450097"),
        (Kind.CODE, "骨科", None),
        (Kind.DAYS, "28天", "28"),
        (Kind.DAYS, "28.5", None),
        (Kind.SEX, "男", "男"),
    ],
)
def test_numbers_and_codes(kind: Kind, text: str, value: str | None) -> None:
    assert READERS[kind](text) == value


def test_an_ethnic_group_is_one_of_the_standard_in_simplified_characters() -> None:
    assert len(NAMES) == 56
    assert read_ethnic("漢") == "汉" and read_ethnic("維吾爾") == "维吾尔" and read_ethnic("土家族") == "土家"
    assert read_ethnic("住址") is None
