"""The ID number 公民身份号码: region (6), birth date (8), serial (3), check digit. Source: GB 11643-1999."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal

from .. import clock
from ..text import Text
from .fault import Fault
from .regions import region_known

Sex = Literal["female", "male"]
LENGTH = 18
LONGEST_LIFE = 130
"""Years that nobody has lived; the oldest person known became 122."""
_RIGHT_FORM = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_RIGHT_CHARACTERS = re.compile(r"[0-9]*[0-9Xx]", re.ASCII)

_CORRECT = Text("请按身份证原件核对后修改。", "Correct it from the ID card.")
MISSING = Fault(
    "id.missing",
    Text("没有填写身份证号。", "The ID number is missing."),
    Text("请填写18位身份证号。", "Enter the 18 characters."),
)
LOWERCASE_X = Fault(
    "id.lowercase_x",
    Text("身份证号末位的 x 是小写。", "The last character of the ID number is a small x."),
    Text("请改为大写 X。", "Write a capital X."),
)
CHARACTERS = Fault(
    "id.characters",
    Text(
        "身份证号中有不允许的字符：前17位只能是数字，末位只能是数字或大写 X。",
        "The ID number has characters that do not belong: 17 digits, then a digit or X.",
    ),
    _CORRECT,
)
DIGITS_LOST = Fault(
    "id.characters",
    Text(
        "身份证号在表格中被存成了数字，Excel 只保留前15位，后面的数字已丢失。",
        "The cell is a number: Excel keeps 15 digits only, the last digits of the ID number are lost.",
    ),
    Text("请把该列设为“文本”格式后重新填写。", "Format the column as text, then enter the number again."),
)


def id_number_faults(number: str, *, today: date | None = None) -> list[Fault]:
    """Return all that is wrong with an ID number; an empty list means that it is right.

    `number` as typed, without blanks around it. `today`: the business day, for births in the future.
    Of a number of another length, or with characters that do not belong, only those parts are judged that
    still stand where they should.
    """
    if not number:
        return [MISSING]
    today = today or clock.today()
    if _is_right(number, today):
        return []
    faults = []
    if len(number) != LENGTH:
        faults.append(_length_fault(len(number)))
    if not _RIGHT_CHARACTERS.fullmatch(number):
        faults.append(CHARACTERS)
    if len(number) == LENGTH:
        faults += _part_faults(number, today)
    elif number.endswith("x"):
        faults.append(LOWERCASE_X)
    return faults


def id_check_digit(first17: str) -> str:
    """Return the check digit of the first 17 digits. Source: ISO 7064 MOD 11-2 as in GB 11643.

    The weights are powers of 2 modulo 11; 13 is 2 modulo 11, so the digits read to base 13 give the same sum.
    """
    return "10X98765432"[(int(first17, 13) * 2) % 11]


def birth_date(number: str) -> date | None:
    """Return the birth date in an ID number of 18 characters, or None where it is no real date."""
    return _date_of(number[6:14]) if len(number) == LENGTH and _is_digits(number[6:14]) else None


def sex_of(number: str) -> Sex | None:
    """Return the sex in an ID number (17th digit: odd is male, even female), or None where there is none."""
    digit = number[16:17] if len(number) == LENGTH else ""
    if not _is_digits(digit):
        return None
    return "male" if int(digit) % 2 else "female"


def _is_right(number: str, today: date) -> bool:
    """Whether nothing is wrong: nearly all numbers are right, and most of them are asked for in large files."""
    return bool(
        _RIGHT_FORM.fullmatch(number)
        and number[17] == id_check_digit(number[:17])
        and was_born(number[6:14], today)
        and region_known(number[:6])
    )


def _part_faults(number: str, today: date) -> Iterator[Fault]:
    """Yield the faults of the parts of a number of 18 characters, as far as each part is made of digits."""
    if number[17] == "x":
        yield LOWERCASE_X
    region, born, first17 = number[:6], number[6:14], number[:17]
    if _is_digits(region) and not region_known(region):
        yield _region_fault(region)
    if _is_digits(born) and not was_born(born, today):
        yield birth_fault(born, today)
    last = number[17].upper()
    if _is_digits(first17) and last in "0123456789X" and last != (expected := id_check_digit(first17)):
        yield _checksum_fault(last, expected)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def was_born(text: str, today: date | None = None) -> bool:
    """Say whether eight digits are a real birth date that has come, of somebody who may be alive."""
    day, today = _date_of(text), today or clock.today()
    return day is not None and today.year - LONGEST_LIFE <= day.year and day <= today


@lru_cache(maxsize=65_536)
def _date_of(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _length_fault(length: int) -> Fault:
    advice = (
        _CORRECT
        if length != 15
        else Text(
            "15位的第一代号码已停用，请填写18位号码。", "Numbers of 15 digits ended in 2013: enter the 18."
        )
    )
    return Fault(
        "id.length",
        Text(f"身份证号应为18位，现为{length}位。", f"An ID number has 18 characters, this has {length}."),
        advice,
    )


def _region_fault(region: str) -> Fault:
    return Fault(
        "id.region",
        Text(
            f"身份证号前6位 {region} 从来不是行政区划代码。",
            f"The first six digits {region} never were a region code.",
        ),
        _CORRECT,
    )


def birth_fault(born: str, today: date | None = None) -> Fault:
    """Return what is wrong with a birth date that is none, or of nobody who lives."""
    years = (today or clock.today()).year - int(born[:4])
    if _date_of(born) is not None and years > LONGEST_LIFE:
        return Fault(
            "id.birthdate",
            Text(
                f"身份证号第7至14位 {born} 表示此人已{years}岁，不会是真实的出生日期。",
                f"By digits 7 to 14, {born}, the person would be {years} years old.",
            ),
            _CORRECT,
        )
    return Fault(
        "id.birthdate",
        Text(
            f"身份证号第7至14位 {born} 不是真实的出生日期。",
            f"Digits 7 to 14, {born}, are no real birth date.",
        ),
        _CORRECT,
    )


def _checksum_fault(found: str, expected: str) -> Fault:
    return Fault(
        "id.checksum",
        Text(
            f"身份证号不合法：检验位应为{expected}，现为{found}。",
            f"The ID number is wrong: its check digit should be {expected}, it is {found}.",
        ),
        Text(
            "号码中至少有一位填错，请按身份证原件核对后修改；已登记的会员请办理信息变更。",
            "At least one digit is wrong: correct it from the ID card; of a member, change the data.",
        ),
    )
