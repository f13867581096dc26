"""The template that units download: title, instructions, headings, the example row, numbered empty rows."""

from collections.abc import Mapping

from common.sheets import SheetWriter
from common.sheets.writer import Target

from .requirements import RosterRules

NUMBER_TITLE = "序号"
HINTS_TITLE = "说明"
_WIDTHS = {"name": 14.0, "id_number": 24.0, "social_card": 26.0, "bank_name": 30.0, "mobile": 16.0}


def write_template(target: Target, rules: RosterRules, *, empty_rows: int = 50) -> None:
    """Write the template of a product in the layout of manual 002 (page 5): what check_file reads back."""
    example = rules.examples[0] if rules.examples else None
    with SheetWriter(target, widths=widths(rules)) as sheet:
        write_heading(sheet, rules)
        if example is not None:
            sheet.row(numbered(rules, 1, example))
        for number in range(2 if example else 1, empty_rows + 1):
            sheet.row(numbered(rules, number, {}))


def write_heading(sheet: SheetWriter, rules: RosterRules, *, extra: tuple[str, ...] = ()) -> None:
    """Write everything above the people, so that the headings stand in the product's heading row.

    `extra`: headings of columns behind the product's own.
    """
    first = [HINTS_TITLE] if rules.numbered else []
    if rules.header_row > 1:
        sheet.title(rules.title, len(rules.columns) + rules.numbered)
    for row in range(2, rules.header_row):
        sheet.heading([*first, *(column.hint for column in rules.columns)] if row == 2 else [])
    sheet.heading([NUMBER_TITLE] * rules.numbered + [column.title for column in rules.columns] + [*extra])
    sheet.freeze()


def numbered(rules: RosterRules, number: int, values: Mapping[str, str]) -> list[str]:
    """Return the cells of a person's row."""
    return [str(number)] * rules.numbered + [values.get(column.field, "") for column in rules.columns]


def widths(rules: RosterRules) -> list[float]:
    """Return the widths of the columns in characters."""
    return [6.0] * rules.numbered + [_WIDTHS.get(column.field, 12.0) for column in rules.columns]
