"""What the roster processes do: read a workbook part by part; check and seal its rows as text for COPY."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

import orjson

from common.crypto import TenantKeys
from common.ids import new_ids
from common.processes import master_keys, without_collector
from common.sheets import Limits

from ..people.reasons import identified, reason_json
from ..people.sealing import (
    CARD,
    DOCUMENT,
    DOCUMENT_KIND,
    MOBILE,
    NAME,
    NOTE,
    RAW,
    SealedPerson,
    seal_person,
)
from ..register.known import Candidates, Known, entry_of
from ..rosters import (
    CheckedRow,
    FirstRows,
    RegisterEntry,
    RosterRow,
    RosterRules,
    check_part_of_file,
    read_roster,
)
from ..rosters.rules import share_count

COLUMNS = ("id", "sheet_row", "shares", "insurable", "reasons", "document_kind", *SealedPerson._fields)
"""Of a row for COPY; `raw_token` follows where the rows are kept for a second person."""
People = dict[str, tuple[str, str]]
"""By ID number the key of the person and the id that a new one gets."""
PART = 5_000
"""Rows that are read, looked up, checked and placed at a time."""
CONTEXTS = {"name": NAME, "id_number": DOCUMENT, "mobile": MOBILE, "social_card": CARD, "note": NOTE}
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class KeyMaterial:
    """A tenant's keys, still wrapped; the roster processes have the master keys from their start."""

    tenant_id: UUID
    wrapped: Mapping[int, bytes]

    def keys(self) -> TenantKeys:
        """Return the keys, in a roster process."""
        return TenantKeys.unwrap(master_keys(), self.tenant_id, self.wrapped).for_masses()


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
    """How the rows of one file, or people who are known already, are checked for one order."""

    rules: RosterRules
    limits: Limits
    material: KeyMaterial
    keep_raw: bool = False
    part: int = PART


@dataclass(frozen=True)
class ReadPart:
    """Rows on their way from the process that read them to the one that checks them, and whom they name.

    `packed`: JSON of each row's number, values, fields with lost digits, the row in which the person stood before,
    and the id that it gets on the order; ids are made here, in the order of the sheet.
    """

    packed: bytes
    rows: int
    candidates: Candidates
    last: bool


@dataclass(frozen=True)
class Part:
    """Rows that have been checked: text for COPY, how many are insurable and not."""

    lines: bytes
    insurable: int
    not_insurable: int


class RosterReader:
    """One file while it is being read: how far, and who stood in its rows before."""

    def __init__(self, task: RosterTask, path: Path | None, rows: Sequence[KnownRow]) -> None:
        self._keys = task.material.keys()
        self._firsts = FirstRows(task.rules)
        self._ids, self._part = _ids_of(rows), task.part
        self._rows: Iterator[RosterRow] = (
            read_roster(path, task.rules, task.limits) if path else (row.opened(self._keys) for row in rows)
        )
        self._next = next(self._rows, None)

    def read(self) -> ReadPart | None:
        """Return the next part; None if there is nobody at all."""
        if self._next is None:
            return None
        rows = [self._next, *islice(self._rows, self._part - 1)]
        self._next = next(self._rows, None)
        packed = [
            (row.number, row.values, list(row.digits_lost), self._firsts.before(row), next(self._ids).hex)
            for row in rows
        ]
        candidates = Candidates.of(self._keys, numbers_of(rows))
        return ReadPart(orjson.dumps(packed), len(rows), candidates, self._next is None)


class PartCheck:
    """The check of one part; nothing of it stays in the process."""

    def __init__(self, task: RosterTask, read: ReadPart, known: Known) -> None:
        self._rules, self._keep_raw, self._keys = task.rules, task.keep_raw, task.material.keys()
        self._known = known
        self._rows: list[RosterRow] = []
        self._firsts: list[int | None] = []
        self._ids: list[str] = []
        for number, values, lost, first, row_id in orjson.loads(read.packed):
            self._rows.append(RosterRow(number, values, frozenset(lost)))
            self._firsts.append(first)
            self._ids.append(row_id)
        found = zip(read.candidates.keys, read.candidates.people, strict=True)
        self._people: People = dict(zip(numbers_of(self._rows), found, strict=True))
        self._entries = self._register()

    def run(self) -> Part:
        """Check and seal the rows."""
        lines, insurable = [], 0
        checked = check_part_of_file(self._rows, self._firsts, self._rules, self._entries)
        for row, row_id in zip(checked, self._ids, strict=True):
            lines.append(self._line(row, row_id))
            insurable += row.insurable
        return Part("".join(lines).encode(), insurable, len(lines) - insurable)

    def _register(self) -> dict[str, RegisterEntry]:
        if not self._known:
            return {}
        return {
            number: entry_of(self._known[index], self._keys)
            for number, (index, _) in self._people.items()
            if index in self._known
        }

    def _line(self, checked: CheckedRow, row_id: str) -> str:
        """Return one row in the order of COLUMNS. Only free texts can hold what COPY would misread."""
        row, reasons = checked.row, checked.reasons
        number = row["id_number"]
        index, person_id = self._people.get(number.upper()) or (None, None)
        kind = DOCUMENT_KIND
        if index and index in self._known:
            person_id, kind = self._known[index].person_id.hex, self._known[index].document_kind
        if reasons and not identified(reason.code for reason in reasons):
            person_id = None
        own_index = index if number.isupper() or number.isdigit() else None
        person = seal_person(self._keys, row.values, person_id=None, document_index=own_index)
        bank = person.bank_name and person.bank_name.translate(_ESCAPES)
        values = [
            row_id, str(row.number) if row.number else None, str(share_count(row, self._rules) or 0),
            "f" if reasons else "t", self._reasons(checked), kind, person_id, *person[1:-2], bank, person.note_token,
        ]  # fmt: skip
        if self._keep_raw:
            values.append(self._keys.seal_bytes(orjson.dumps(dict(row.values)), context=RAW))
        return "\t".join([NULL if value is None else value for value in values]) + "\n"

    def _reasons(self, checked: CheckedRow) -> str:
        if not checked.reasons:
            return "[]"
        number = checked.row["id_number"].upper()
        entry = self._entries.get(number)
        stored = [reason_json(reason, self._rules, number, entry) for reason in checked.reasons]
        return orjson.dumps(stored).decode().translate(_ESCAPES)


def numbers_of(rows: Iterable[RosterRow]) -> dict[str, None]:
    """Return the ID numbers that rows name, each once, in the order of the rows."""
    return dict.fromkeys(number for row in rows if (number := row["id_number"].upper()))


def _ids_of(rows: Sequence[KnownRow]) -> Iterator[UUID]:
    """Yield the ids of rows that stand on the order already; new ones for all others."""
    new = new_ids()
    for row in rows:
        yield row.id or next(new)
    yield from new


_reader: list[RosterReader] = []


def begin_roster(task: RosterTask, path: Path | None, rows: Sequence[KnownRow]) -> None:
    """Open a file, or take rows; a process reads one at a time. Raises what refuses the file at once."""
    _reader.clear()
    _reader.append(RosterReader(task, path, rows))


def read_part() -> ReadPart | None:
    """Return the next part; None if there is nobody at all."""
    with without_collector():
        return _reader[0].read()


def check_part(task: RosterTask, read: ReadPart, known: Known) -> Part:
    """Check and seal a part whose people have been looked up."""
    with without_collector():
        return PartCheck(task, read, known).run()


def end_roster() -> None:
    """Forget the file."""
    _reader.clear()
