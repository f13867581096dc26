"""What stands in a cell, as text, exactly: numbers without .0 or exponent, dates in ISO form, escapes undone."""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

_EXACT_DIGITS = 15
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LAST_SERIAL = 2_958_466  # 31 December 9999
_MOST_PLACES = 300


class StoredNumber(str):
    """The text of a cell that Excel stores as a number; a cell that is text stays a plain str.

    Excel keeps 15 digits: of a longer number (ID number, bank card) the last ones are lost, whatever is displayed.
    """

    __slots__ = ()

    @property
    def digits_lost(self) -> bool:
        """Whether the number is too long to have survived as a number."""
        return len(self.lstrip("-").partition(".")[0]) > _EXACT_DIGITS


def number_text(raw: str) -> StoredNumber:
    """Return the number of a cell as a person would write it. Raises ValueError if it is none."""
    if raw.isdigit() and raw.isascii():
        return StoredNumber(raw)
    try:
        number = Decimal(raw)
        if not number.is_finite() or abs(number.adjusted()) > _MOST_PLACES:
            raise ValueError(raw[:40])
    except InvalidOperation as error:
        raise ValueError(raw[:40]) from error
    if number == number.to_integral_value():
        return StoredNumber(format(number, ".0f"))
    # Excel writes binary fractions such as 0.1 as 0.10000000000000001: 15 digits are what it means.
    return StoredNumber(format(float(raw), f".{_EXACT_DIGITS}g"))


def date_text(raw: str, *, since_1904: bool) -> str:
    """Return a date cell as 2026-01-31, with the time where it has one. Raises ValueError if it is no date."""
    serial = float(raw)
    if not 0 <= serial < _LAST_SERIAL:
        raise ValueError(raw[:40])
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
    moment = start + timedelta(seconds=round(serial * 86_400))
    return moment.date().isoformat() if moment.time() == moment.min.time() else moment.isoformat(" ")


def unescape(text: str) -> str:
    """Undo the _x000D_ escapes of Office Open XML (ECMA-376, ST_Xstring)."""
    return _ESCAPE.sub(_escaped, text) if "_x" in text else text


def _escaped(match: re.Match[str]) -> str:
    """Return the character meant; control characters and halves of surrogate pairs can be stored nowhere."""
    code = int(match[1], 16)
    if code < 0x20 and chr(code) not in "\t\n\r":
        return ""
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
