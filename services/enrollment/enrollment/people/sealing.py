"""Seals the personal values of a roster row; runs in the roster processes, so it knows nothing of the database."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from common.crypto import TenantKeys

DOCUMENT_KIND = "resident_id"
NAME, DOCUMENT, MOBILE, CARD, NOTE = (
    "person.name",
    "person.document",
    "person.mobile",
    "person.card",
    "enrollment.note",
)
BORN = "person.born"
WORK_NUMBER = "work_number"
RAW = "enrollment.roster_row"


class SealedPerson(NamedTuple):
    """The stored form of a person's values; None where nothing was given."""

    person_id: UUID | None
    document_token: str | None
    document_index: str | None
    name_token: str | None
    name_index: str | None
    mobile_token: str | None
    mobile_index: str | None
    card_token: str | None
    card_index: str | None
    bank_name: str | None
    note_token: str | None


def seal_person(
    keys: TenantKeys, values: Mapping[str, str], *, person_id: UUID | None, document_index: str | None = None
) -> SealedPerson:
    """Seal the values of a row, which are in their plain form already.

    `person_id`: who the person is, None where the ID number does not say it; `document_index`: where it is known.
    """
    number, name = values.get("id_number", ""), values.get("name", "")
    mobile, card = values.get("mobile", ""), values.get("social_card", "")
    note = values.get("note", "")
    return SealedPerson(
        person_id=person_id,
        document_token=keys.seal(number, context=DOCUMENT) if number else None,
        document_index=document_index or (keys.blind("document", number) if number else None),
        name_token=keys.seal(name, context=NAME) if name else None,
        name_index=keys.blind("name", name) if name else None,
        mobile_token=keys.seal(mobile, context=MOBILE) if mobile else None,
        mobile_index=keys.blind("mobile", mobile) if mobile else None,
        card_token=keys.seal(card, context=CARD) if card else None,
        card_index=keys.blind("card", card) if card else None,
        bank_name=values.get("bank_name") or None,
        note_token=keys.seal(note, context=NOTE) if note else None,
    )


class OpenedPerson(NamedTuple):
    """A person's values in clear: shown masked, exported whole."""

    document: str
    name: str
    mobile: str
    card: str
    note: str


def open_person(
    keys: TenantKeys,
    *,
    document: str | None,
    name: str | None,
    mobile: str | None = None,
    card: str | None = None,
    note: str | None = None,
) -> OpenedPerson:
    """Open the tokens that `seal_person` made; missing values become empty."""

    def opened(token: str | None, context: str) -> str:
        return keys.open(token, context=context) if token else ""

    return OpenedPerson(
        document=opened(document, DOCUMENT),
        name=opened(name, NAME),
        mobile=opened(mobile, MOBILE),
        card=opened(card, CARD),
        note=opened(note, NOTE),
    )
