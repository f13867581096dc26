"""One person's values on their way: as asked for, as an applicant whom the rules judge, as facts that are kept."""

from datetime import date

from common.crypto import TenantKeys
from common.identifiers import compact_number, plain_document_number, plain_name, plain_number

from ..models import Person
from . import rules
from .schemas import AdmissionCreate, AdmissionPut


def corrected(person: Person, asked: AdmissionPut, keys: TenantKeys) -> AdmissionCreate:
    """Return a person's values after an edit; sex and birth stay only with the kind of document that lacked them."""
    kind = asked.document_kind or person.document_kind
    same, born = kind == person.document_kind, person.born_sealed
    number, name, mobile = asked.document_number, asked.name, asked.mobile
    if number is None:
        number = keys.open(person.document_sealed, context="person.document")
    if name is None:
        name = keys.open(person.name_sealed, context="person.name")
    if mobile is None and person.mobile_sealed is not None:
        mobile = keys.open(person.mobile_sealed, context="person.mobile")
    kept = date.fromisoformat(keys.open(born, context="person.born")) if born and same else None
    values = {"document_kind": kind, "document_number": number, "name": name, "mobile": mobile}
    sex = asked.sex or (person.sex if same else None)
    return AdmissionCreate.model_validate({**values, "sex": sex, "born_on": asked.born_on or kept})


def applicant_of(asked: AdmissionCreate) -> rules.Applicant:
    """Return what was typed, as it was meant. A small x stays a fault: the manual asks for the capital one."""
    written = asked.document_number
    resident = asked.document_kind == rules.RESIDENT_ID
    return rules.Applicant(
        document_kind=asked.document_kind,
        number=plain_number(written) if resident else plain_document_number(written),
        name=plain_name(asked.name),
        mobile=compact_number(asked.mobile) if asked.mobile else "",
        sex=asked.sex,
        born=asked.born_on,
    )


def facts_of(applicant: rules.Applicant, keys: TenantKeys) -> dict[str, object]:
    """Return the sealed columns of an applicant."""
    mobile, born = applicant.mobile, applicant.born
    return {
        "document_kind": applicant.document_kind,
        "document_sealed": keys.seal(applicant.number, context="person.document"),
        "document_index": keys.blind("document", applicant.number),
        "name_sealed": keys.seal(applicant.name, context="person.name"),
        "name_index": keys.blind("name", applicant.name),
        "mobile_sealed": keys.seal(mobile, context="person.mobile") if mobile else None,
        "mobile_index": keys.blind("mobile", mobile) if mobile else None,
        "sex": applicant.sex,
        "born_sealed": keys.seal(born.isoformat(), context="person.born") if born else None,
    }
