"""Rosters 参保花名册: recognise the sheet, check every row, write template and result. Nothing is stored here."""

from .checking import CheckedRow, FirstRows, RosterReport, check_file, check_part_of_file, check_rows
from .errors import LayoutNotRecognised, RosterEmpty
from .from_pack import rules_of
from .reading import RosterRow, read_roster
from .reasons import Reason
from .register import RegisterEntry, RegisterView
from .requirements import AgeBounds, RosterColumn, RosterRules
from .results import write_result
from .rules import check_row
from .template import write_template

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
