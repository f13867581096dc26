"""Sentences for wrong requests are in one language each."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, Field, ValidationError, model_validator

from common.http.validation import describe, refused


class Asked(BaseModel):
    by: Literal["month", "year", "unit"]


class Planned(BaseModel):
    at: AwareDatetime
    until: datetime | None = None
    names: list[str] = []

    @model_validator(mode="after")
    def _in_order(self) -> "Planned":
        if self.until is not None and self.until < self.at:
            raise refused("结束不能早于开始。", "It cannot end before it begins.")
        return self


@pytest.mark.parametrize(
    ("body", "zh", "en"),
    [
        ({"at": "2026-01-31T09:00:00"}, "时间须写明时区", "with its zone"),
        ({"at": "明天"}, "时间格式应为", "such as 2026"),
        ({"at": "2026-01-31T09:00:00Z", "names": "x"}, "请填写列表。", "Give a list."),
        (
            {"at": "2026-01-31T09:00:00Z", "until": "2025-01-31T09:00:00Z"},
            "结束不能早于开始。",
            "It cannot end before it begins.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_a_validators_own_words_are_kept(
    body: dict[str, object], zh: str, en: str
) -> None:
    with pytest.raises(ValidationError) as wrong:
        Planned.model_validate(body)
    (error,) = [dict(item) for item in wrong.value.errors()]
    assert zh in describe(error, "zh")["message"] and en in describe(error, "en")["message"]


class Sent(BaseModel):
    day: date | None = None
    at: AwareDatetime | None = None
    month: str | None = Field(None, pattern=r"^20\d\d-(0[1-9]|1[0-2])$")
    id: UUID | None = None
    items: list[int] | None = None
    count: float | None = None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("day", "1.2.2026", "YYYY-MM-DD"),
        ("day", "2026-01-01T10:00:00", "YYYY-MM-DD"),
        ("at", "gestern", "YYYY-MM-DDThh:mm:ss"),
        ("at", "2026-01-01T10:00:00", "时区"),
        ("month", "2027-13", "YYYY-MM"),
        ("id", "42", "编号不正确"),
        ("items", "1", "列表"),
        ("count", "viel", "数字"),
    ],
)
def test_what_a_value_has_to_look_like_is_said(field: str, value: str, said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Sent.model_validate({field: value})
    (error,) = [dict(item) for item in wrong.value.errors()]
    assert said in describe(error, "zh")["message"] and describe(error, "en")["message"].isascii()


def test_choices_are_listed_in_the_language_of_the_sentence() -> None:
    with pytest.raises(ValidationError) as wrong:
        Asked.model_validate({"by": "day"})
    (error,) = [dict(item) for item in wrong.value.errors()]
    assert describe(error, "zh")["message"] == "只能选择：月、年、单位。"
    assert describe(error, "en")["message"] == "Choose one of: month, year, unit."


class Applicant(BaseModel):
    name: str = Field(min_length=1, max_length=5)
    relation: Literal["self", "spouse"]
    document_number: str = Field(min_length=5)


@pytest.mark.feature("B.04", "E.11")
@pytest.mark.parametrize(
    ("body", "zh", "en"),
    [
        ({}, ["请填写姓名。", "请选择关系。", "请填写证件号码。"], "Enter the name."),
        (
            {"name": "", "relation": "", "document_number": None},
            ["请填写姓名。", "请选择关系：本人、配偶。", "请填写证件号码。"],
            "Enter the name.",
        ),
        (
            {"name": "欧阳许晓霞的", "relation": "self", "document_number": "12"},
            ["姓名：最多 5 个字符。", "证件号码：至少 5 个字符。"],
            "Name: At most 5 characters.",
        ),
    ],
)
def test_a_field_is_called_by_its_title_and_a_choice_by_its_words(
    body: dict[str, object], zh: list[str], en: str
) -> None:
    with pytest.raises(ValidationError) as wrong:
        Applicant.model_validate(body)
    found = [dict(item) for item in wrong.value.errors()]
    assert [describe(item, "zh")["message"] for item in found] == zh
    assert describe(found[0], "en")["message"] == en
    assert "单位名称" in describe(found[0], "zh", path="/units")["message"]
