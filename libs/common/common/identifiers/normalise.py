"""What people type and what is meant: full-width characters, invisible characters, blanks of every kind."""

import re
import unicodedata
from functools import lru_cache

_FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MIDDLE_DOTS: dict[int, int | str] = dict.fromkeys(map(ord, "•‧∙⋅・･"), "·")
_FULL_WIDTH_LETTER = re.compile("[\uff01-\uff5e]")
_BLANKS = re.compile("[ \u00a0\u3000]+")
_BLANK_BESIDE = re.compile(
    "(?<=[\u2e80-\u2fff\u3001-\uffef])[ \u00a0\u3000]+|[ \u00a0\u3000]+(?=[\u2e80-\u2fff\u3001-\uffef])"
)
_PLAIN = str.maketrans(_FULL_WIDTH)
_PLAIN_NAME = str.maketrans({**_FULL_WIDTH, **_MIDDLE_DOTS})


def plain_number(text: str) -> str:
    """Return a number as it was meant: full-width characters made ASCII, without blanks around it.

    Invisible characters go; blanks inside stay: whether they are a fault is the rule's decision.
    """
    return text if text.isascii() and text.isalnum() else _visible(text).translate(_PLAIN).strip()


def compact_number(text: str) -> str:
    """Return a number without any blanks: cards and mobiles are often written in groups (6228 0455 …)."""
    plain = plain_number(text)
    return plain if plain.isalnum() else "".join(plain.split())


def plain_name(text: str) -> str:
    """Return a name with the one middle dot · of GB 18030 and ASCII letters; blanks stay, as faults."""
    return (
        text
        if text.isalpha() and not _FULL_WIDTH_LETTER.search(text)
        else _visible(text).translate(_PLAIN_NAME)
    )


def plain_full_name(text: str) -> str:
    """Return the full name of an organisation: no blank beside a Chinese character, one between words of letters.

    Line breaks and the like stay, as faults.
    """
    return _BLANKS.sub(" ", _BLANK_BESIDE.sub("", _visible(text))).strip()


@lru_cache(maxsize=4096)
def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _visible(text: str) -> str:
    return text if text.isascii() else "".join(c for c in text if not _is_invisible(c))
