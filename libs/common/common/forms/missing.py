"""Which fields of a form apply, and which of those are still to be filled."""

from collections.abc import Iterator, Mapping, Sequence

from ..contracts.pack.forms import FormField, When
from ..text import Text
from .faults import Fault

MUST_BE = Text(
    "{title_zh}：须选择“{answer_zh}”才能办理。", "{title_en}: this must be answered with “{answer_en}”."
)
ANSWERS = {"yes": Text("是", "yes"), "no": Text("否", "no")}
MISSING = Text("{title_zh}：此项必填，请填写。", "{title_en}: required, fill it in.")


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
            title = field.title.text()
            text = MISSING.format(title_zh=title.zh, title_en=title.en)
            yield Fault("field.missing", text, field.code)


def unfit_answers(fields: Sequence[FormField], answers: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for each answer that is not the only one the pack accepts (e.g. a health declaration)."""
    for field in answered(fields, answers):
        given = answers.get(field.code)
        if field.must_be and given and given != field.must_be:
            yield Fault("field.must_be", _must_be(field, field.must_be), field.code)


def _must_be(field: FormField, code: str) -> Text:
    titles = ANSWERS | {option.code: option.title.text() for option in field.options}
    wanted = titles.get(code, Text(code, code))
    title = field.title.text()
    return MUST_BE.format(title_zh=title.zh, title_en=title.en, answer_zh=wanted.zh, answer_en=wanted.en)
