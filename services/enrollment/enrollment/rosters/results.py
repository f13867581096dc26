"""The list of people who are not insurable, to be corrected and uploaded again (manual 002, part 3.3)."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from common.sheets import SheetWriter
from common.sheets.writer import Target

from .checking import CheckedRow
from .requirements import RosterRules
from .template import numbered, widths, write_heading

REASON_TITLE = "不可参保原因"
ROW_TITLE = "原行号"
"""Row of the uploaded file: the result counts anew, and a reason may name another row."""


def write_result(target: Target, rules: RosterRules, rows: Iterable[CheckedRow]) -> None:
    """Write rows in the template's layout with their reasons behind them and the wrong cells marked.

    What is written can be corrected in place and uploaded: the columns of reasons and rows are not read.
    """
    with ResultWriter(target, rules) as result:
        result.write(rows)


class ResultWriter:
    """A result that is written batch by batch; see write_result."""

    def __init__(self, target: Target, rules: RosterRules) -> None:
        self._rules = rules
        self._fields = [column.field for column in rules.columns]
        self._sheet = SheetWriter(target, widths=[*widths(rules), 60.0, 10.0])
        self._number = 0

    def write(self, rows: Iterable[CheckedRow]) -> None:
        """Write the next rows."""
        for checked in rows:
            self._number += 1
            bad = {reason.field for reason in checked.reasons}
            wrong = {index + self._rules.numbered for index, field in enumerate(self._fields) if field in bad}
            reasons = "\n".join(reason.sentence.zh for reason in checked.reasons)
            row = checked.row.number
            cells = [*numbered(self._rules, self._number, checked.row.values), reasons, str(row or "")]
            self._sheet.row(cells, wrong=wrong)

    def __enter__(self) -> Self:
        self._sheet.__enter__()
        write_heading(self._sheet, self._rules, extra=(REASON_TITLE, ROW_TITLE))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._sheet.__exit__(kind, error, at)
