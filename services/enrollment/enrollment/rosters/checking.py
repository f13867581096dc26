"""Check whole rosters: in batches against the register, each person once. Runs in any process; stores nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from common import clock
from common.sheets import DEFAULT_LIMITS, Limits, Source

from .reading import RosterRow, read_roster
from .reasons import EXAMPLE, Reason, duplicate
from .register import RegisterEntry, RegisterView
from .requirements import RosterRules
from .rules import check_row

BATCH = 500


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with all the reasons against it."""

    row: RosterRow
    reasons: tuple[Reason, ...]

    @property
    def insurable(self) -> bool:
        """Whether nothing speaks against the row."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class RosterReport:
    """All people of a roster in the order of the sheet."""

    rows: list[CheckedRow]

    @property
    def insurable(self) -> list[CheckedRow]:
        """People who can be insured 可参保人员."""
        return [row for row in self.rows if row.insurable]

    @property
    def not_insurable(self) -> list[CheckedRow]:
        """People who cannot 不可参保人员, each with the reasons."""
        return [row for row in self.rows if not row.insurable]


def check_file(
    source: Source, rules: RosterRules, register: RegisterView | None = None, limits: Limits = DEFAULT_LIMITS
) -> RosterReport:
    """Check an uploaded roster; without a register the rules that need one are left out.

    Raises LayoutNotRecognised, RosterEmpty or a SheetRefused where the file as a whole cannot be checked.
    """
    return RosterReport(list(check_rows(read_roster(source, rules, limits), rules, register)))


def check_rows(
    rows: Iterable[RosterRow], rules: RosterRules, register: RegisterView | None = None
) -> Iterator[CheckedRow]:
    """Check rows one after the other; the register is asked once for every 500 of them."""
    checker, remaining = RowChecker(rules), iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield from checker.check(batch, _known(batch, register))


class RowChecker:
    """Checks the rows of one file, part by part; knows who stood in an earlier part."""

    def __init__(self, rules: RosterRules) -> None:
        self._rules, self._today = replace(rules, counted_on=rules.age_day), clock.today()
        self._first_rows: dict[str, int] = {}

    def check(
        self, batch: Iterable[RosterRow], known: Mapping[str, RegisterEntry] | None
    ) -> Iterator[CheckedRow]:
        """Yield the rows with all their reasons. `known`: see check_row."""
        for row in batch:
            reasons = check_row(row, self._rules, known, today=self._today)
            id_number = row["id_number"].upper()
            if id_number and "id_number" not in row.digits_lost and reasons != [EXAMPLE]:
                first = self._first_rows.setdefault(id_number, row.number)
                if first != row.number:
                    reasons.append(duplicate(first))
            yield CheckedRow(row, tuple(reasons))


def _known(batch: list[RosterRow], register: RegisterView | None) -> dict[str, RegisterEntry] | None:
    if register is None:
        return None
    return dict(register.find({number for row in batch if (number := row["id_number"].upper())}))
