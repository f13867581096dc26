"""Turns printed text into canonical values by kind: amounts, dates, numbers, names, institutions. Pure.

Each reader looks at the beginning of the text only and answers None where no value of the kind stands there, so
that a wrong neighbour is left alone rather than bent into shape.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ocr.recognition.capitals import find_capitals
from ocr.recognition.ethnic import read_ethnic

CJK = "\u3400-\u9fff\U00020000-\U0003ffff"
_HEAD = re.compile(r"^[\s::;.,、|_\-¥$*【\[(]+")
_AMOUNT = re.compile(
    r"^(?P<value>\d{1,3}(?:[,.]\d{3})+[.:]\d{2}|\d{1,9}[.:]\d{2}|\d{1,9}\.\d|\d{1,5}(?=元|$))(?![\d.:%]|,\d)\s*(?:元)?"
)
_DATE = re.compile(
    r"^(?P<y>(?:19|20)\d{2})\s*(?:[-.,/年]\s*(?P<m>\d{1,2})\s*[-.,/月]\s*(?P<d>\d{2}|\d)(?!\d{3})|(?P<m2>\d{2})(?P<d2>\d{2})(?!\d))"
)
_INSTITUTION = re.compile(
    rf"[{CJK}()A-Za-z0-9·]*?(?:医院|卫生院|保健院|保健所|卫生服务中心|卫生服务站|医疗中心|医学中心|防治院|疗养院|诊所|"
    rf"门诊部|防治所|急救中心)(?:\([{CJK}]{{1,8}}\)|[{CJK}]{{1,6}}(?:分院|院区))?"
)
_STAMP = re.compile(r"(?:住院|门诊|医疗|票据|收费|财务|结算|发票|医保){0,3}专用章?$")
_NAME_STOP = ("性别", "年龄", "男", "女")


class Kind(StrEnum):
    """Kinds of values."""

    AMOUNT = "amount"
    CAPITALS = "capitals"
    DATE = "date"
    PERIOD = "period"
    DAYS = "days"
    CODE = "code"
    NUMBER = "number"
    CHECK_CODE = "check_code"
    RECEIPT_CODE = "receipt_code"
    RECEIPT_NUMBER = "receipt_number"
    NAME = "name"
    INSTITUTION = "institution"
    SEX = "sex"
    ETHNIC = "ethnic"
    ID_NUMBER = "id_number"
    TEXT = "text"


def _strip(text: str) -> str:
    return _HEAD.sub("", text).strip()


def read_amount(text: str) -> str | None:
    """`1573.51` of `¥1,573.51`; whole yuan and one place are completed; percentages are none."""
    tight = re.sub(r"(?<=[\d.,])\s+(?=[\d.,])", "", _strip(text))
    found = _AMOUNT.match(tight)
    if found is None or re.match(rf"[{CJK}A-Za-z]", tight[found.end() :]):
        return None
    raw = found["value"]
    if re.match(r"0\d", raw):  # a misread first digit: nobody prints leading zeros
        return None
    raw = raw.replace(":", ".")
    if re.search(r"[.,]\d{3}[.,]", raw):
        raw = re.sub(r"[.,](?=\d{3}[.,])", "", raw)
    return f"{Decimal(raw):.2f}"


def read_capitals(text: str) -> str | None:
    """The amount in capitals as it is printed."""
    found = find_capitals(text)
    return found[0] if found else None


def find_date(text: str) -> tuple[str, int] | None:
    """The date at the beginning of the text in ISO form, and where it ends."""
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        day = date(int(found["y"]), int(found["m"] or found["m2"]), int(found["d"] or found["d2"]))
    except ValueError:
        return None
    return day.isoformat(), found.end()


def read_date(text: str) -> str | None:
    """`2024-11-20` of `2024年11月20日`, `20241120` and the like."""
    found = find_date(_strip(text))
    return found[0] if found else None


def read_period(text: str) -> str | None:
    """`2024-11-14/2024-11-20` of two dates with a dash or one misread sign between them; a date not read is empty."""
    rest = _strip(text)
    first = find_date(rest)
    if first is None:
        return None
    between = re.match(r"^\s*日?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?\s*(?:[^\d\s]{1,3})?\s*", rest[first[1] :])
    second = find_date(rest[first[1] + (between.end() if between else 0) :])
    return f"{first[0]}/{second[0] if second else ''}"


def read_name(text: str) -> str | None:
    """Two to fifteen Chinese characters, with the dot of minority names; a Latin name of a passport."""
    rest = _strip(text)
    for stop in _NAME_STOP:
        if rest.find(stop) > 1 and len(stop) > 1:
            rest = rest[: rest.find(stop)]
    found = re.match(rf"^[{CJK}](?:\s?[{CJK}·•]){{1,14}}", rest) or re.match(
        r"^[A-Z][A-Za-z.' -]{2,40}$", rest
    )
    if found is None or re.search(r"医院|金额|支付|费", found[0]):
        return None
    return re.sub(r"\s", "", found[0]).replace("•", "·") if found[0][0] > "z" else found[0].strip()


def read_institution(text: str) -> str | None:
    """The name that follows its label: a run of four Chinese characters and more, words of a stamp cut off."""
    rest = re.sub(r"^[\s:.,|_\-]*(?:\(.{0,2}章\))?[\s:.,|_\-]*", "", text)
    found = re.match(rf"[{CJK}()·]{{4,40}}", re.sub(r"\s", "", rest))
    name = _STAMP.sub("", found[0]) if found else ""
    return name if len(name) >= 4 else None


def find_institution(text: str) -> str | None:
    """The name of a hospital at the beginning of a heading, the paper's own title not included."""
    found = _INSTITUTION.match(re.sub(r"\s", "", text))
    return found[0] if found and len(found[0]) >= 4 else None


def _pattern(expression: str) -> Callable[[str], str | None]:
    compiled = re.compile(expression)

    def read(text: str) -> str | None:
        found = compiled.match(_strip(text))
        return re.sub(r"\s", "", found[found.lastindex or 0]) if found else None

    return read


def read_text(text: str) -> str | None:
    """Whatever stands there."""
    return re.sub(r"^[\s:.,|_]+", "", text).strip() or None


READERS: dict[Kind, Callable[[str], str | None]] = {
    Kind.AMOUNT: read_amount,
    Kind.CAPITALS: read_capitals,
    Kind.DATE: read_date,
    Kind.PERIOD: read_period,
    Kind.DAYS: _pattern(r"^(\d{1,4})\s*(?:天|日|$)"),
    Kind.CODE: _pattern(r"^([A-Za-z]{0,4}\d[\dA-Za-z-]{2,24})(?![\dA-Za-z])"),
    Kind.NUMBER: _pattern(r"^((?:\d\s?){12,19})(?!\d)"),
    Kind.CHECK_CODE: _pattern(r"^([0-9A-Za-z]{6}|(?:\d\s?){20})(?![0-9A-Za-z])"),
    Kind.RECEIPT_CODE: _pattern(r"^(\d{8,12})(?!\d)"),
    Kind.RECEIPT_NUMBER: _pattern(r"^([A-Za-z]{0,2}(?:\d\s?){6,20})(?![\dA-Za-z])"),
    Kind.NAME: read_name,
    Kind.INSTITUTION: read_institution,
    Kind.SEX: _pattern(r"^([男女])"),
    Kind.ETHNIC: read_ethnic,
    Kind.ID_NUMBER: _pattern(r"^((?:\d\s?){17}[\dXx])(?![\dXx])"),
    Kind.TEXT: read_text,
}
