"""What the roster processes do: parse a workbook, check its rows, seal them into a file for COPY."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import orjson

from common.clock import now
from common.crypto import MasterKeys, TenantKeys
from common.errors import DomainError
from common.ids import new_id
from common.sheets import Limits

from ..register.known import Candidate, Known, KnownRegister, candidate
from ..rosters import CheckedRow, RosterRow, RosterRules, check_rows, read_roster
from ..rosters.rules import share_count
from .reasons import identified, reason_json
from .sealing import DOCUMENT_KIND, SealedPerson, seal_person

COLUMNS = (
    "tenant_id", "id", "created_at", "order_id", "import_id", "sheet_row", "shares", "insurable", "reasons",
    "document_kind", *SealedPerson._fields,
)  # fmt: skip
PROGRESS_STEP = 2_000
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Refusal:
    """A DomainError on its way between processes; its own pickle would not find its arguments again."""

    kind: type[DomainError]
    state: dict[str, Any]

    def error(self) -> DomainError:
        """Return the error as it was raised."""
        error = self.kind.__new__(self.kind)
        error.__dict__.update(self.state)
        return error


@dataclass(frozen=True)
class KeyMaterial:
    """A tenant's keys, still wrapped; the roster process has the master keys from its start."""

    tenant_id: UUID
    wrapped: Mapping[int, bytes]


@dataclass(frozen=True)
class RosterTask:
    """One file to check for one order."""

    path: Path
    rules: RosterRules
    limits: Limits
    material: KeyMaterial
    order_id: UUID
    import_id: UUID


@dataclass(frozen=True)
class Checked:
    """How many rows of a file are insurable and not, and where the sealed rows lie."""

    insurable: int
    not_insurable: int
    path: Path


_master: list[MasterKeys] = []
_parsed: dict[Path, list[RosterRow]] = {}


def remember_master(text: str) -> None:
    """Take the master keys; called once when a roster process starts."""
    _master[:] = [MasterKeys.parse(text)]


def refusable(task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | Refusal:
    """Run a task; a refusal of the file comes back as a value."""
    try:
        return task(*args, **kwargs)
    except DomainError as error:
        return Refusal(type(error), dict(error.__dict__))


def parse_roster(task: RosterTask) -> tuple[int, list[Candidate]]:
    """Read a file; return how many people it has and the candidates to look up. The last file is remembered."""
    keys = _keys(task)
    rows = list(read_roster(task.path, task.rules, task.limits))
    _parsed.clear()
    _parsed[task.path] = rows
    numbers = {number for row in rows if (number := row["id_number"].upper())}
    return len(rows), [candidate(keys, number) for number in numbers]


def check_roster(task: RosterTask, known: Known) -> Checked:
    """Check the rows of a file and write them, sealed, beside it in PostgreSQL's text format for COPY."""
    keys = _keys(task)
    rows = _parsed.pop(task.path, None) or list(read_roster(task.path, task.rules, task.limits))
    register = KnownRegister(known, keys)
    target, progress = task.path.with_suffix(".copy"), progress_file(task.path)
    counts = [0, 0]
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for done, checked in enumerate(check_rows(rows, task.rules, register), start=1):
            counts[checked.insurable] += 1
            out.write(copy_line(task, checked, register, keys))
            if done % PROGRESS_STEP == 0:
                progress.write_text(str(done))
    return Checked(insurable=counts[True], not_insurable=counts[False], path=target)


def progress_file(path: Path) -> Path:
    """Where a running check says how many rows it has done."""
    return path.with_suffix(".progress")


def copy_line(task: RosterTask, checked: CheckedRow, register: KnownRegister, keys: TenantKeys) -> str:
    """Return one row for COPY, in the order of COLUMNS. Only free texts can hold what COPY would misread."""
    row = checked.row
    known = identified(reason.code for reason in checked.reasons)
    person_id = register.person_id(row["id_number"]) if known else None
    person = seal_person(keys, row.values, person_id=person_id)
    values = (
        task.material.tenant_id, new_id(), now(), task.order_id, task.import_id, row.number,
        share_count(row) or 0, "t" if checked.insurable else "f", _reasons(checked), DOCUMENT_KIND,
        *person._replace(bank_name=person.bank_name and person.bank_name.translate(_ESCAPES)),
    )  # fmt: skip
    return "\t".join([NULL if value is None else str(value) for value in values]) + "\n"


def _reasons(checked: CheckedRow) -> str:
    if not checked.reasons:
        return "[]"
    return orjson.dumps([reason_json(reason) for reason in checked.reasons]).decode().translate(_ESCAPES)


def _keys(task: RosterTask) -> TenantKeys:
    return TenantKeys.unwrap(_master[0], task.material.tenant_id, task.material.wrapped)
