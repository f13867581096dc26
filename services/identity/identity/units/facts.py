"""A unit as events and answers show it."""

from collections.abc import Sequence

from common.contracts.identity import UnitFact
from common.crypto import TenantKeys, open_words
from common.events import Sealed
from common.identifiers import mask_id_number, mask_mobile, mask_name

from . import rules
from .models import Unit, UnitDocument
from .schemas import ProfileStepRead, UnitDocumentRead, UnitListed, UnitRead


def fact_of(unit: Unit) -> UnitFact:
    """Return a unit as other services need it."""
    return UnitFact(
        version=unit.version,
        unit_id=unit.id,
        name=unit.name,
        credit_code=unit.credit_code,
        org_path=unit.org_path,
        medical_code=unit.medical_code,
        handler_account_id=unit.handler_account_id,
        handler_mobile=Sealed(ciphertext=unit.handler_mobile_sealed, index=unit.handler_mobile_index),
        handler_name=Sealed(ciphertext=unit.handler_name_sealed) if unit.handler_name_sealed else None,
        status=unit.status,
    )


def read_unit(unit: Unit, documents: Sequence[UnitDocument], keys: TenantKeys) -> UnitRead:
    """Return a unit with its steps and papers, the handler masked."""
    name, number = unit.handler_name_sealed, unit.handler_document_sealed
    return UnitRead(
        **list_unit(unit).model_dump(),
        steps=[
            ProfileStepRead(code=step.code, title=step.title.in_language(), state=step.state)
            for step in rules.steps(unit.status)
        ],
        handler_name=mask_name(keys.open(name, context="person.name")) if name else None,
        handler_id_number=mask_id_number(keys.open(number, context="person.document")) if number else None,
        handler_mobile=mask_mobile(keys.open(unit.handler_mobile_sealed, context="person.mobile")),
        documents=[
            UnitDocumentRead(code=d.code, document_id=d.document_id, media_type=d.media_type)
            for d in documents
        ],
        returned_reason=open_words(keys, unit.returned_reason),
        decided_at=unit.decided_at,
    )


def list_unit(unit: Unit) -> UnitListed:
    """Return a unit as lists show it."""
    return UnitListed.model_validate(unit, from_attributes=True)
