"""Recognises personal data in what is about to be logged; where in doubt it is taken for personal.

Numbers of people are long runs of digits: mobiles 11, bank cards 13 to 19 (ISO/IEC 7812), ID numbers 15 or 18
(GB 11643, whose last place may be X). Names of people cannot be recognised: what is logged or raised must not
hold them, and a value under one of the names below is never shown.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

MASK = "***"
PERSONAL_NAMES = frozenset(
    {
        *("authorization", "cookie", "password", "secret", "token", "signature", "otp", "code_sent"),
        *("id_number", "idcard", "id_card", "mobile", "phone", "telephone", "email", "address"),
        *("card", "bank_card", "card_number", "card_no", "account_no", "account_number"),
        *("name", "full_name", "person_name", "member_name", "payee", "filename", "file_name"),
        *(
            "birthday",
            "birth_date",
            "date_of_birth",
            "diagnosis",
            "body",
            "payload",
            "plaintext",
            "ciphertext",
        ),
    }
)
PERSONAL_ENDINGS = tuple(
    f"_{end}"
    for end in ("mobile", "phone", "id_number", "card_number", "password", "secret", "token", "cookie")
)
SHOWN_TYPES = (str, UUID, date, timedelta, Decimal, Enum, PurePath)

_HARMLESS = "|".join(
    [
        r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",  # UUID
        r"\b00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b",  # traceparent
        r"\b(?=[0-9]*[a-f])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b",  # digests, trace ids
        # a time or a day
        r"\b(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::\d\d(?:\.\d{1,9})?)?|\b(?!-?\d))",
    ]
)
_NUMBERS = re.compile(rf"(?P<harmless>{_HARMLESS})|\+?\d(?:[\s\-·]{{0,2}}\d){{10,}}[Xx]?")
# What to look for first (in lower case), what is replaced, by what. Lengths are bounded: hostile text stays cheap.
_MASKED: list[tuple[str, re.Pattern[str], str]] = [
    ("://", re.compile(r"(://[^:/@\s]{0,64}:)[^@/\s]{1,256}@"), rf"\1{MASK}@"),  # password in an address
    ("?", re.compile(r"\?[^\s\"'<>?]*=[^\s\"'<>]*"), f"?{MASK}"),  # query string
    ("bearer", re.compile(r"\b(Bearer)\s+[^\"'\n]+", re.IGNORECASE), rf"\1 {MASK}"),
    ("basic", re.compile(r"\b(Basic)\s+[^\"'\n]+", re.IGNORECASE), rf"\1 {MASK}"),
    ("aws4-hmac", re.compile(r"\b(AWS4-HMAC-SHA256)\s+[^\"'\n]+", re.IGNORECASE), rf"\1 {MASK}"),
    ("eyj", re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), MASK),  # JWT
    ("1.", re.compile(r"\b[sl]1\.[\w-]+\.[\w-]+(\.[\w-]*)?"), MASK),  # our own sealed values and links
    ("@", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}"), MASK),  # mail address
    (
        "input_value=",
        re.compile(r"input_value=.*?, input_type="),
        f"input_value={MASK}, input_type=",
    ),  # pydantic
    ("[parameters: ", re.compile(r"\[parameters: .*"), f"[parameters: {MASK}]"),  # SQLAlchemy
    ("detail: ", re.compile(r"DETAIL: .*"), f"DETAIL: {MASK}"),  # PostgreSQL quotes rows here
    ("context: ", re.compile(r"CONTEXT: .*"), f"CONTEXT: {MASK}"),
]
LONGEST = 4000


def redact(text: str) -> str:
    """Return the text with long digit runs, query strings, secrets and quoted values of errors masked.

    What is longer than 4000 characters is cut.
    """
    if len(text) > LONGEST:
        text = text[:LONGEST].rstrip("0123456789 -·") + "…"  # no half of a number at the end
    lower = text.lower()
    for needle, pattern, replacement in _MASKED:
        if needle in lower:
            text = pattern.sub(replacement, text)
    return _NUMBERS.sub(lambda found: found["harmless"] or MASK, text)


def is_personal(text: str) -> bool:
    """Whether `redact` would change the text."""
    return redact(text) != text


def is_personal_name(name: str) -> bool:
    """Whether a value under this name is never shown ("Id-Number" counts as "id_number")."""
    plain = name.lower().replace("-", "_")
    return plain in PERSONAL_NAMES or plain.endswith(PERSONAL_ENDINGS)


def clean(value: Any, *, depth: int = 8) -> Any:
    """Return a value fit for a log, all levels deep.

    Texts are redacted, big integers, bytes and personal fields masked; of an object of any other class only
    the class is shown, because its text form may hold anything.
    """
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and not isinstance(value, Enum):
        return value if abs(value) < 10**10 else MASK
    if isinstance(value, dict) and depth:
        return {redact(str(key)): _clean_field(str(key), item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [clean(item, depth=depth - 1) for item in value]
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {redact(str(value))}"
    if isinstance(value, SHOWN_TYPES):
        return redact(str(value))
    return f"<{type(value).__name__}>"


def _clean_field(name: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    return MASK if is_personal_name(name) else clean(value, depth=depth - 1)
