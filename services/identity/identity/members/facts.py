"""A person as events and answers show them."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from common.contracts.identity import PersonFact
from common.crypto import TenantKeys, open_words
from common.events import Sealed
from common.identifiers import mask_document_number, mask_mobile, mask_name, sex_of

from .models import Person, PersonRecord
from .schemas import MemberRead, RecordRead


def fact_of(person: Person) -> PersonFact:
    """Return a person as other services need them; values stay sealed as they are stored."""
    mobile = None
    if person.mobile_sealed is not None:
        mobile = Sealed(ciphertext=person.mobile_sealed, index=person.mobile_index)
    return PersonFact(
        version=person.version,
        person_id=person.id,
        document_kind=person.document_kind,
        document_number=Sealed(ciphertext=person.document_sealed, index=person.document_index),
        name=Sealed(ciphertext=person.name_sealed),
        mobile=mobile,
        unit_id=person.unit_id,
        state=person.state,
        effective_on=person.effective_on,
        account_id=person.account_id,
        member_number=person.member_number,
        sex=person.sex,
        born=Sealed(ciphertext=person.born_sealed) if person.born_sealed else None,
        work_number=Sealed(ciphertext=person.work_number_sealed) if person.work_number_sealed else None,
    )


def read_member(person: Person, unit_name: str | None, keys: TenantKeys) -> MemberRead:
    """Return a person with name, number and mobile masked."""
    mobile = keys.open(person.mobile_sealed, context="person.mobile") if person.mobile_sealed else None
    return MemberRead(
        id=person.id,
        version=person.version,
        member_number=person.member_number,
        name=mask_name(keys.open(person.name_sealed, context="person.name")),
        document_kind=person.document_kind,
        document_number=mask_document_number(keys.open(person.document_sealed, context="person.document")),
        mobile=mask_mobile(mobile) if mobile else None,
        state=person.state,
        unit_id=person.unit_id,
        unit_name=unit_name,
        bound=person.account_id is not None,
        over_age=person.over_age,
        returned_reason=open_words(keys, person.returned_reason),
        effective_on=person.effective_on,
        created_at=person.created_at,
    )


def sex_in_register(person: Person, keys: TenantKeys) -> Literal["female", "male"] | None:
    """Return the sex that a person's ID number says; None for other documents."""
    return sex_of(keys.open(person.document_sealed, context="person.document"))


def read_record(record: PersonRecord, unit_names: Mapping[UUID, str], keys: TenantKeys) -> RecordRead:
    """Return one state of a person's facts, masked."""
    mobile = keys.open(record.mobile_sealed, context="person.mobile") if record.mobile_sealed else None
    return RecordRead(
        number=record.number,
        reason=record.reason,
        note=open_words(keys, record.note),
        changed_by=record.changed_by,
        name=mask_name(keys.open(record.name_sealed, context="person.name")),
        document_kind=record.document_kind,
        document_number=mask_document_number(keys.open(record.document_sealed, context="person.document")),
        mobile=mask_mobile(mobile) if mobile else None,
        state=record.state,
        unit_id=record.unit_id,
        unit_name=unit_names.get(record.unit_id) if record.unit_id else None,
        effective_on=record.effective_on,
        created_at=record.created_at,
    )
