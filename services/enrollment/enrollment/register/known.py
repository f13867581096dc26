"""What enrollment knows about people when a roster is checked, in a form that travels to the roster processes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from common.crypto import TenantKeys

from ..people.sealing import BORN, DOCUMENT_KIND, NAME
from ..rosters import RegisterEntry
from ..rosters.requirements import Sex


class Candidates(NamedTuple):
    """People a roster names, without their numbers, column by column: parts of large files travel between processes.

    `keys`: blind indexes of their numbers under the newest key; `people`: the ids that new persons would get, as text;
    `older`: keys beside the indexes under older keys.
    """

    keys: list[str]
    people: list[str]
    older: list[tuple[str, str]]

    @classmethod
    def of(cls, keys: TenantKeys, numbers: Iterable[str]) -> Self:
        """Return the candidates of ID numbers, each of which stands there once."""
        made = cls([], [], [])
        for number in numbers:
            key, *older = keys.blinds("document", number)
            made.keys.append(key)
            made.people.append(keys.person_id(DOCUMENT_KIND, number).hex)
            made.older.extend((key, index) for index in older)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """What is known of a candidate; the name stays sealed until it is compared."""

    person_id: UUID
    registered: bool = False
    member: bool = False
    name_token: str | None = None
    unit: str | None = None
    unit_name: str | None = None
    covered_until: str | None = None
    order: str | None = None
    shares: int = 0
    over_age_consent: bool = False
    document_kind: str = DOCUMENT_KIND
    sex: Sex | None = None
    born_token: str | None = None
    member_number: str | None = None


Known = Mapping[str, KnownPerson]
"""What is known, by the blind index of the ID number under the newest key."""


def entry_of(known: KnownPerson, keys: TenantKeys | None) -> RegisterEntry:
    """Return what the roster's rules need of a known person."""
    name = keys.open(known.name_token, context=NAME) if known.name_token and keys else None
    born = keys.open(known.born_token, context=BORN) if known.born_token and keys else None
    return RegisterEntry(
        member=known.member,
        name=name,
        unit=known.unit,
        unit_name=known.unit_name,
        covered_until=known.covered_until,
        order=known.order,
        shares=known.shares,
        over_age_consent=known.over_age_consent,
        document_kind=known.document_kind,
        sex=known.sex,
        born=date.fromisoformat(born) if born else None,
        member_number=known.member_number,
    )


def entries_of(holders: Mapping[UUID, KnownPerson], keys: TenantKeys) -> dict[UUID, RegisterEntry]:
    """Return what the register has of the holders of other documents than the resident ID card, by person."""
    return {person_id: entry_of(known, keys) for person_id, known in holders.items()}


class KnownRegister:
    """The register of one check: a RegisterView over what was looked up beforehand."""

    def __init__(self, known: Known, keys: TenantKeys) -> None:
        self._known, self._keys = known, keys

    def find(self, id_numbers: Collection[str]) -> Mapping[str, RegisterEntry]:
        """Return what is known of ID numbers."""
        found: dict[str, RegisterEntry] = {}
        for number in id_numbers if self._known else ():
            known = self._known.get(self._keys.blind("document", number))
            if known is not None:
                found[number] = entry_of(known, self._keys)
        return found

    def person_id(self, number: str) -> UUID:
        """Return the id of the person with a number: the register's, else the one a new person gets."""
        known = self._known.get(self._keys.blind("document", number)) if self._known else None
        return known.person_id if known else self._keys.person_id(DOCUMENT_KIND, number)

    def document_kind(self, number: str) -> str:
        """Return what kind of document the register has the person by, else the resident ID card."""
        known = self._known.get(self._keys.blind("document", number)) if self._known else None
        return known.document_kind if known else DOCUMENT_KIND
