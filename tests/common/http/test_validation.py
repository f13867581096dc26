"""Sentences for wrong requests are in one language each."""

from typing import Literal

import pytest
from pydantic import BaseModel, ValidationError

from common.http.validation import describe


class Asked(BaseModel):
    by: Literal["month", "year", "unit"]


def test_choices_are_listed_in_the_language_of_the_sentence() -> None:
    with pytest.raises(ValidationError) as wrong:
        Asked.model_validate({"by": "day"})
    (error,) = [dict(item) for item in wrong.value.errors()]
    assert describe(error, "zh")["message"] == "只能选择：month、year、unit。"
    assert describe(error, "en")["message"] == "Choose one of: month, year, unit."
