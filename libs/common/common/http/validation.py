"""Sentences for what pydantic finds wrong with a request."""

import re
from typing import Any

from pydantic_core import PydanticCustomError

from ..text import Text
from .field_names import CHOSEN, choice, title_of

DATE = Text("日期格式应为 YYYY-MM-DD，例如 2026-01-31。", "Enter a date as YYYY-MM-DD, such as 2026-01-31.")
INSTANT = Text(
    "时间格式应为带时区的 YYYY-MM-DDThh:mm:ss+08:00，例如 2026-01-31T09:00:00+08:00。",
    "Enter a time with its zone, such as 2026-01-31T09:00:00+08:00.",
)
_HOUR = Text("时刻格式应为 09:00。", "Enter an hour such as 09:00.")
UNKNOWN_ID = Text("编号不正确，请刷新页面后重试。", "This is not a valid id. Reload and try again.")
PATTERNS = {
    r"^20\d\d-(0[1-9]|1[0-2])$": Text(
        "月份格式应为 YYYY-MM，例如 2026-01。", "Enter a month as YYYY-MM, such as 2026-01."
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": Text(
        "时间格式应为 hh:mm，例如 09:30。", "Enter a time as hh:mm, such as 09:30."
    ),
    r"^1[3-9][0-9]{9}$": Text("手机号应为1开头的11位数字。", "A mobile has 11 digits and begins with 1."),
}
"""What texts of known forms look like."""
SENTENCES: dict[str, Text] = {
    "missing": Text("此项必填。", "This is required."),
    "string_too_short": Text("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": Text("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": Text("格式不正确。", "This does not have the expected form."),
    "string_type": Text("请填写文字。", "Enter text."),
    "int_parsing": Text("请填写整数。", "Enter a whole number."),
    "int_type": Text("请填写整数。", "Enter a whole number."),
    "int_from_float": Text("请填写整数。", "Enter a whole number."),
    "float_parsing": Text("请填写数字。", "Enter a number."),
    "float_type": Text("请填写数字。", "Enter a number."),
    "finite_number": Text("请填写数字。", "Enter a number."),
    "decimal_parsing": Text("请填写金额，例如 600.00。", "Enter an amount such as 600.00."),
    "decimal_type": Text("请填写金额，例如 600.00。", "Enter an amount such as 600.00."),
    "decimal_max_digits": Text("最多 {max_digits} 位数字。", "At most {max_digits} digits."),
    "decimal_whole_digits": Text(
        "整数部分最多 {whole_digits} 位。", "At most {whole_digits} digits before the point."
    ),
    "decimal_max_places": Text("最多 {decimal_places} 位小数。", "At most {decimal_places} decimal places."),
    "greater_than": Text("必须大于 {gt}。", "Must be greater than {gt}."),
    "greater_than_equal": Text("不能小于 {ge}。", "Must be at least {ge}."),
    "less_than": Text("必须小于 {lt}。", "Must be less than {lt}."),
    "less_than_equal": Text("不能大于 {le}。", "Must be at most {le}."),
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "date_parsing": DATE,
    "date_type": DATE,
    "datetime_parsing": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "datetime_type": INSTANT,
    "timezone_aware": Text(
        "时间须写明时区，例如 2026-01-31T09:00:00+08:00。",
        "Give the time with its zone, such as 2026-01-31T09:00:00+08:00.",
    ),
    "time_type": _HOUR,
    "time_parsing": _HOUR,
    "uuid_type": UNKNOWN_ID,
    "uuid_parsing": UNKNOWN_ID,
    "enum": Text("只能选择：{expected}。", "Choose one of: {expected}."),
    "literal_error": Text("只能选择：{expected}。", "Choose one of: {expected}."),
    "bool_parsing": Text("请选择是或否。", "Choose yes or no."),
    "bool_type": Text("请选择是或否。", "Choose yes or no."),
    "list_type": Text("请填写列表。", "Give a list."),
    "dict_type": Text("请填写各项名称和值。", "Give names and their values."),
    "model_attributes_type": Text("请填写各项名称和值。", "Give names and their values."),
    "refused": Text("{zh}", "{en}"),
    "extra_forbidden": Text("没有这一项，请删去。", "There is no such field; remove it."),
    "json_invalid": Text("内容不是有效的 JSON。", "The body is not valid JSON."),
    "consent_missing": Text(
        "请先阅读并同意隐私声明，再继续办理。", "Read the privacy statement and consent to it first."
    ),
    "reason_missing": Text("请写明原因，不能为空。", "Say why: the reason is blank."),
    "too_long": Text("最多 {max_length} 项。", "At most {max_length} items."),
    "too_short": Text("至少 {min_length} 项。", "At least {min_length} items."),
}
_CHOICE = re.compile(r"'([^']*)'")
FALLBACK = Text("内容不正确。", "This is not valid.")


def refused(zh: str, en: str) -> PydanticCustomError:
    """Return the error that a request's own validator raises: its sentence is what the caller reads."""
    return PydanticCustomError("refused", "{en}", {"zh": zh, "en": en})


EMPTY = frozenset({"missing", "string_type", "string_too_short", "date_type", "decimal_type", "int_type"})
"""Faults that a field which was left empty has."""


def describe(item: dict[str, Any], language: str, *, path: str = "") -> dict[str, Any]:
    """Return one entry of a problem's `errors`: field, code and sentence; never the value itself.

    The sentence calls the field by its title and choices by their words, where people know it by a title.
    """
    kind, context = str(item.get("type", "")), item.get("ctx") or {}
    place = [str(part) for part in item.get("loc", ()) if part != "body"]
    title = title_of(place, path=path)
    text = _titled(item, title, place) if title else _sentence(kind, context)
    return {"field": ".".join(place), "code": kind, "message": text.in_language(language)}


def _titled(item: dict[str, Any], title: Text, place: list[str]) -> Text:
    """Return what is wrong with a field that has a title: left empty, not one of the choices, or as the rule says."""
    kind, context = str(item.get("type", "")), item.get("ctx") or {}
    if kind == "refused":
        return _sentence(kind, context)
    if kind in {"enum", "literal_error"}:
        zh, en = _choices(context)
        return Text(f"请选择{title.zh}：{zh}。", f"Choose the {title.en}: {en}.")
    empty = item.get("input") in (None, "") or kind == "missing"
    if kind in EMPTY and empty:
        if place[-1:] and place[-1] in CHOSEN:
            return Text(f"请选择{title.zh}。", f"Choose the {title.en}.")
        return Text(f"请填写{title.zh}。", f"Enter the {title.en}.")
    text = _sentence(kind, context)
    return Text(f"{title.zh}：{text.zh}", f"{title.en[0].upper()}{title.en[1:]}: {text.en}")


def _sentence(kind: str, context: dict[str, Any]) -> Text:
    text = SENTENCES.get(kind, FALLBACK)
    if kind == "string_pattern_mismatch":
        text = PATTERNS.get(str(context.get("pattern")), text)
    zh, en = _choices(context)
    try:
        return Text(
            text.zh.format(**({**context, "expected": zh} if zh else context)),
            text.en.format(**({**context, "expected": en} if en else context)),
        )
    except (KeyError, IndexError):
        return FALLBACK


def _choices(context: dict[str, Any]) -> tuple[str, str]:
    """Return the choices in words; pydantic joins their codes in English, so they are listed anew."""
    words = [choice(code) for code in _CHOICE.findall(str(context.get("expected", "")))]
    return "、".join(word.zh for word in words), ", ".join(word.en for word in words)
