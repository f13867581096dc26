"""ID numbers: every fault that applies is listed, no real person is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from common.identifiers import birth_date, id_check_digit, id_number_faults, region_known, sex_of

TODAY = date(2026, 11, 23)
RIGHT = "110105197603203021"
DAYS = st.dates(date(TODAY.year - 130, 1, 1), TODAY)
SERIALS = st.integers(0, 999)


def codes(number: str) -> list[str]:
    return [fault.code for fault in id_number_faults(number, today=TODAY)]


def number_of(born: date, serial: int, region: str = "320205") -> str:
    first17 = f"{region}{born:%Y%m%d}{serial:03d}"
    return first17 + id_check_digit(first17)


@settings(deadline=None)
@given(DAYS, SERIALS)
def test_every_number_with_a_real_date_and_its_check_digit_is_right(born: date, serial: int) -> None:
    number = number_of(born, serial)
    assert codes(number) == []
    assert birth_date(number) == born
    assert sex_of(number) == ("male" if serial % 2 else "female")


@settings(deadline=None)
@given(DAYS, SERIALS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found_by_the_check_digit(
    born: date, serial: int, place: int, add: int
) -> None:
    number = number_of(born, serial)
    wrong = number[:place] + str((int(number[place]) + add) % 10) + number[place + 1 :]
    assert "id.checksum" in codes(wrong)


@settings(deadline=None)
@given(DAYS, SERIALS, st.integers(0, 15))
def test_two_neighbours_swapped_are_found(born: date, serial: int, place: int) -> None:
    number = number_of(born, serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or "id.checksum" in codes(swapped)


@settings(deadline=None)
@given(st.text(alphabet="0123456789", min_size=17, max_size=17))
def test_check_digit_is_the_one_of_python_stdnum(first17: str) -> None:
    assert id_check_digit(first17) == ric.calc_check_digit(first17 + "0")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_has_an_answer_and_only_right_numbers_have_no_fault(text: str) -> None:
    found = codes(text)
    assert all(code.startswith("id.") for code in found)
    assert found or (len(text) == 18 and text.isascii())


def test_the_digit_expected_is_named() -> None:
    (fault,) = id_number_faults("110105197603203022", today=TODAY)
    assert fault.code == "id.checksum"
    assert "检验位应为1，现为2" in fault.message.zh
    assert "should be 1" in fault.message.en
    (fault,) = id_number_faults("110105198908088761", today=TODAY)
    assert "检验位应为X" in fault.message.zh


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (RIGHT, []),
        ("", ["id.missing"]),
        ("11010519760320302", ["id.length"]),
        ("1101051976032030211", ["id.length"]),
        ("110105760320302", ["id.length"]),
        ("1101051976032030x", ["id.length", "id.lowercase_x"]),
        ("11010519760320302A", ["id.characters"]),
        ("11O105197603203021", ["id.characters"]),
        ("110105 19760320302", ["id.characters"]),
        ("3202**************", ["id.characters"]),
        ("１１０１０５197603203021", ["id.characters"]),
        ("１１０１０５19760320302", ["id.length", "id.characters"]),
        ("11010519890808876x", ["id.lowercase_x"]),
        ("11010519890808875x", ["id.lowercase_x", "id.checksum"]),
        ("X10105197603203021", ["id.characters"]),
        (number_of(date(1976, 3, 20), 302, "329999"), ["id.region"]),
        (number_of(date(1976, 3, 20), 302, "000000"), ["id.region"]),
        (number_of(TODAY, 302), []),
        (number_of(TODAY + timedelta(days=1), 302), ["id.birthdate"]),
        (number_of(date(TODAY.year - 131, 12, 31), 302), ["id.birthdate"]),
        ("329999197613203021", ["id.region", "id.birthdate", "id.checksum"]),
        ("329999197613203O21", ["id.region", "id.birthdate", "id.characters"]),
    ],
)
def test_all_faults_are_listed(number: str, expected: list[str]) -> None:
    assert sorted(codes(number)) == sorted(expected)


def test_who_would_be_older_than_anybody_is_told_the_age() -> None:
    (fault,) = id_number_faults(number_of(date(1890, 1, 1), 302), today=TODAY)
    assert fault.code == "id.birthdate" and "已136岁" in fault.message.zh
    assert codes(number_of(date(1900, 1, 1), 302)) == []


def test_the_29th_of_february_counts_only_in_leap_years() -> None:
    def with_digit(born: str) -> str:
        return f"320205{born}302" + id_check_digit(f"320205{born}302")

    assert codes(with_digit("20000229")) == []
    assert codes(with_digit("19000229")) == ["id.birthdate"]
    assert codes(with_digit("20010229")) == ["id.birthdate"]


@pytest.mark.parametrize("born", [date(1930, 1, 1), date(1976, 3, 20), date(2020, 6, 1)])
@pytest.mark.parametrize(
    "region",
    [
        "320204",  # 无锡市北塘区, abolished 2015
        "320202",  # 无锡市崇安区, abolished 2015
        "320222",  # 无锡县, abolished 1995
        "320283",  # 锡山市, 1995 to 2000
        "320205",  # 锡山区, since 2000
        "330106",  # 杭州市西湖区
        "330113",  # 杭州市临平区, since 2021
        "110103",  # 北京市崇文区, abolished 2010
        "110104",  # 北京市宣武区, abolished 2010
        "110221",  # 昌平县, abolished 1999
        "510202",  # 重庆市渝中区 while Chongqing belonged to Sichuan
        "512223",  # 涪陵地区 … in Sichuan, until 1997
        "512301",  # 涪陵市 in Sichuan
        "513522",  # 黔江 … in Sichuan
        "442121",  # 琼山县 while Hainan belonged to Guangdong, until 1988
        "442222",  # 东方县 while Hainan belonged to Guangdong
        "460100",  # 海口市
        "132801",  # 廊坊市, 1981 to 1988
        "139004",  # 辛集市 directly under Hebei, 1993 to 1994
        "329012",  # 昆山市 directly under Jiangsu
        "441900",  # 东莞市, which has no districts
        "620200",  # 嘉峪关市, which has no districts
        "310230",  # 崇明县, abolished 2016
        "810000",  # residence permits
        "830000",
    ],
)
def test_codes_that_were_ever_in_force_are_accepted_whatever_the_birth_year(region: str, born: date) -> None:
    assert codes(number_of(born, 302, region)) == []


@pytest.mark.parametrize(
    "region", ["000000", "999999", "329999", "320299", "990101", "190101", "110199", "830001"]
)
def test_codes_that_never_were_are_refused(region: str) -> None:
    assert not region_known(region)


def test_nearly_all_codes_are_unknown() -> None:
    known = sum(region_known(f"{code:06d}") for code in range(320_000, 330_000))
    assert 250 < known < 400
