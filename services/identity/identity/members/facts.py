"""A person as events and answers show them."""

from common.contracts.identity import PersonFact
from common.crypto import TenantKeys
from common.events import Sealed
from common.identifiers import mask_id_number, mask_mobile, mask_name

from .models import Person
from .schemas import MemberRead


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
    )


def read_member(person: Person, unit_name: str | None, keys: TenantKeys) -> MemberRead:
    """Return a person with name, number and mobile masked."""
    mobile = keys.open(person.mobile_sealed, context="person.mobile") if person.mobile_sealed else None
    return MemberRead(
        id=person.id,
        version=person.version,
        name=mask_name(keys.open(person.name_sealed, context="person.name")),
        document_kind=person.document_kind,
        document_number=mask_id_number(keys.open(person.document_sealed, context="person.document")),
        mobile=mask_mobile(mobile) if mobile else None,
        state=person.state,
        unit_id=person.unit_id,
        unit_name=unit_name,
        bound=person.account_id is not None,
        effective_on=person.effective_on,
        created_at=person.created_at,
    )
