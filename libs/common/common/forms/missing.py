"""Which fields of a form apply, and which of those are still to be filled."""

from collections.abc import Iterator, Mapping, Sequence

from ..contracts.pack.forms import FormField, When
from ..text import Text
from .faults import Fault

MISSING = Text("此项必填，请填写。", "Required: fill it in.")


def condition_holds(when: When | None, answers: Mapping[str, str]) -> bool:
    """Say whether a condition of a field or document is met by the answers, which are keyed by field."""
    return when is None or answers.get(when.field) in when.is_one_of


def answered(fields: Sequence[FormField], answers: Mapping[str, str]) -> list[FormField]:
    """Return the fields that apply to these answers, in the form's order."""
    return [field for field in fields if condition_holds(field.when, answers)]


def missing_fields(fields: Sequence[FormField], answers: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for each required field that applies and has no answer."""
    for field in answered(fields, answers):
        if field.required and not answers.get(field.code):
            yield Fault("field.missing", MISSING, field.code)
