"""Use case of a person registering an app account (manual 002, annex 2; row C.12), and what binding shares with it."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import ActorKind
from common.clock import now, today
from common.contracts.identity import MemberBound
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.events import Sealed, emit
from common.http import ServiceContext
from common.identifiers import compact_number, plain_document_number, plain_name
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.errors import MobileAlreadyRegistered, MobileOfAnother, StepUpNeeded
from ..accounts.links import OtherUser, link_account, open_ticket
from ..accounts.models import Account, Consent
from ..accounts.repository import AccountRepository
from ..codes.service import HOUR, redeem_code
from ..errors import FieldsInvalid, NotOffered
from ..extras import limits
from . import rules
from .errors import AlreadyBound, ConsentOutdated, MemberNotConfirmed, MemberUnknown, NameMismatch
from .facts import fact_of
from .models import Person
from .repository import MemberRepository
from .schemas import MemberRegister, MemberRegistered

MOST_ATTEMPTS = 20
MOST_FOR_DOCUMENT = 30
DAY = 86_400


class Given(NamedTuple):
    """What the person typed, as it was meant."""

    name: str
    document_kind: str
    document_number: str
    mobile: str


async def register_member(
    session: AsyncSession, *, context: ServiceContext, asked: MemberRegister
) -> MemberRegistered:
    """Register an account for a person, known from a roster or not yet known; one account per person.

    The mobile is proved before anything of the register decides the answer.
    """
    pack = await current_pack(session)
    require_offered(pack)
    if rules.needs_step_up(pack):
        raise StepUpNeeded
    given = Given(
        plain_name(asked.name),
        rules.RESIDENT_ID,
        plain_document_number(asked.id_number),
        compact_number(asked.mobile),
    )
    FieldsInvalid.raise_if(rules.registration_faults(given.name, given.document_number, given.mobile))
    await prove_mobile(
        session,
        context=context,
        pack=pack,
        given=given,
        purpose="bind",
        code=asked.code,
        version=asked.consent.version,
    )
    keys = await context.keyring.for_tenant(session)
    await require_free_mobile(session, keys, given.mobile, document=given.document_number)
    person = await person_of(session, pack=pack, keys=keys, given=given)
    other = open_ticket(keys, asked.ticket) if asked.ticket else None
    sealed = keys.sealed(given.mobile, context="person.mobile", kind="mobile")
    account = await bind_person(
        session, keys=keys, person=person, mobile=sealed, consent=pack.privacy.version, other=other
    )
    return MemberRegistered(person_id=person.id, account_id=account.id)


def require_offered(pack: TenantPack) -> None:
    """NotOffered where the union's members do not come in by mobile, alone or after WeChat or a host app."""
    if not offers_binding(pack):
        raise NotOffered


def offers_binding(pack: TenantPack) -> bool:
    """Whether members bind or register with a mobile, alone or after WeChat or a host app."""
    return bool({"sms", "wechat", "host_app"} & set(pack.registration.sign_in.member))


async def prove_mobile(
    session: AsyncSession,
    *,
    context: ServiceContext,
    pack: TenantPack,
    given: Given,
    purpose: str,
    code: str,
    version: int | None,
) -> None:
    """Check the consent's version and use up the code of the mobile; attempts are counted by mobile and by document."""
    if version is not None and version != pack.privacy.version:
        raise ConsentOutdated(version=pack.privacy.version)
    keys = await context.keyring.for_tenant(session)
    tenant = session.info["tenant_id"]
    counters = limits(context)
    await counters.hit(
        f"bind:{tenant}:{keys.blind('mobile', given.mobile)}", most=MOST_ATTEMPTS, seconds=HOUR
    )
    await redeem_code(session, context=context, purpose=purpose, mobile=given.mobile, code=code)
    document = keys.blind("document", given.document_number)
    await counters.hit(f"bind-document:{tenant}:{document}", most=MOST_FOR_DOCUMENT, seconds=DAY)


