"""The sentences of shape faults in Chinese and English, by pydantic's stable error types."""

import re
from typing import Any

from .forms_in_words import form_in_words

_TEXT = {
    "missing": ("缺少必填项 {name}", "{name} is required"),
    "extra_forbidden": ("没有这个配置项，请检查拼写", "no such key: check the spelling"),
    "string_type": ("须为文本；编号等数字请加引号", "must be a text; put numbers that are codes in quotes"),
    "string_too_short": ("至少 {min_length} 个字符", "needs at least {min_length} characters"),
    "string_too_long": ("至多 {max_length} 个字符", "may have at most {max_length} characters"),
    "int_type": ("须为整数", "must be a whole number"),
    "int_from_float": ("须为整数", "must be a whole number"),
    "int_parsing": ("须为整数", "must be a whole number"),
    "bool_type": ("须为 true 或 false", "must be true or false"),
    "decimal_type": ("须为数字", "must be a number"),
    "decimal_parsing": ("须为数字", "must be a number"),
    "decimal_max_places": ("小数不能超过 {decimal_places} 位", "may have at most {decimal_places} decimals"),
    "decimal_max_digits": ("数字不能超过 {max_digits} 位", "may have at most {max_digits} digits"),
    "decimal_whole_digits": (
        "整数部分不能超过 {whole_digits} 位",
        "may have at most {whole_digits} digits before the point",
    ),
    "finite_number": ("须为有限的数字", "must be a finite number"),
    "greater_than": ("须大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("不能小于 {ge}", "must be at least {ge}"),
    "less_than": ("须小于 {lt}", "must be less than {lt}"),
    "less_than_equal": ("不能大于 {le}", "must be at most {le}"),
    "literal_error": ("只能是 {expected}", "must be {expected}"),
    "union_tag_invalid": (
        "种类 {tag} 不存在，只能是 {expected_tags}",
        "there is no kind {tag}; it must be {expected_tags}",
    ),
    "union_tag_not_found": ("缺少 kind", "kind is required"),
    "date_type": ("须为日期，如 2026-01-31", "must be a day such as 2026-01-31"),
    "date_parsing": ("须为存在的日期，如 2026-01-31", "must be a real day such as 2026-01-31"),
    "date_from_datetime_parsing": ("须为存在的日期，如 2026-01-31", "must be a real day such as 2026-01-31"),
    "date_from_datetime_inexact": ("只写日期，不写时间", "write the day without a time"),
    "uuid_parsing": ("须为 UUID", "must be a UUID"),
    "uuid_type": ("须为 UUID", "must be a UUID"),
    "too_short": ("至少要有 {min_length} 项", "needs at least {min_length} items"),
    "too_long": ("至多 {max_length} 项", "may have at most {max_length} items"),
    "tuple_type": ("须为列表，用方括号，如 [a, b]", "must be a list in brackets, such as [a, b]"),
    "dict_type": ("须为键值结构", "must hold keys and values"),
    "model_type": ("须为键值结构", "must hold keys and values"),
    "model_attributes_type": ("须为键值结构", "must hold keys and values"),
    "broken_rule": ("{zh}", "{en}"),
}


def sentence(kind: str, values: dict[str, Any]) -> tuple[str, str]:
    """Return the Chinese and the English sentence for an error type; pydantic's own words where it is a new one."""
    if kind == "string_pattern_mismatch":
        return form_in_words(values.get("pattern", ""))
    zh, en = _TEXT.get(kind, ("值不符合要求，请对照 pack.schema.json 修改", "{msg}"))
    try:
        return zh.format(**_listed(values, "、")), en.format(**_listed(values, ", "))
    except KeyError:
        return "值不符合要求", str(values.get("msg", kind))


_CHOICE = re.compile(r"'([^']*)'")


def _listed(values: dict[str, Any], between: str) -> dict[str, Any]:
    """Return the values with choices listed anew: pydantic joins them in English, in quotes."""
    found = {name: _CHOICE.findall(str(values.get(name, ""))) for name in ("expected", "expected_tags")}
    return values | {name: between.join(choices) for name, choices in found.items() if choices}
