"""Rosters 参保花名册: recognise the sheet, check every row, write template and result. Nothing is stored here.

Packs and what writes workbooks are imported when they are first asked for: the roster processes need neither.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .checking import CheckedRow, FirstRows, RosterReport, check_file, check_part_of_file, check_rows
from .errors import LayoutNotRecognised, RosterEmpty
from .reading import RosterRow, read_roster
from .reasons import Reason
from .register import RegisterEntry, RegisterView
from .requirements import AgeBounds, RosterColumn, RosterRules
from .rules import check_row

if TYPE_CHECKING:
    from .from_pack import rules_of
    from .results import write_result
    from .template import write_template

_LATER = {"rules_of": ".from_pack", "write_result": ".results", "write_template": ".template"}

__all__ = [
    "AgeBounds",
    "CheckedRow",
    "FirstRows",
    "LayoutNotRecognised",
    "Reason",
    "RegisterEntry",
    "RegisterView",
    "RosterColumn",
    "RosterEmpty",
    "RosterReport",
    "RosterRow",
    "RosterRules",
    "check_file",
    "check_part_of_file",
    "check_row",
    "check_rows",
    "read_roster",
    "rules_of",
    "write_result",
    "write_template",
]


def __getattr__(name: str) -> Any:
    """Import what the roster processes do not need when it is first asked for."""
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
