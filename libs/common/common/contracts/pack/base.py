"""The words every section of a pack is written in: strict parts, codes, sentences in two languages, money, days."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.text import Text


def broken(zh: str, en: str) -> PydanticCustomError:
    """Return the error that a part's own validator raises, with a sentence in both languages."""
    return PydanticCustomError("broken_rule", "{en}", {"zh": zh, "en": en})


class Part(BaseModel):
    """A part of a pack: immutable, unknown keys refused, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=False)


Code = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$", max_length=40),
    Field(description="Stable name in lower-case letters, digits, - and _; never shown to people."),
]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^\S(?:[^\r\n]*\S)?$"),
    Field(description="One line."),
]
Prose = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000), Field(description="Markdown text.")
]
Money = Annotated[
    Decimal,
    Field(
        ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False, description="Yuan, at most two decimals."
    ),
]
PositiveMoney = Annotated[
    Decimal,
    Field(gt=0, max_digits=14, decimal_places=2, allow_inf_nan=False, description="Yuan, above zero."),
]
Rate = Annotated[
    Decimal,
    Field(
        gt=0, le=1, decimal_places=6, allow_inf_nan=False, description="Share between 0 and 1: 30 % is 0.30."
    ),
]
Days = Annotated[int, Field(ge=0, le=3660, description="Number of days.")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$", max_length=40)]
Variable = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class LocalText(Part):
    """One line in Chinese and in English, both required."""

    zh: Line
    en: Line

    def text(self) -> Text:
        """Return the platform's own bilingual sentence."""
        return Text(self.zh, self.en)


class LocalProse(Part):
    """A longer text (Markdown) in Chinese and in English, both required."""

    zh: Prose
    en: Prose

    def text(self) -> Text:
        """Return the platform's own bilingual sentence."""
        return Text(self.zh, self.en)
