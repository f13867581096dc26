"""What a claim is called in lists: its kind, the reason, hospital and days as far as they are known. Pure."""

from collections.abc import Iterator, Mapping

from common.contracts.pack import ClaimKind, TenantPack
from common.contracts.pack.forms import FormField
from common.text import Text

from .form import FieldValue, Key, options_of

BETWEEN = " · "


def heading_of(kind: ClaimKind, pack: TenantPack, form: Mapping[Key, FieldValue]) -> Text:
    """Return e.g. 住院 · 无锡市人民医院 · 2026-10-01至2026-10-09; never an illness, which lists do not show."""
    parts = [kind.title.text(), *_reason(kind, pack, form), *_hospital(kind, form), *_days(kind, form)]
    return Text(BETWEEN.join(part.zh for part in parts), BETWEEN.join(part.en for part in parts))


def _reason(kind: ClaimKind, pack: TenantPack, form: Mapping[Key, FieldValue]) -> Iterator[Text]:
    for field in kind.form.fields:
        values = _values(field, form)
        if field.input == "reason" and field.type == "choice" and values:
            chosen = options_of(field, pack).get(values[0])
            if chosen is not None:
                yield chosen


def _hospital(kind: ClaimKind, form: Mapping[Key, FieldValue]) -> Iterator[Text]:
    names = _of_input(kind, form, "hospital")
    if len(names) == 1:
        yield Text(names[0], names[0])
    elif names:
        yield Text(f"{names[0]}等{len(names)}次", f"{names[0]} and {len(names) - 1} more")


def _days(kind: ClaimKind, form: Mapping[Key, FieldValue]) -> Iterator[Text]:
    first = min(_of_input(kind, form, "admission_date"), default="")
    last = max(_of_input(kind, form, "discharge_date"), default="")
    if first and last and first != last:
        yield Text(f"{first}至{last}", f"{first} to {last}")
    elif first or last:
        yield Text(first or last, first or last)


def _of_input(kind: ClaimKind, form: Mapping[Key, FieldValue], name: str) -> list[str]:
    return [value for field in kind.all_fields if field.input == name for value in _values(field, form)]


def _values(field: FormField, form: Mapping[Key, FieldValue]) -> list[str]:
    """Return what was entered for a field, in the order of the stays."""
    found = sorted(
        (stay, value.value) for (code, stay), value in form.items() if code == field.code and value.value
    )
    return [str(value) for _, value in found]
