"""Use case of settlement lines that fitted nobody: what the back office can link is listed (row C.14)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.unmatched import UnmatchedSettlement
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.identifiers import unit_name_key
from common.ids import new_id

from ...members.models import Person
from ...members.repository import MemberRepository
from ...members.rules import same_name
from .repository import NameRepository

SOURCE = "settlement"
Row = dict[str, Any]


async def list_unmatched(
    session: AsyncSession, *, context: ServiceContext, lines: Sequence[UnmatchedSettlement]
) -> None:
    """List people whose name or number differs from the register's, and names of units that nobody knows.

    A member who is simply not covered is nothing to be linked.
    """
    keys, names = await context.keyring.for_tenant(session), NameRepository.of(session)
    units = await _units(names, [line.unit_name for line in lines if line.unit_name])
    people = await _people(session, lines, keys)
    rows: dict[tuple[str, str], Row] = {}
    for line in lines:
        found = [_of_unit(line, units)]
        if line.reason != "feed.unit_differs":
            found.append(_of_person(line, people[line.line_id], units, keys))
        rows |= {(row["kind"], row["key"]): row for row in found if row is not None}
    await names.note(list(rows.values()))


async def _units(names: NameRepository, told: Sequence[str]) -> dict[str, UUID]:
    """Return the units that names mean, by the names' keys."""
    by_name, _ = await names.units_by(told, [])
    return {**await names.links([unit_name_key(name) for name in told]), **by_name}


async def _people(
    session: AsyncSession, lines: Sequence[UnmatchedSettlement], keys: TenantKeys
) -> dict[UUID, Person | None]:
    """Return who in the register has the number of each line now."""
    numbers = {
        line.line_id: keys.open_sealed(line.document_number, context="person.document") for line in lines
    }
    indexes = {line_id: keys.blinds("document", number) for line_id, number in numbers.items()}
    wanted = [index for found in indexes.values() for index in found]
    known = {
        person.document_index: person for person in await MemberRepository.of(session).of_document(wanted)
    }
    return {
        line_id: next((known[index] for index in found if index in known), None)
        for line_id, found in indexes.items()
    }


def _of_unit(line: UnmatchedSettlement, units: dict[str, UUID]) -> Row | None:
    if not line.unit_name or (key := unit_name_key(line.unit_name)) in units or not key:
        return None
    return _row("unit", key, name=line.unit_name, unit_id=line.unit_id)


def _of_person(
    line: UnmatchedSettlement, person: Person | None, units: dict[str, UUID], keys: TenantKeys
) -> Row | None:
    name = keys.open_sealed(line.name, context="person.name")
    mark = keys.blind("name", name)
    shared = {"name_sealed": line.name.ciphertext, "told_unit": line.unit_name}
    if person is None:
        told = keys.open_sealed(line.document_number, context="person.document")
        unit_id = units.get(unit_name_key(line.unit_name or ""))
        return _row(
            "person", f"{keys.blind('document', told)}:{mark}", unit_id=unit_id,
            document_sealed=line.document_number.ciphertext, **shared,
        )  # fmt: skip
    if same_name(keys.open(person.name_sealed, context="person.name"), name):
        return None
    return _row("person", f"{person.id}:{mark}", person_id=person.id, unit_id=person.unit_id, **shared)


def _row(kind: str, key: str, **values: Any) -> Row:
    empty = dict.fromkeys(("name", "name_sealed", "document_sealed", "told_unit", "person_id", "unit_id"))
    return {
        "id": new_id(), "version": 1, "kind": kind, "source": SOURCE, "key": key, "state": "open", "seen": 1,
        **empty, **values,
    }  # fmt: skip
