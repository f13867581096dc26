"""The roster 花名册 of a product: columns, rules of a cell, layout of the template (manual 002, C.03–C.04)."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Line, LocalText, Part, broken

RosterField = Literal[
    "name", "id_number", "social_card", "bank_name", "mobile", "note",
    "member_number", "staff_number", "sex", "shares", "amount", "department",
]  # fmt: skip
RosterRule = Literal["luhn"]


class RosterColumn(Part):
    """A column: which field it fills, its heading, other headings it is known by, the hint above it."""

    field: RosterField
    title: LocalText
    aliases: tuple[Line, ...] = ()
    hint: Line | None = None
    required: bool = True
    rules: tuple[RosterRule, ...] = ()

    @model_validator(mode="after")
    def _rules_fit(self) -> "RosterColumn":
        if self.rules and self.field != "social_card":
            raise broken("luhn 只用于 social_card", "luhn applies to social_card only")
        return self


class Roster(Part):
    """The sheet: title in row 1, hints in row 2, headings in `header_row`, people from the next row on.

    `examples` are rows as a whole that old and new templates carry; the first is printed in the template.
    A row that equals one of them is refused (`row.example`); a real person may share its name.
    `acceptance`: "second_person" keeps the rows of an upload apart until somebody else accepts all or part (row P.02).
    """

    title: LocalText
    header_row: Annotated[int, Field(ge=1, le=20)] = 3
    numbered: bool = True
    columns: Annotated[tuple[RosterColumn, ...], Field(min_length=2)]
    examples: tuple[dict[RosterField, Line], ...] = ()
    acceptance: Literal["at_once", "second_person"] = "at_once"

    @model_validator(mode="after")
    def _coherent(self) -> "Roster":
        fields = [column.field for column in self.columns]
        if len(set(fields)) != len(fields):
            raise broken("花名册有重复的列", "a field stands in two columns")
        if not {"name", "id_number"} <= set(fields):
            raise broken(
                "花名册必须有 name 和 id_number 列", "the roster needs the columns name and id_number"
            )
        if any(set(example) - set(fields) for example in self.examples):
            raise broken("示例行用了没有的列", "an example uses a column that the roster lacks")
        return self

    def column(self, field: str) -> RosterColumn | None:
        """Return the column that fills `field`, or None."""
        return next((column for column in self.columns if column.field == field), None)
