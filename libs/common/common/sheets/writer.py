"""Write workbooks for people in constant memory: text except what is summed, nothing a spreadsheet would execute."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import xlsxwriter

Target = Path | BinaryIO
Cell = str | int | Decimal
"""A text, a whole number, or an amount in yuan."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST = 32_767
_WRONG_COLOUR = "#FFC7CE"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and its width in characters."""

    title: str
    width: float = 16


class SheetWriter:
    """One sheet, written row by row from the top; use as a context manager, leaving it saves the file.

    Texts are marked as text, so that long numbers keep their digits; counts and amounts are numbers, so that they can
    be summed. A text that would begin a formula is marked as text
    the way Excel itself does (quote prefix): the value stays as it is, and stays text when it is edited or saved.
    """

    def __init__(self, target: Target, *, sheet: str = "Sheet1", widths: Sequence[float] = ()) -> None:
        self._book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target, {"constant_memory": True}
        )
        self._sheet = self._book.add_worksheet(sheet)
        text = {"num_format": "@"}
        quoted, wrong = {"quote_prefix": True}, {"bg_color": _WRONG_COLOUR}
        self._formats = {
            (False, False): self._book.add_format(text),
            (False, True): self._book.add_format(text | quoted),
            (True, False): self._book.add_format(text | wrong),
            (True, True): self._book.add_format(text | wrong | quoted),
        }
        self._numbers = {
            kind: self._book.add_format({"num_format": form})
            for kind, form in ((int, "0"), (Decimal, "#,##0.00"))
        }
        self._bold = self._book.add_format(text | {"bold": True, "text_wrap": True, "valign": "vcenter"})
        self._next = 0
        for index, width in enumerate(widths):
            self._sheet.set_column(index, index, width, self._formats[False, False])

    def heading(self, cells: Sequence[str]) -> None:
        """Write a row of headings or instructions."""
        for index, cell in enumerate(cells):
            self._sheet.write_string(self._next, index, cell[:_LONGEST], self._bold)
        self._next += 1

    def title(self, text: str, columns: int) -> None:
        """Write a title across the columns."""
        centred = self._book.add_format({"bold": True, "align": "center", "font_size": 14})
        self._sheet.merge_range(self._next, 0, self._next, columns - 1, text, centred)
        self._next += 1

    def row(self, cells: Sequence[Cell], *, wrong: Collection[int] = ()) -> None:
        """Write a row; the texts at the indexes in `wrong` are coloured."""
        for index, cell in enumerate(cells):
            if isinstance(cell, int | Decimal):
                self._sheet.write_number(self._next, index, float(cell), self._numbers[type(cell)])
            elif cell or index in wrong:
                form = self._formats[index in wrong, cell.startswith(_FORMULA_STARTS)]
                if cell:
                    self._sheet.write_string(self._next, index, cell[:_LONGEST], form)
                else:
                    self._sheet.write_blank(self._next, index, None, form)
        self._next += 1

    def freeze(self) -> None:
        """Keep the rows written so far in view while the sheet is scrolled."""
        self._sheet.freeze_panes(self._next, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._book.close()


def write_workbook(target: Target, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Write one sheet with a row of headings."""
    with SheetWriter(target, widths=[column.width for column in columns]) as sheet:
        sheet.heading([column.title for column in columns])
        sheet.freeze()
        for row in rows:
            sheet.row(row)
