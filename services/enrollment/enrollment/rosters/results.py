"""The list of people who are not insurable, to be corrected and uploaded again (manual 002, part 3.3)."""

from collections.abc import Iterable

from common.sheets import SheetWriter
from common.sheets.writer import Target

from .checking import CheckedRow
from .requirements import RosterRules
from .template import numbered, widths, write_heading

REASON_TITLE = "不可参保原因"


def write_result(target: Target, rules: RosterRules, rows: Iterable[CheckedRow]) -> None:
    """Write rows in the template's layout with their reasons behind them and the wrong cells marked.

    What is written can be corrected in place and uploaded: the reasons' column is not read.
    """
    fields = [column.field for column in rules.columns]
    with SheetWriter(target, widths=[*widths(rules), 60.0]) as sheet:
        write_heading(sheet, rules, extra=(REASON_TITLE,))
        for number, checked in enumerate(rows, start=1):
            bad = {reason.field for reason in checked.reasons}
            wrong = {index + rules.numbered for index, field in enumerate(fields) if field in bad}
            reasons = "\n".join(reason.sentence.zh for reason in checked.reasons)
            sheet.row([*numbered(rules, number, checked.row.values), reasons], wrong=wrong)
