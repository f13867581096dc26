"""Workbooks of several sheets for people who reckon with them: numbers as numbers, texts never as formulas."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

from .writer import Cell, Target

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_WIDTH = 18


@dataclass(frozen=True)
class BookSheet:
    """A sheet: its name, a row of headings, rows, and a note below them."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


def write_book(target: Target, sheets: Sequence[BookSheet]) -> None:
    """Write the sheets in their order. Names are cut to what spreadsheets allow and made different."""
    book = xlsxwriter.Workbook(
        str(target) if not hasattr(target, "write") else target, {"constant_memory": True, "strings_to_formulas": False}
    )  # fmt: skip
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter"})
    yuan, whole = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "#,##0"})
    text, quoted = book.add_format({"num_format": "@"}), book.add_format({"quote_prefix": True})
    used: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_name(sheet.name, used))
        page.set_column(0, max(len(sheet.headings) - 1, 0), _WIDTH)
        for column, heading in enumerate(sheet.headings):
            page.write_string(0, column, heading, bold)
        page.freeze_panes(1, 0)
        for row, cells in enumerate(sheet.rows, 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    page.write_string(row, column, cell, quoted if cell[:1] in "=+-@" and cell else text)
                else:
                    page.write_number(row, column, float(cell), yuan if isinstance(cell, Decimal) else whole)
        if sheet.note:
            page.write_string(len(sheet.rows) + 2, 0, sheet.note)
    book.close()


def _name(wanted: str, used: set[str]) -> str:
    name = _FORBIDDEN.sub(" ", wanted)[:_LONGEST_NAME].strip() or "Sheet"
    found, number = name, 2
    while found.lower() in used:
        found, number = f"{name[: _LONGEST_NAME - 4]} {number}", number + 1
    used.add(found.lower())
    return found
