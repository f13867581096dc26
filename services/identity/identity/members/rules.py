"""Pure rules of members."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.contracts.pack import TenantPack
from common.identifiers import Fault, id_number_faults, luhn_digit, mobile_faults, name_faults, plain_name

RESIDENT_ID = "resident_id"
HELD_FOR_NAME = "name_mismatch"


def registration_faults(name: str, id_number: str, mobile: str) -> dict[str, list[Fault]]:
    """Return all that is wrong with a member's registration, by field."""
    return {
        "name": list(name_faults(name)),
        "id_number": id_number_faults(id_number),
        "mobile": mobile_faults(mobile),
    }


def same_name(registered: str, given: str) -> bool:
    """Whether two names are the same; letters of foreign names in either case."""
    return plain_name(registered).casefold() == plain_name(given).casefold()


def needs_admission(pack: TenantPack) -> bool:
    """Whether only persons who are in the register may have an account."""
    return pack.registration.people == "admission_first"


def is_member(pack: TenantPack, state: str) -> bool:
    """Whether a person of this state may have an account: not who has left, nor who waits for admission where the
    union admits first.
    """
    return state == "confirmed" if needs_admission(pack) else state != "left"


def needs_step_up(pack: TenantPack) -> bool:
    """Whether the union asks for a face verification before it binds an account."""
    return pack.registration.binding.face_verification


def member_number(serial: int) -> str:
    """Return the member number (会员编号) of a serial: ten digits, the last a check digit (ISO/IEC 7812-1)."""
    digits = str(100_000_000 + serial)
    return digits + luhn_digit(digits)


class Criteria(BaseModel):
    """What a search of the register asks for; personal values only as blind indexes, so it may be stored."""

    model_config = ConfigDict(frozen=True)

    document_indexes: list[str] | None = None
    mobile_indexes: list[str] | None = None
    name_indexes: list[str] | None = None
    member_number: str | None = None
    unit_id: UUID | None = None
    state: str | None = None
    over_age: str | None = None
    batch_id: UUID | None = None


class Known(NamedTuple):
    """What of a known person matters when a roster names them again."""

    state: str
    unit_id: UUID | None
    name: str
    has_mobile: bool


class Rostered(NamedTuple):
    """What a roster says of a person."""

    unit_id: UUID
    name: str


def roster_changes(known: Known, rostered: Rostered) -> Mapping[str, object]:
    """Return which facts a confirmed roster changes: unit, and the state of somebody who registered alone.

    Where somebody registered alone under another name, the unit's name counts and "name" is among the changes; a name
    that a unit gave earlier is not changed by another roster: that takes a change of data.
    """
    changes: dict[str, object] = {}
    if known.unit_id != rostered.unit_id:
        changes["unit_id"] = rostered.unit_id
    if known.state != "confirmed":
        changes["state"] = "confirmed"
    if known.unit_id is None and known.state == "new" and not same_name(known.name, rostered.name):
        changes["name"] = rostered.name
    return changes
