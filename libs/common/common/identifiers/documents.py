"""Identity documents other than the resident ID card: what their numbers look like, by kind.

Sources, by kind:
- `hmt_residence_permit` 港澳台居民居住证: measures of the State Council's office (国办发〔2018〕81号): a citizen's
  number of GB 11643 whose region is 810000 (Hong Kong), 820000 (Macao) or 830000 (Taiwan).
- `hk_macau_permit` 港澳居民来往内地通行证: H (Hong Kong) or M (Macao) and 8 digits for life; on cards from before 2013
  two more digits count the reissues.
- `taiwan_permit` 台湾居民来往大陆通行证: 8 digits for life on cards issued since 2015; 10 digits before, two of which
  count the reissues, and on some a letter in brackets behind.
- `foreign_permanent_resident` 外国人永久居留身份证: the National Immigration Administration for cards issued
  since 1 December 2023: 9, province (2), nationality as ISO 3166-1 numeric (3), birth date (8), serial (3), check
  digit of GB 11643. Cards of 2017 are valid until they expire: three letters of the nationality and 12 digits, whose
  check digit is not published.
- `passport` 护照: ICAO Doc 9303 part 4: at most 9 letters and digits.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Literal, get_args

from ..text import Text
from . import id_number
from .fault import Fault
from .id_number import birth_date, id_check_digit, id_number_faults
from .normalise import compact_number

DocumentKind = Literal[
    "resident_id",
    "passport",
    "hmt_residence_permit",
    "hk_macau_permit",
    "taiwan_permit",
    "foreign_permanent_resident",
]
DOCUMENT_KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)
DOCUMENT_TITLES: dict[DocumentKind, Text] = {
    "resident_id": Text("居民身份证", "resident ID card"),
    "passport": Text("护照", "passport"),
    "hmt_residence_permit": Text(
        "港澳台居民居住证", "residence permit for Hong Kong, Macao and Taiwan residents"
    ),
    "hk_macau_permit": Text(
        "港澳居民来往内地通行证", "mainland travel permit for Hong Kong and Macao residents"
    ),
    "taiwan_permit": Text("台湾居民来往大陆通行证", "mainland travel permit for Taiwan residents"),
    "foreign_permanent_resident": Text("外国人永久居留身份证", "foreign permanent resident ID card"),
}
WITH_RESIDENT_NUMBER: frozenset[DocumentKind] = frozenset({"resident_id", "hmt_residence_permit"})
"""Kinds whose number is a citizen's number of GB 11643."""

_HMT_REGIONS = ("810000", "820000", "830000")
_HK_MACAU = re.compile(r"[HM](?:[0-9]{8}|[0-9]{10})", re.ASCII)
_TAIWAN = re.compile(r"[0-9]{8}(?:[0-9]{2}(?:\([A-Z]\))?)?", re.ASCII)
_PASSPORT = re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{5,9}", re.ASCII)
_FOREIGN_2017 = re.compile(r"[A-Z]{3}[0-9]{12}", re.ASCII)
_FOREIGN_2023 = re.compile(r"9[0-9]{16}[0-9X]", re.ASCII)
_CORRECT = Text("请按证件原件核对后修改。", "Correct it from the document.")
MISSING = Fault(
    "document.missing",
    Text("没有填写证件号码。", "The document number is missing."),
    Text("请填写证件上的号码。", "Enter the number on the document."),
)
HMT_REGION = Fault(
    "document.region",
    Text(
        "港澳台居民居住证号码应以 810000、820000 或 830000 开头。",
        "The number of such a residence permit begins with 810000, 820000 or 830000.",
    ),
    Text(
        "请核对证件类型和号码；内地居民请选择身份证。",
        "Check kind and number; mainland residents choose ID card.",
    ),
)
FORMATS: dict[DocumentKind, Fault] = {
    "hk_macau_permit": Fault(
        "document.format",
        Text("港澳居民来往内地通行证号码应为 H 或 M 加8位数字。", "The number is H or M and 8 digits."),
        _CORRECT,
    ),
    "taiwan_permit": Fault(
        "document.format",
        Text(
            "台湾居民来往大陆通行证号码应为8位数字（旧证为10位）。",
            "The number has 8 digits (10 on older permits).",
        ),
        _CORRECT,
    ),
    "passport": Fault(
        "document.format",
        Text(
            "护照号码应为5至9位大写字母和数字。",
            "A passport number has 5 to 9 letters and digits, at least one digit.",
        ),
        _CORRECT,
    ),
    "foreign_permanent_resident": Fault(
        "document.format",
        Text(
            "外国人永久居留身份证号码应为9开头的18位，或3个字母加12位数字（旧证）。",
            "The number has 18 characters and begins with 9, or 3 letters and 12 digits on older cards.",
        ),
        _CORRECT,
    ),
}


def plain_document_number(text: str) -> str:
    """Return a document number as it was meant: no blanks, ASCII, capital letters, ASCII brackets."""
    return compact_number(text).upper()


def document_faults(kind: str, number: str, *, today: date | None = None) -> list[Fault]:
    """Return all that is wrong with a number of a kind of document; KeyError for an unknown kind.

    `number` as `plain_document_number` returns it. `today`: the business day, for births in the future.
    """
    if not number:
        return [MISSING if kind != "resident_id" else id_number.MISSING]
    return _RULES[kind](number, today)


def document_birth_date(kind: str, number: str) -> date | None:
    """Return the birth date that a document number holds, or None where it holds none."""
    if kind in WITH_RESIDENT_NUMBER or (
        kind == "foreign_permanent_resident" and _FOREIGN_2023.fullmatch(number)
    ):
        return birth_date(number)
    return None


def _hmt_faults(number: str, today: date | None) -> list[Fault]:
    faults = id_number_faults(number, today=today)
    return faults if number.startswith(_HMT_REGIONS) else [HMT_REGION, *faults]


def _foreign_faults(number: str, today: date | None) -> list[Fault]:
    if _FOREIGN_2017.fullmatch(number):
        return []
    if not _FOREIGN_2023.fullmatch(number):
        return [FORMATS["foreign_permanent_resident"]]
    faults = []
    if not id_number.was_born(number[6:14], today):
        faults.append(id_number.birth_fault(number[6:14], today))
    if number[17] != (expected := id_check_digit(number[:17])):
        faults.append(_checksum_fault(number[17], expected))
    return faults


def _checksum_fault(found: str, expected: str) -> Fault:
    message = Text(
        f"证件号码不合法：检验位应为{expected}，现为{found}。",
        f"The number is wrong: its check digit should be {expected}, it is {found}.",
    )
    return Fault("document.checksum", message, _CORRECT)


def _by_form(kind: DocumentKind, form: re.Pattern[str]) -> Callable[[str, date | None], list[Fault]]:
    return lambda number, _: [] if form.fullmatch(number) else [FORMATS[kind]]


_RULES: dict[str, Callable[[str, date | None], list[Fault]]] = {
    "resident_id": lambda number, today: id_number_faults(number, today=today),
    "hmt_residence_permit": _hmt_faults,
    "hk_macau_permit": _by_form("hk_macau_permit", _HK_MACAU),
    "taiwan_permit": _by_form("taiwan_permit", _TAIWAN),
    "passport": _by_form("passport", _PASSPORT),
    "foreign_permanent_resident": _foreign_faults,
}
