"""Forms as data: conditions, values, what is missing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.pack import TenantPack
from common.contracts.pack.forms import FormField
from common.forms import answered, checked_value, day_of, missing_fields, money_of, typed_value

TITLE = {"zh": "项", "en": "Item"}


def field(code: str, kind: str, **more: object) -> FormField:
    return FormField.model_validate({"code": code, "type": kind, "title": TITLE, **more}, strict=False)


FIELDS = (
    field("reason", "choice", options=[{"code": "birth", "title": TITLE}, {"code": "death", "title": TITLE}]),
    field("payee", "text", when={"field": "reason", "is_one_of": ["death"]}),
    field("note", "long_text", required=False),
)


def test_a_condition_brings_its_field_and_its_absence_is_a_fault() -> None:
    assert [f.code for f in answered(FIELDS, {"reason": "birth"})] == ["reason", "note"]
    (fault,) = missing_fields(FIELDS, {})
    assert (fault.field, fault.text.zh) == ("reason", f"{TITLE['zh']}：此项必填，请填写。")
    assert [fault.field for fault in missing_fields(FIELDS, {"reason": "death"})] == ["payee"]
    assert not list(missing_fields(FIELDS, {"reason": "death", "payee": "王芳"}))


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [("integer", "02", "2"), ("money", "1,200.5", "1200.50"), ("date", "2024-02-29", "2024-02-29"),
     ("yes_no", "yes", "yes"), ("mobile", "138 0013 8000", "13800138000")],
)  # fmt: skip
def test_values_take_their_stored_form(wuxi_pack: TenantPack, kind: str, typed: str, stored: str) -> None:
    assert typed_value(field("f", kind), typed, pack=wuxi_pack, place="f") == (stored, [])


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("integer", "1.5"), ("integer", "-1"), ("money", "1.234"), ("date", "2023-02-29"), ("yes_no", "maybe"),
     ("mobile", "123"), ("id_number", "320211198503120011")],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_named_with_its_field(
    wuxi_pack: TenantPack, kind: str, typed: str
) -> None:
    _, faults = typed_value(field("f", kind), typed, pack=wuxi_pack, place="f")
    assert [(fault.code, fault.field) for fault in faults] == [("field.invalid", "f")]
    assert faults[0].text.zh and faults[0].text.en


def test_limits_hold(wuxi_pack: TenantPack) -> None:
    limited = field("shares", "integer", minimum=Decimal(1), maximum=Decimal(3))
    for value, fits in (("0", False), ("1", True), ("3", True), ("4", False)):
        assert (not typed_value(limited, value, pack=wuxi_pack, place="")[1]) is fits


def test_what_the_register_says_cannot_be_typed(wuxi_pack: TenantPack) -> None:
    registered = field("name", "text", from_register="name")
    assert checked_value(registered, "王芳", pack=wuxi_pack, place="name")[1][0].code == "field.from_register"


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_every_amount_is_read_as_it_is_written(amount: Decimal) -> None:
    assert money_of(str(amount)) == amount


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: object) -> None:
    assert day_of(str(day)) == day
