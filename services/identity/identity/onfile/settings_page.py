"""Use cases of the settings page's switches, and of the values that fill a form."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.identity import PreferencesChanged
from common.crypto import TenantKeys
from common.errors import NotFound, PreconditionFailed
from common.events import emit
from common.http import ServiceContext

from ..members.repository import MemberRepository
from .addresses import DETAIL
from .applicants import CARD, DOCUMENT, MOBILE, NAME
from .documents import values
from .models import Address, BankCard, FiledDocument, FrequentApplicant, Preference
from .repository import OnFileRepository
from .schemas import FormValues, FormValuesAsk, PreferencesPut, PreferencesRead
from .service import own_row, person_of, writer


async def read_preferences(session: AsyncSession, *, actor: Actor) -> PreferencesRead:
    """Return the caller's switches; all on while nothing was chosen, as version 0."""
    row = await OnFileRepository.of(session).preference(person_of(actor))
    return _read(row)


async def put_preferences(
    session: AsyncSession, *, actor: Actor, expected: int, asked: PreferencesPut
) -> PreferencesRead:
    """Set the switches; notify obeys them except for messages that must arrive."""
    person = await writer(session, actor)
    repository = OnFileRepository.of(session)
    row = await repository.preference(person.id)
    if (row.version if row else 0) != expected:
        raise PreconditionFailed
    if row is None:
        row = repository.add(Preference(id=person.id, version=1, **asked.model_dump()))
    else:
        row.choose(**asked.model_dump())
    await session.flush()
    emit(
        session,
        PreferencesChanged(
            person_id=person.id,
            version=row.version,
            enrolment_sms=row.enrolment_sms,
            service_notices=row.service_notices,
        ),
    )
    return _read(row)


async def read_form_values(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: FormValuesAsk
) -> FormValues:
    """Return the full values with which the member fills a form, for themselves or for a frequent applicant."""
    keys, person_id = await context.keyring.for_tenant(session), person_of(actor)
    filed = await OnFileRepository.of(session).own(FiledDocument, person_id)
    read = {
        row.kind: {name: str(found["value"]) for name, found in values(row, keys).items()}
        for row in filed
        if row.applicant_id == asked.applicant_id
    }
    if asked.applicant_id is not None:
        row = await own_row(session, FrequentApplicant, asked.applicant_id, person_id)
        return _of_applicant(row, keys, read)
    return await _of_member(session, person_id, keys, read)


async def _of_member(
    session: AsyncSession, person_id: UUID, keys: TenantKeys, read: dict[str, dict[str, str]]
) -> FormValues:
    people = await MemberRepository.of(session).locked([person_id])
    if not people:
        raise NotFound
    person, repository = people[0], OnFileRepository.of(session)
    card: BankCard | None = await repository.default(BankCard, person_id)
    address: Address | None = await repository.default(Address, person_id)
    return FormValues(
        name=keys.open(person.name_sealed, context=NAME),
        document_kind=person.document_kind,
        document_number=keys.open(person.document_sealed, context=DOCUMENT),
        mobile=keys.open(person.mobile_sealed, context=MOBILE) if person.mobile_sealed else None,
        card_number=keys.open(card.card_sealed, context=CARD)
        if card
        else read.get("bank_card", {}).get("卡号"),
        bank_name=card.bank_name if card else None,
        social_security_number=read.get("social_security_card", {}).get("社会保障号码"),
        address=f"{address.region} {keys.open(address.detail_sealed, context=DETAIL)}" if address else None,
        recognised=read,
    )


def _of_applicant(row: FrequentApplicant, keys: TenantKeys, read: dict[str, dict[str, str]]) -> FormValues:
    def opened(sealed: str | None, context: str, kind: str, field: str) -> str | None:
        return keys.open(sealed, context=context) if sealed else read.get(kind, {}).get(field)

    return FormValues(
        name=keys.open(row.name_sealed, context=NAME),
        document_kind=row.document_kind,
        document_number=keys.open(row.document_sealed, context=DOCUMENT),
        mobile=keys.open(row.mobile_sealed, context=MOBILE) if row.mobile_sealed else None,
        card_number=opened(row.card_sealed, CARD, "bank_card", "卡号"),
        bank_name=row.bank_name,
        social_security_number=opened(
            row.social_security_sealed, DOCUMENT, "social_security_card", "社会保障号码"
        ),
        address=None,
        recognised=read,
    )


def _read(row: Preference | None) -> PreferencesRead:
    if row is None:
        return PreferencesRead(version=0, enrolment_sms=True, service_notices=True)
    return PreferencesRead(
        version=row.version, enrolment_sms=row.enrolment_sms, service_notices=row.service_notices
    )
