"""What the roster processes do: parse a workbook, check its rows part by part, seal them as text for COPY."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson

from common.crypto import TenantKeys
from common.ids import new_ids
from common.processes import master_keys
from common.sheets import Limits

from ..people.reasons import identified, reason_json
from ..people.sealing import (
    CARD,
    DOCUMENT,
    MOBILE,
    NAME,
    NOTE,
    RAW,
    SealedPerson,
    seal_person,
)
from ..register.known import Candidates, Known, entry_of
from ..rosters import CheckedRow, RegisterEntry, RosterRow, RosterRules, RowChecker, read_roster
from ..rosters.rules import share_count

COLUMNS = ("id", "sheet_row", "shares", "insurable", "reasons", *SealedPerson._fields)
"""Of a row for COPY; `raw_token` follows where the rows are kept for a second person."""
People = dict[str, tuple[str, str]]
"""By ID number the key of the person and the id that a new one gets."""
PART = 5_000
"""Rows that are looked up, checked and placed at a time."""
CONTEXTS = {"name": NAME, "id_number": DOCUMENT, "mobile": MOBILE, "social_card": CARD, "note": NOTE}
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class KeyMaterial:
    """A tenant's keys, still wrapped; the roster process has the master keys from its start."""

    tenant_id: UUID
    wrapped: Mapping[int, bytes]


@dataclass(frozen=True)
class KnownRow:
    """A person who is known already: sealed values by field, plain ones, and the row on the order if there is one."""

    sealed: Mapping[str, str | None]
    plain: Mapping[str, str]
    id: UUID | None = None
    sheet_row: int = 0

    def opened(self, keys: TenantKeys) -> RosterRow:
        """Return the row as a sheet would have it."""
        values = {
            field: keys.open(token, context=CONTEXTS[field]) for field, token in self.sealed.items() if token
        }
        return RosterRow(self.sheet_row, values | dict(self.plain))


@dataclass(frozen=True)
class RosterTask:
    """One file, or people who are known already, to check for one order."""

    rules: RosterRules
    limits: Limits
    material: KeyMaterial
    path: Path | None = None
    rows: tuple[KnownRow, ...] = ()
    keep_raw: bool = False


@dataclass(frozen=True)
class Part:
    """Rows that have been checked: text for COPY, how many are insurable and not."""

    lines: bytes
    insurable: int
    not_insurable: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.insurable + self.not_insurable


class RosterRun:
    """One file while it is being checked: its rows, who stood in them before, and how far it has come."""

    def __init__(self, task: RosterTask) -> None:
        self._task = task
        self._keys = TenantKeys.unwrap(master_keys(), task.material.tenant_id, task.material.wrapped)
        if task.path:
            self.rows = list(read_roster(task.path, task.rules, task.limits))
        else:
            self.rows = [row.opened(self._keys) for row in task.rows]
        self._checker, self._ids = RowChecker(task.rules), _ids_of(task.rows)
        self._asked = self._checked = 0
        self._people: list[People] = []

    def candidates(self) -> Candidates:
        """Return whom the next part names, to be looked up; nobody after the last part."""
        part = self.rows[self._asked : self._asked + PART]
        numbers = dict.fromkeys(number for row in part if (number := row["id_number"].upper()))
        found = Candidates.of(self._keys, numbers)
        self._asked += PART
        self._people.append(dict(zip(numbers, zip(found.keys, found.people, strict=True), strict=True)))
        return found

    def check(self, known: Known) -> Part:
        """Check and seal the part whose people have been looked up."""
        people = self._people.pop(0)
        register = self._register(people, known)
        lines, insurable, not_insurable = [], 0, 0
        for checked in self._checker.check(self.rows[self._checked : self._checked + PART], register):
            lines.append(self._line(checked, people, known))
            if checked.insurable:
                insurable += 1
            else:
                not_insurable += 1
        self._checked += PART
        return Part("".join(lines).encode(), insurable, not_insurable)

    def _register(self, people: People, known: Known) -> dict[str, RegisterEntry]:
        if not known:
            return {}
        return {
            number: entry_of(known[index], self._keys)
            for number, (index, _) in people.items()
            if index in known
        }

    def _line(self, checked: CheckedRow, people: People, known: Known) -> str:
        """Return one row in the order of COLUMNS. Only free texts can hold what COPY would misread."""
        row, reasons = checked.row, checked.reasons
        number = row["id_number"]
        index, person_id = people.get(number.upper()) or (None, None)
        if index and index in known:
            person_id = known[index].person_id.hex
        if reasons and not identified(reason.code for reason in reasons):
            person_id = None
        own_index = index if number.isupper() or number.isdigit() else None
        person = seal_person(self._keys, row.values, person_id=None, document_index=own_index)
        bank = person.bank_name and person.bank_name.translate(_ESCAPES)
        values = [
            next(self._ids).hex, str(row.number) if row.number else None, str(share_count(row, self._task.rules) or 0),
            "f" if reasons else "t", self._reasons(checked), person_id, *person[1:-2], bank,
            person.note_token,
        ]  # fmt: skip
        if self._task.keep_raw:
            values.append(self._keys.seal_bytes(orjson.dumps(dict(row.values)), context=RAW))
        return "\t".join([NULL if value is None else value for value in values]) + "\n"

    def _reasons(self, checked: CheckedRow) -> str:
        if not checked.reasons:
            return "[]"
        number, rules = checked.row["id_number"].upper(), self._task.rules
        stored = [reason_json(reason, rules, number) for reason in checked.reasons]
        return orjson.dumps(stored).decode().translate(_ESCAPES)


def _ids_of(rows: Sequence[KnownRow]) -> Iterator[UUID]:
    """Yield the ids of rows that stand on the order already; new ones for all others."""
    new = new_ids()
    for row in rows:
        yield row.id or next(new)
    yield from new


_run: list[RosterRun] = []


def begin_roster(task: RosterTask) -> tuple[int, Candidates]:
    """Read a file; return how many people it has and whom its first part names. A process has one file at a time."""
    _run.clear()
    _run.append(RosterRun(task))
    return len(_run[0].rows), _run[0].candidates()


def next_candidates() -> Candidates:
    """Return whom the next part names."""
    return _run[0].candidates()


def check_part(known: Known) -> tuple[Part, Candidates]:
    """Check the next part of the file; return it, and whom the part after the next names."""
    return _run[0].check(known), _run[0].candidates()


def end_roster() -> None:
    """Forget the file."""
    _run.clear()
