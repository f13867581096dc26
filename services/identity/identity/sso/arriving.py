"""Use cases of people arriving from other systems: found in the register, bound just in time, signed in."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import ActorKind
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.events import Sealed
from common.http import ServiceContext
from common.identifiers import (
    compact_number,
    document_faults,
    mobile_faults,
    plain_document_number,
    plain_name,
)
from common.tenancy import current_pack

from ..accounts.links import OtherUser, account_of, link_account, make_ticket
from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..accounts.service import open_session
from ..members.errors import MemberNotConfirmed, MemberUnknown, NameMismatch
from ..members.models import Person
from ..members.registration import Given, bind_person, offers_binding, person_of
from ..members.repository import MemberRepository
from ..members.rules import is_member, needs_admission, same_name
from .errors import NotToldWho, StaffUnknown
from .repository import WorkNumberRepository
from .rules import Told
from .schemas import Arrived
from .work_numbers import learn_work_number, plain_work_number


class Arrival(NamedTuple):
    """Somebody whom another system vouches for."""

    other: OtherUser
    told: Told
    match: tuple[str, ...] = ("document_number",)
    device: str | None = None


async def member_arrives(session: AsyncSession, *, context: ServiceContext, arrival: Arrival) -> Arrived:
    """Sign a member in: the account linked before, or the one of the person found by number, made if there is none.

    Somebody who cannot be found because the other system told no number gets a ticket to bind with, or NotToldWho where
    the union's members come in by portal only.
    """
    keys = await context.keyring.for_tenant(session)
    account = await account_of(session, keys=keys, other=arrival.other)
    if account is None or account.status == "closed":
        pack = await current_pack(session)
        person = await _find(session, pack=pack, keys=keys, arrival=arrival)
        if person is None:
            if not offers_binding(pack):
                raise NotToldWho(contact=pack.tenant.contact.phone)
            return Arrived(ticket=make_ticket(keys, arrival.other))
        account = await _account(session, keys=keys, person=person, arrival=arrival)
        if arrival.told.work_number:
            await learn_work_number(session, keys=keys, person_id=person.id, number=arrival.told.work_number)
    await session.flush()
    tokens = await open_session(
        session, context=context, account=account, way=arrival.other.provider, device=arrival.device
    )
    return Arrived(tokens=tokens)


async def worker_arrives(
    session: AsyncSession, *, context: ServiceContext, arrival: Arrival, kind: ActorKind
) -> Arrived:
    """Sign in one of the union's staff (by user name) or a unit's handler (by mobile); StaffUnknown."""
    keys = await context.keyring.for_tenant(session)
    accounts, told = AccountRepository.of(session), arrival.told
    account: Account | None = None
    if kind is ActorKind.STAFF and told.user_name:
        account = await accounts.of_user_name(told.user_name.strip().lower())
    elif kind is ActorKind.HANDLER and told.mobile:
        indexes = keys.blinds("mobile", compact_number(told.mobile))
        account = await accounts.of_mobile([ActorKind.HANDLER], indexes)
    if account is None or account.status == "closed":
        raise StaffUnknown
    tokens = await open_session(
        session, context=context, account=account, way=arrival.other.provider, device=arrival.device
    )
    return Arrived(tokens=tokens)


async def wechat_arrives(
    session: AsyncSession, *, context: ServiceContext, open_id: str, device: str | None
) -> Arrived:
    """Sign in the owner of a WeChat open id; who is not bound yet gets a ticket."""
    keys = await context.keyring.for_tenant(session)
    other = OtherUser("wechat", open_id)
    account = await account_of(session, keys=keys, other=other)
    if account is None or account.status == "closed":
        return Arrived(ticket=make_ticket(keys, other))
    tokens = await open_session(session, context=context, account=account, way="wechat", device=device)
    return Arrived(tokens=tokens)


async def _find(
    session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, arrival: Arrival
) -> Person | None:
    """Return the person, locked; None where the other system told no number to look by."""
    told, members = arrival.told, MemberRepository.of(session)
    ids: list[UUID] = []
    for way in arrival.match:
        if way == "work_number" and told.work_number:
            index = keys.blinds("work_number", plain_work_number(told.work_number))
            found = await WorkNumberRepository.of(session).person_of(index)
            ids = [found] if found else []
        elif way == "document_number" and told.document_number:
            number = plain_document_number(told.document_number)
            ids = [p.id for p in await members.of_document(keys.blinds("document", number))]
        if ids:
            break
    people = await members.locked(ids)
    if not people:
        return await _new_person(session, pack=pack, keys=keys, told=told)
    person = people[0]
    if told.name and not same_name(keys.open(person.name_sealed, context="person.name"), told.name):
        raise NameMismatch
    if not is_member(pack, person.state):
        raise MemberNotConfirmed
    return person


async def _new_person(
    session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, told: Told
) -> Person | None:
    """Enter a person whom nobody knows yet, where the union lets people come in so."""
    if not told.document_number or not told.name:
        return None
    if needs_admission(pack):
        raise MemberUnknown
    number = plain_document_number(told.document_number)
    if told.document_kind not in pack.registration.binding.kinds:
        return None
    if document_faults(told.document_kind, number):
        return None
    given = Given(plain_name(told.name), told.document_kind, number, "")
    return await person_of(session, pack=pack, keys=keys, given=given)


async def _account(session: AsyncSession, *, keys: TenantKeys, person: Person, arrival: Arrival) -> Account:
    """Return the person's account, made just in time, and let the other system's user open it from now on."""
    accounts = AccountRepository.of(session)
    if person.account_id is not None:
        account = await accounts.find(Account, person.account_id, lock=True)
        if account is not None and account.status != "closed":
            await link_account(session, keys=keys, account=account, other=arrival.other)
            return account
    mobile = await _free_mobile(accounts, keys, arrival.told.mobile)
    return await bind_person(
        session, keys=keys, person=person, mobile=mobile, consent=None, other=arrival.other
    )


async def _free_mobile(accounts: AccountRepository, keys: TenantKeys, told: str | None) -> Sealed | None:
    """Return the mobile that the other system vouches for, unless it is none or another member's."""
    mobile = compact_number(told or "")
    if not mobile or mobile_faults(mobile):
        return None
    if await accounts.of_mobile([ActorKind.MEMBER], keys.blinds("mobile", mobile)):
        return None
    return keys.sealed(mobile, context="person.mobile", kind="mobile")
