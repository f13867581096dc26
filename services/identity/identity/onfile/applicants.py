"""Use cases of frequent applicants (row B.04): add, edit, delete, choose."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.identifiers import (
    compact_number,
    mask_bank_card,
    mask_document_number,
    mask_id_number,
    mask_mobile,
    mask_name,
    plain_document_number,
    plain_name,
)

from ..errors import FieldsInvalid
from ..members.models import Person
from ..members.rules import same_name
from . import rules
from .errors import AlreadyOnFile, TooMany
from .models import FiledDocument, FrequentApplicant
from .repository import OnFileRepository
from .schemas import ApplicantPut, ApplicantRead, ApplicantsRead
from .service import own_row, person_of, writer

NAME, DOCUMENT, MOBILE, CARD = "person.name", "person.document", "person.mobile", "person.card"


async def add_applicant(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: ApplicantPut
) -> ApplicantRead:
    """Add somebody for whom the member often applies."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    repository, values = OnFileRepository.of(session), _values(asked)
    _require_self(values, person, keys)
    if await repository.count(FrequentApplicant, person.id) >= rules.MOST_APPLICANTS:
        raise TooMany(most=rules.MOST_APPLICANTS)
    if await repository.same_applicant(person.id, keys.blinds("document", values.document_number)):
        raise AlreadyOnFile
    row = repository.add(FrequentApplicant(person_id=person.id, **_sealed(values, keys)))
    await session.flush()
    return read(row, keys)


async def edit_applicant(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    applicant_id: UUID,
    expected: int,
    asked: ApplicantPut,
) -> tuple[FrequentApplicant, ApplicantRead]:
    """Replace what is on file of an applicant."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    row = await own_row(session, FrequentApplicant, applicant_id, person.id, expected=expected)
    values = _values(asked)
    _require_self(values, person, keys)
    same = await OnFileRepository.of(session).same_applicant(
        person.id, keys.blinds("document", values.document_number)
    )
    if same is not None and same.id != row.id:
        raise AlreadyOnFile
    for name, value in _sealed(values, keys).items():
        setattr(row, name, value)
    row.touch()
    await session.flush()
    return row, read(row, keys)


async def remove_applicant(session: AsyncSession, *, actor: Actor, applicant_id: UUID, expected: int) -> None:
    """Delete an applicant with their documents on file."""
    repository, person_id = OnFileRepository.of(session), person_of(actor)
    row = await own_row(session, FrequentApplicant, applicant_id, person_id, expected=expected)
    for document in await repository.own(FiledDocument, person_id):
        if document.applicant_id == row.id:
            await repository.remove(document)
    await repository.remove(row)


async def list_applicants(session: AsyncSession, *, actor: Actor, context: ServiceContext) -> ApplicantsRead:
    """Return the caller's frequent applicants, masked."""
    keys = await context.keyring.for_tenant(session)
    rows = await OnFileRepository.of(session).own(FrequentApplicant, person_of(actor))
    return ApplicantsRead(items=[read(row, keys) for row in rows])


def read(row: FrequentApplicant, keys: TenantKeys) -> ApplicantRead:
    """Return an applicant, masked."""
    security = row.social_security_sealed
    return ApplicantRead.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "relation": row.relation,
            "name": mask_name(keys.open(row.name_sealed, context=NAME)),
            "document_kind": row.document_kind,
            "document_number": mask_document_number(keys.open(row.document_sealed, context=DOCUMENT)),
            "mobile": mask_mobile(keys.open(row.mobile_sealed, context=MOBILE))
            if row.mobile_sealed
            else None,
            "card_number": mask_bank_card(keys.open(row.card_sealed, context=CARD))
            if row.card_sealed
            else None,
            "bank_name": row.bank_name,
            "social_security_number": mask_id_number(keys.open(security, context=DOCUMENT))
            if security
            else None,
            "created_at": row.created_at,
        }
    )


def _values(asked: ApplicantPut) -> ApplicantPut:
    """Return what was meant by what was typed; FieldsInvalid with every fault."""
    meant = asked.model_copy(
        update={
            "name": plain_name(asked.name),
            "document_number": plain_document_number(asked.document_number),
            "mobile": compact_number(asked.mobile or "") or None,
            "card_number": compact_number(asked.card_number or "") or None,
            "bank_name": (asked.bank_name or "").strip() or None,
            "social_security_number": plain_document_number(asked.social_security_number or "") or None,
        }
    )
    faults = rules.person_faults(
        name=meant.name,
        kind=meant.document_kind,
        number=meant.document_number,
        mobile=meant.mobile,
        card=meant.card_number,
        social_security=meant.social_security_number,
    )
    FieldsInvalid.raise_if(faults)
    return meant


def _require_self(values: ApplicantPut, person: Person, keys: TenantKeys) -> None:
    """FieldsInvalid if who is put on file as the member is somebody else."""
    if values.relation != "self":
        return
    number = keys.open(person.document_sealed, context=DOCUMENT)
    own = (person.document_kind, number.upper()) == (values.document_kind, values.document_number.upper())
    if not (own and same_name(keys.open(person.name_sealed, context=NAME), values.name)):
        FieldsInvalid.raise_if({"relation": [rules.NOT_SELF]})


def _sealed(values: ApplicantPut, keys: TenantKeys) -> dict[str, str | None]:
    security = values.social_security_number
    return {
        "relation": values.relation,
        "name_sealed": keys.seal(values.name, context=NAME),
        "document_kind": values.document_kind,
        "document_sealed": keys.seal(values.document_number, context=DOCUMENT),
        "document_index": keys.blind("document", values.document_number),
        "mobile_sealed": keys.seal(values.mobile, context=MOBILE) if values.mobile else None,
        "card_sealed": keys.seal(values.card_number, context=CARD) if values.card_number else None,
        "bank_name": values.bank_name,
        "social_security_sealed": keys.seal(security, context=DOCUMENT) if security else None,
    }
