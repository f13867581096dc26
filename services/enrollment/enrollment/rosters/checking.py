"""Check whole rosters: in batches against the register, each person once. Runs in any process; stores nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from common import clock
from common.sheets import DEFAULT_LIMITS, Limits, Source

from .reading import RosterRow, read_roster
from .reasons import Reason, duplicate
from .register import RegisterEntry, RegisterView
from .requirements import RosterRules
from .rules import check_row, is_example

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
    firsts, remaining = FirstRows(rules), iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield from check_part_of_file(batch, map(firsts.before, batch), rules, _known(batch, register))


class FirstRows:
    """Knows in which row of a file each ID number stood first."""

    def __init__(self, rules: RosterRules) -> None:
        self._rules = rules
        self._first: dict[str, int] = {}

    def before(self, row: RosterRow) -> int | None:
        """Return the row in which the person of this next row stood before; None: in none. An example is nobody."""
        id_number = row["id_number"].upper()
        if not id_number or "id_number" in row.digits_lost or is_example(row, self._rules):
            return None
        first = self._first.setdefault(id_number, row.number)
        return first if first != row.number else None


def check_part_of_file(
    rows: Iterable[RosterRow],
    firsts: Iterable[int | None],
    rules: RosterRules,
    known: Mapping[str, RegisterEntry] | None,
) -> Iterator[CheckedRow]:
    """Yield rows with all their reasons; `firsts`: what FirstRows says of each, `known`: see check_row."""
    rules, today = replace(rules, counted_on=rules.age_day), clock.today()
    for row, first in zip(rows, firsts, strict=True):
        reasons = check_row(row, rules, known, today=today)
        if first is not None:
            reasons.append(duplicate(first))
        yield CheckedRow(row, tuple(reasons))


def _known(batch: list[RosterRow], register: RegisterView | None) -> dict[str, RegisterEntry] | None:
    if register is None:
        return None
    return dict(register.find({number for row in batch if (number := row["id_number"].upper())}))
