"""Workbooks that people upload and download: read xlsx safely row by row, write xlsx in constant memory."""

from .book import BookSheet, Cell, write_book
from .cells import StoredNumber
from .errors import (
    FileTooLarge,
    NotAWorkbook,
    SheetRefused,
    TooManyColumns,
    TooManyRows,
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookTooLarge,
)
from .limits import DEFAULT_LIMITS, MAX_ROWS, Limits
from .rows import SheetRow
from .workbook import Source, Workbook, open_workbook
from .writer import Column, SheetWriter, write_workbook

__all__ = [
    "DEFAULT_LIMITS",
    "MAX_ROWS",
    "BookSheet",
    "Cell",
    "Column",
    "FileTooLarge",
    "Limits",
    "NotAWorkbook",
    "SheetRefused",
    "SheetRow",
    "SheetWriter",
    "Source",
    "StoredNumber",
    "TooManyColumns",
    "TooManyRows",
    "Workbook",
    "WorkbookDamaged",
    "WorkbookEncrypted",
    "WorkbookTooLarge",
    "open_workbook",
    "write_book",
    "write_workbook",
]
