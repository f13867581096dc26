"""Reasons that people give in their own words: blanks at the ends do not count."""

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _given(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise PydanticCustomError("reason_missing", "a reason is needed")
    return value.strip()


Reason = Annotated[str, BeforeValidator(_given)]
"""The words without blanks at the ends; `reason_missing` where nothing is left."""
