"""The values of a form's fields: the answers of a choice, and whether a typed value fits its field."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from ..contracts.pack import TenantPack
from ..contracts.pack.benefits import FixedBy
from ..contracts.pack.forms import FormField
from ..identifiers import Fault as NumberFault
from ..identifiers import (
    bank_card_faults,
    compact_number,
    credit_code_faults,
    id_number_faults,
    mobile_faults,
)
from ..text import Text
from .faults import Fault


def options_of(field: FormField, pack: TenantPack) -> dict[str, Text]:
    """Return the answers that a choice offers, by code."""
    if field.options:
        return {option.code: option.title.text() for option in field.options}
    if field.options_from == "illnesses":
        return {illness.code: illness.title.text() for illness in pack.illnesses}
    if field.options_from:
        formula = pack.benefit(field.options_from).formula
        if isinstance(formula, FixedBy):
            return {c.code: c.title.text() if c.title else Text(c.code, c.code) for c in formula.amounts}
    return {}


NUMBERS: dict[str, Callable[[str], Sequence[NumberFault]]] = {
    "id_number": id_number_faults,
    "mobile": mobile_faults,
    "bank_card": bank_card_faults,
    "credit_code": credit_code_faults,
}
"""What can be wrong with a number, by the type of its field."""
AMOUNT = re.compile(r"\d{1,40}(\.\d{1,40})?")
"""A plain decimal: no sign, no exponent."""


def money_of(text: str) -> Decimal | None:
    """Return an amount in yuan, None if the text is none (negative, more than two decimals, not a number)."""
    digits = text.replace(",", "").strip()
    if not AMOUNT.fullmatch(digits):
        return None
    amount = Decimal(digits)
    if amount >= Decimal(10) ** 12:
        return None
    return amount.quantize(Decimal("0.01")) if amount == amount.quantize(Decimal("0.01")) else None


def day_of(text: str) -> date | None:
    """Return a date written 2026-01-31, None if it is none."""
    try:
        return date.fromisoformat(text.strip()[:10]) if len(text.strip()) == 10 else None
    except ValueError:
        return None


def checked_value(field: FormField, text: str, *, pack: TenantPack, place: str) -> tuple[str, list[Fault]]:
    """Return a typed value in its stored form, and what is wrong with it."""
    value = text.strip()
    if field.set_to:
        fault = Fault(
            "field.set_by_platform",
            Text("此项由系统在提交时填写。", "This is filled in when the form is handed in."),
            place,
        )
        return value, [fault]
    if field.from_register:
        fault = Fault(
            "field.from_register",
            Text("此项取自参保登记，不能在此填写。", "This comes from the register and cannot be typed."),
            place,
        )
        return value, [fault]
    return typed_value(field, value, pack=pack, place=place)


def typed_value(field: FormField, text: str, *, pack: TenantPack, place: str) -> tuple[str, list[Fault]]:
    """Return a value in its stored form and what is wrong with it, wherever it came from."""
    value = text.strip()
    if not value:
        return value, []
    normal, message = _typed(field, value, pack)
    return normal, [Fault("field.invalid", message, place)] if message else []


def _typed(field: FormField, value: str, pack: TenantPack) -> tuple[str, Text | None]:
    """Return the stored form of a value and what is wrong with it, by the type of its field."""
    if field.type in {"money", "integer"}:
        return _number(field, value)
    if field.type == "date":
        day = day_of(value)
        return (
            (day.isoformat(), None)
            if day
            else (value, Text("日期格式应为 2026-01-31。", "Write 2026-01-31."))
        )
    if field.type == "choice":
        options = options_of(field, pack)
        wrong = Text("请从列表中选择。", "Choose one of the list.")
        return value, None if value in options else wrong
    if field.type == "yes_no":
        return value, None if value in {"yes", "no"} else Text("请选择 yes 或 no。", "Choose yes or no.")
    if field.type in NUMBERS:
        number = compact_number(value)
        number, rule = number.upper() if field.type == "credit_code" else number, NUMBERS[field.type]
        faults = rule(number)
        return number, Text(faults[0].message.zh, faults[0].message.en) if faults else None
    most = field.max_length or (2000 if field.type == "long_text" else 200)
    too_long = Text(f"最多 {most} 个字符。", f"At most {most} characters.")
    return value, too_long if len(value) > most else None


def _number(field: FormField, value: str) -> tuple[str, Text | None]:
    if field.type == "integer":
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            return value, Text("请填写整数。", "Enter a whole number.")
        number, stored = Decimal(value), str(int(value))
    else:
        amount = money_of(value)
        if amount is None:
            return value, Text(
                "请填写金额，最多两位小数，例如 600.00。",
                "Enter an amount with at most two decimals, such as 600.00.",
            )
        number, stored = amount, str(amount)
    if field.minimum is not None and number < field.minimum:
        return stored, Text(f"不能小于 {field.minimum}。", f"Must be at least {field.minimum}.")
    if field.maximum is not None and number > field.maximum:
        return stored, Text(f"不能大于 {field.maximum}。", f"Must be at most {field.maximum}.")
    return stored, None
