"""Workbooks that people upload and download: read xlsx safely row by row, write xlsx in constant memory.

What writes is imported when it is first asked for: processes that only read never pay for the writer's library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from .book import BookSheet, write_book
    from .writer import Cell, Column, SheetWriter, write_workbook

_LATER = {
    **dict.fromkeys(("BookSheet", "write_book"), ".book"),
    **dict.fromkeys(("Cell", "Column", "SheetWriter", "write_workbook"), ".writer"),
}

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


def __getattr__(name: str) -> Any:
    """Import what writes when it is first asked for."""
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
