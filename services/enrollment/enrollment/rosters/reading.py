"""From an uploaded workbook to the rows of people in it, with the sheet's own row numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from common.identifiers import compact_number, plain_name, plain_number
from common.sheets import (
    DEFAULT_LIMITS,
    Limits,
    SheetRow,
    Source,
    StoredNumber,
    TooManyRows,
    Workbook,
    open_workbook,
)

from .errors import RosterEmpty
from .layout import SEARCHED_ROWS, Layout, LayoutFinder
from .requirements import RosterRules

_LAST_SHEET_ROW = 1_048_576
_NORMALISED = {
    "name": plain_name,
    "id_number": plain_number,
    "social_card": compact_number,
    "mobile": compact_number,
}
# Neither a note nor a share alone makes a person of an empty numbered row.
_NOT_A_PERSON = frozenset({"note", "shares", "amount"})


class _Field(NamedTuple):
    """Where a field stands, how it is cleaned, and whether it tells that there is somebody in the row."""

    name: str
    column: int
    normalise: Callable[[str], str]
    tells: bool


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of a roster: the sheet's row number, the fields as text, those whose digits Excel has lost."""

    number: int
    values: Mapping[str, str]
    digits_lost: frozenset[str] = frozenset()

    def __getitem__(self, field: str) -> str:
        """Return the text of a field, empty where the roster has no such column."""
        return self.values.get(field, "")


def read_roster(source: Source, rules: RosterRules, limits: Limits = DEFAULT_LIMITS) -> Iterator[RosterRow]:
    """Yield the people of a roster; numbered rows without a person are nobody.

    The first visible sheet with the heading counts. Raises LayoutNotRecognised, RosterEmpty, or a SheetRefused.
    """
    count = 0
    with open_workbook(source, limits) as workbook:
        layout, rows = _find_layout(workbook, rules)
        fields = _fields_of(layout)
        for row in rows:
            person = _person(row, fields)
            if person is None:
                continue
            count += 1
            if count > limits.rows:
                raise TooManyRows(limit=limits.rows)
            yield person
    if not count:
        raise RosterEmpty


def _find_layout(workbook: Workbook, rules: RosterRules) -> tuple[Layout, Iterator[SheetRow]]:
    """Return the layout and the rows below the heading."""
    finder, seen = LayoutFinder(rules), False
    for sheet in workbook.sheets:
        if not sheet.visible:
            continue
        rows = workbook.rows(sheet, max_rows=_LAST_SHEET_ROW)
        for _, row in zip(range(SEARCHED_ROWS), rows, strict=False):
            seen = True
            if layout := finder.offer(row.number, row.cells):
                return layout, rows
    raise finder.refusal() if seen else RosterEmpty


def _person(row: SheetRow, fields: Sequence[_Field]) -> RosterRow | None:
    cells, width = row.cells, len(row.cells)
    values: dict[str, str] = {}
    lost: frozenset[str] = frozenset()
    somebody = False
    for field, index, normalise, tells in fields:
        if index >= width or not (cell := cells[index]):
            continue
        values[field] = normalise(cell)
        if isinstance(cell, StoredNumber) and cell.digits_lost:
            lost |= {field}
        if tells and not cell.isspace():
            somebody = True
    return RosterRow(row.number, values, lost) if somebody else None


def _fields_of(layout: Layout) -> list[_Field]:
    return [
        _Field(field, index, _NORMALISED.get(field, str.strip), field not in _NOT_A_PERSON)
        for field, index in layout.columns.items()
    ]