async def require_free_mobile(
    session: AsyncSession, keys: TenantKeys, mobile: str, *, document: str | None = None
) -> None:
    """MobileAlreadyRegistered if the account of this document's person has the mobile, MobileOfAnother if another's."""
    account = await AccountRepository.of(session).of_mobile(["member"], keys.blinds("mobile", mobile))
    if account is None:
        return
    indexes = keys.blinds("document", document) if document else []
    if account.person_id in [person.id for person in await MemberRepository.of(session).of_document(indexes)]:
        raise MobileAlreadyRegistered
    raise MobileOfAnother(contact=(await current_pack(session)).tenant.contact.phone)


async def person_of(
    session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, given: Given, bound: bool = False
) -> Person:
    """Return the person of the document, locked; entered as new where the union lets rosters make people.

    `bound`: whether the person must have an account already, or must have none. Looked for by the number they carry
    now: numbers change. AlreadyBound, MemberUnknown, MemberNotConfirmed, NameMismatch.
    """
    members = MemberRepository.of(session)
    known = await members.of_document(keys.blinds("document", given.document_number))
    found = await members.locked([person.id for person in known])
    if not found and not rules.needs_admission(pack) and not bound:
        indexes = keys.blinds("document", given.document_number)
        person_id, entered = await members.person_for(_new_row(pack, keys, given), indexes=indexes)
        found = await members.locked([person_id])
        members.remember(found if entered else [], reason="registered")
    if not found:
        raise MemberUnknown
    person = found[0]
    if not rules.same_name(keys.open(person.name_sealed, context="person.name"), given.name):
        raise NameMismatch
    if not rules.is_member(pack, person.state):
        raise MemberNotConfirmed
    if not bound and person.account_id is not None:
        raise AlreadyBound
    return person


def _new_row(pack: TenantPack, keys: TenantKeys, given: Given) -> dict[str, object]:
    return {
        "id": keys.person_id(given.document_kind, given.document_number),
        "created_at": now(),
        "version": 1,
        "state": "new",
        "document_kind": given.document_kind,
        "document_sealed": keys.seal(given.document_number, context="person.document"),
        "document_index": keys.blind("document", given.document_number),
        "name_sealed": keys.seal(given.name, context="person.name"),
        "name_index": keys.blind("name", given.name),
        "effective_on": today(),
        "pack_version": pack.version,
    }


async def bind_person(
    session: AsyncSession,
    *,
    keys: TenantKeys,
    person: Person,
    mobile: Sealed | None,
    consent: int | None,
    other: OtherUser | None = None,
    face_consent: bool = False,
) -> Account:
    """Make the person's account with its consents, its proved mobile and the other system's user who owns it."""
    accounts, members = AccountRepository.of(session), MemberRepository.of(session)
    account = accounts.add(
        Account(
            id=new_id(), kind=ActorKind.MEMBER, mobile_sealed=mobile.ciphertext if mobile else None,
            mobile_index=mobile.index if mobile else None, roles=["member"], person_id=person.id,
        )
    )  # fmt: skip
    await session.flush()
    for statement, given in (("privacy", consent is not None), ("face", face_consent)):
        if given:
            accounts.add(
                Consent(account_id=account.id, person_id=person.id, statement=statement, number=consent or 1)
            )
    if other is not None:
        await link_account(session, keys=keys, account=account, other=other)
    person.bind(account.id)
    former = replaced_mobile(person, mobile)
    if mobile is not None:
        person.change({"mobile_sealed": mobile.ciphertext, "mobile_index": mobile.index})
    members.remember([person], reason="bound")
    await session.flush()
    emit(session, MemberBound(member=fact_of(person), account_id=account.id, former_mobile=former))
    return account


def replaced_mobile(person: Person, mobile: Sealed | None) -> Sealed | None:
    """Return the register's mobile where a proved one takes its place."""
    if mobile is None or person.mobile_sealed is None or person.mobile_index == mobile.index:
        return None
    return Sealed(ciphertext=person.mobile_sealed, index=person.mobile_index)
