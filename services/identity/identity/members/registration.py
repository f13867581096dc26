"""Use case of a person registering an app account (manual 002, annex 2; row C.12)."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import ActorKind
from common.clock import now, today
from common.contracts.identity import MemberBound
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.events import emit
from common.http import ServiceContext
from common.identifiers import compact_number, plain_name, plain_number
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.errors import MobileAlreadyRegistered, StepUpNeeded
from ..accounts.models import Account, Consent
from ..accounts.repository import AccountRepository
from ..codes.service import HOUR, redeem_code
from ..errors import FieldsInvalid, NotOffered
from ..extras import limits
from . import rules
from .errors import AlreadyBound, ConsentOutdated, MemberUnknown, NameMismatch
from .facts import fact_of
from .models import Person
from .repository import MemberRepository
from .schemas import MemberRegister, MemberRegistered

MOST_ATTEMPTS = 20


class Given(NamedTuple):
    """What the person typed, as it was meant."""

    name: str
    id_number: str
    mobile: str


async def register_member(
    session: AsyncSession, *, context: ServiceContext, asked: MemberRegister
) -> MemberRegistered:
    """Register an account for a person, known from a roster or not yet known; one account per person.

    The mobile is proved before anything of the register decides the answer.
    """
    pack = await current_pack(session)
    _require_offered(pack)
    given = Given(plain_name(asked.name), plain_number(asked.id_number).upper(), compact_number(asked.mobile))
    FieldsInvalid.raise_if(rules.registration_faults(**given._asdict()))
    if asked.consent.version != pack.privacy.version:
        raise ConsentOutdated(version=pack.privacy.version)
    keys = await context.keyring.for_tenant(session)
    who = f"{session.info['tenant_id']}:{keys.blind('mobile', given.mobile)}"
    await limits(context).hit(f"bind:{who}", most=MOST_ATTEMPTS, seconds=HOUR)
    await redeem_code(session, context=context, purpose="bind", mobile=given.mobile, code=asked.code)
    if await AccountRepository.of(session).of_mobile(["member"], keys.blinds("mobile", given.mobile)):
        raise MobileAlreadyRegistered
    person = await _person_of(session, pack=pack, keys=keys, given=given)
    account = await _bind(session, pack=pack, keys=keys, person=person, given=given)
    return MemberRegistered(person_id=person.id, account_id=account.id)


def _require_offered(pack: TenantPack) -> None:
    if "sms" not in pack.registration.sign_in.member:
        raise NotOffered
    if rules.needs_step_up(pack):
        raise StepUpNeeded


async def _person_of(session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, given: Given) -> Person:
    """Return the person of the number, locked; entered as new where the union lets rosters make people."""
    members = MemberRepository.of(session)
    person_id = keys.person_id(rules.RESIDENT_ID, given.id_number)
    new: set[object] = set()
    if not rules.needs_admission(pack):
        new |= await members.register_new([_new_row(pack, keys, given)])
    found = await members.locked([person_id])
    if not found:
        raise MemberUnknown
    person = found[0]
    if person.id in new:
        members.remember([person], reason="registered")
    elif person.account_id is not None:
        raise AlreadyBound
    elif not rules.same_name(keys.open(person.name_sealed, context="person.name"), given.name):
        raise NameMismatch
    return person


def _new_row(pack: TenantPack, keys: TenantKeys, given: Given) -> dict[str, object]:
    return {
        "id": keys.person_id(rules.RESIDENT_ID, given.id_number),
        "created_at": now(),
        "version": 1,
        "state": "new",
        "document_kind": rules.RESIDENT_ID,
        "document_sealed": keys.seal(given.id_number, context="person.document"),
        "document_index": keys.blind("document", given.id_number),
        "name_sealed": keys.seal(given.name, context="person.name"),
        "name_index": keys.blind("name", given.name),
        "effective_on": today(),
        "pack_version": pack.version,
    }


async def _bind(
    session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, person: Person, given: Given
) -> Account:
    """Make the account, record the consent, and take the proved mobile as the person's."""
    accounts, members = AccountRepository.of(session), MemberRepository.of(session)
    sealed = keys.sealed(given.mobile, context="person.mobile", kind="mobile")
    account = accounts.add(
        Account(
            id=new_id(), kind=ActorKind.MEMBER, mobile_sealed=sealed.ciphertext, mobile_index=sealed.index or "",
            roles=["member"], person_id=person.id,
        )
    )  # fmt: skip
    await session.flush()
    accounts.add(
        Consent(account_id=account.id, person_id=person.id, statement="privacy", number=pack.privacy.version)
    )
    person.bind(account.id)
    person.change({"mobile_sealed": sealed.ciphertext, "mobile_index": sealed.index})
    members.remember([person], reason="bound")
    await session.flush()
    emit(session, MemberBound(member=fact_of(person), account_id=account.id))
    return account
