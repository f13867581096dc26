"""The fields of an application and their values, and where each came from; what fits a field is in common.forms."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from common.contracts.pack import ClaimKind
from common.contracts.pack.forms import FormField, When
from common.forms import Fault, checked_value, day_of, money_of, options_of

__all__ = [
    "WHOLE",
    "Fault",
    "FieldValue",
    "Form",
    "Key",
    "checked_value",
    "day_of",
    "dump_form",
    "field_of",
    "holds",
    "load_form",
    "money_of",
    "options_of",
    "place_of",
    "stays_of",
]

WHOLE = 0
"""The stay number of what belongs to the claim as a whole; stays count from 1."""
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value of a field. `source`: recognized on a document, or typed by a person.

    `corrected` marks a typed value that replaced what had been read; `read` keeps what stood there.
    """

    code: str
    stay: int
    value: str
    source: str
    confidence: float | None = None
    verified: bool = False
    corrected: bool = False
    read: str | None = None
    document_id: str | None = None


Form = Mapping[Key, FieldValue]


def load_form(data: Iterable[dict[str, Any]]) -> dict[Key, FieldValue]:
    """Read what `dump_form` wrote."""
    values = [FieldValue(**item) for item in data]
    return {(value.code, value.stay): value for value in values}


def dump_form(form: Form) -> list[dict[str, Any]]:
    """Return plain JSON of a form."""
    return [asdict(form[key]) for key in sorted(form, key=lambda key: (key[1], key[0]))]


def place_of(code: str, stay: int) -> str:
    """Name a field in a problem: "total_cost" or "stays.1.total_cost"."""
    return code if stay == WHOLE else f"stays.{stay}.{code}"


def field_of(kind: ClaimKind, code: str, stay: int) -> FormField | None:
    """Return the field with this code, if it belongs to the whole claim (stay 0) or to a stay; else None."""
    fields = kind.form.fields if stay == WHOLE else (kind.stays.fields if kind.stays else ())
    return next((field for field in fields if field.code == code), None)


def holds(when: When | None, form: Form, stay: int) -> bool:
    """Say whether a condition of a field or document is met."""
    if when is None:
        return True
    value = form.get((when.field, stay)) or form.get((when.field, WHOLE))
    return value is not None and value.value in when.is_one_of


def stays_of(kind: ClaimKind, form: Form, document_stays: Iterable[int] = ()) -> list[int]:
    """Return the numbers of the stays that the application speaks of; at least one where the kind has stays."""
    if kind.stays is None:
        return []
    return sorted(
        {stay for _, stay in form if stay != WHOLE} | {s for s in document_stays if s != WHOLE} | {1}
    )
