"""What the process of a check does: parse the sheet, check its rows, seal them into a file for COPY."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import orjson

from common.clock import now
from common.contracts.pack.eligibility import Eligibility
from common.contracts.pack.rosters import Roster
from common.crypto import TenantKeys
from common.ids import new_ids
from common.processes import master_keys, without_collector
from common.sheets import Limits

from .rules import Reason, SheetPerson, row_reasons
from .sheet import read_people

COLUMNS = (
    "tenant_id", "id", "created_at", "batch_id", "sheet_row", "state", "reasons", "cells_sealed", "person_id",
    "document_kind", "document_sealed", "document_index", "name_sealed", "name_index", "mobile_sealed",
    "mobile_index", "document_lookups", "name_lookups",
)  # fmt: skip
CELLS = "admission.cells"
RESIDENT_ID = "resident_id"
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SPOILED = frozenset({"id.missing", "id.length", "id.characters", "id.region", "id.birthdate", "id.checksum"})
"""Reasons by which a number says nobody, so that the register is not asked."""


@dataclass(frozen=True)
class CheckOrder:
    """One file to check; the tenant's keys travel wrapped."""

    path: Path
    tenant_id: UUID
    batch_id: UUID
    wrapped: Mapping[int, bytes]
    sheet: Roster
    eligibility: Eligibility | None
    limits: Limits
    today: date


@dataclass(frozen=True)
class Checked:
    """How many people a file has and where the sealed rows lie."""

    total: int
    path: Path


def check_sheet(order: CheckOrder) -> Checked:
    """Check a whole file and write its rows, sealed, beside it in PostgreSQL's text format for COPY."""
    with without_collector():
        return _checked(order, TenantKeys.unwrap(master_keys(), order.tenant_id, order.wrapped).for_masses())


def _checked(order: CheckOrder, keys: TenantKeys) -> Checked:
    target, at = order.path.with_suffix(".copy"), now()
    seen: dict[str, int] = {}
    total = 0
    with target.open("w", encoding="utf-8", newline="\n") as out:
        people = read_people(order.path, order.sheet, order.limits)
        for row_id, person in zip(new_ids(), people, strict=False):
            number = person["id_number"]
            earlier = seen.setdefault(number, person.number) if number else person.number
            reasons = row_reasons(
                person, order.sheet, order.eligibility, today=order.today,
                earlier=earlier if earlier != person.number else None,
            )  # fmt: skip
            head = (order.tenant_id, row_id, at, order.batch_id, person.number)
            out.write("\t".join([*map(str, head), *_values(person, reasons, keys)]) + "\n")
            total += 1
    return Checked(total, target)


def _values(person: SheetPerson, reasons: list[Reason], keys: TenantKeys) -> list[str]:
    number, name, mobile = person["id_number"], person["name"], person["mobile"]
    stored = orjson.dumps([reason.as_json() for reason in reasons]).decode() if reasons else "[]"
    number = number.upper()  # a small x is a fault, but says who is meant
    known = bool(number) and _SPOILED.isdisjoint(reason.code for reason in reasons)
    cells = keys.seal(orjson.dumps(dict(person.values)).decode(), context=CELLS)
    # The first is that of the newest key: an index is made once, and not again for the searches.
    numbers = keys.blinds("document", number) if known else []
    names = keys.blinds("name", name) if name else []
    return [
        "bad" if reasons else "good",
        stored.translate(_ESCAPES),
        cells,
        str(keys.person_id(RESIDENT_ID, number)) if known else NULL,
        RESIDENT_ID,
        keys.seal(number, context="person.document") if known else NULL,
        numbers[0] if numbers else NULL,
        keys.seal(name, context="person.name") if name else NULL,
        names[0] if names else NULL,
        keys.seal(mobile, context="person.mobile") if mobile else NULL,
        keys.blind("mobile", mobile) if mobile else NULL,
        _array(numbers) if numbers else NULL,
        _array(names) if names else NULL,
    ]


def _array(texts: list[str]) -> str:
    """Return an array literal; blind indexes are base64url and a version, so nothing in them needs quoting."""
    return "{" + ",".join(texts) + "}"
