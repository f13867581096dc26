"""What happens when a verification has succeeded: the account comes into being, or gets another mobile."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.contracts.identity import MemberChanged
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import Sealed, emit
from common.http import ServiceContext
from common.tenancy import current_pack

from ..accounts.errors import MobileOfAnother
from ..accounts.links import link_account, open_ticket, unlink_all
from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..accounts.service import end_sessions_of
from ..members.facts import fact_of
from ..members.models import Person
from ..members.registration import bind_person, replaced_mobile
from ..members.repository import MemberRepository
from .errors import NotBound
from .models import Binding
from .repository import BindingRepository


async def finish(
    session: AsyncSession,
    *,
    context: ServiceContext,
    keys: TenantKeys,
    binding: Binding,
    by: str,
    staff: UUID | None = None,
    reason: str | None = None,
) -> Account:
    """Carry out what the binding was for; AlreadyBound or MobileOfAnother if another was quicker."""
    found = await MemberRepository.of(session).locked([binding.person_id])
    if not found:
        raise NotFound
    person = found[0]
    await _require_free_mobile(session, binding)
    if binding.purpose == "bind":
        account = await _open_account(session, keys=keys, binding=binding, person=person)
    else:
        account = await _move_account(session, context=context, keys=keys, binding=binding, person=person)
    binding.bind(account.id, by=by, staff=staff)
    await session.flush()
    await BindingRepository.of(session).end_others(person.id, but=binding.id)
    detail = {"by": by, "binding": str(binding.id)}
    if staff is not None and reason:
        given = MemberRepository.of(session).note_reason(
            person.id, action=f"account.{binding.purpose}", by=staff, words=reason, keys=keys
        )
        detail["reason"] = str(given)
    await record(
        session,
        actor_id=staff or account.id,
        action=f"account.{binding.purpose}",
        subject=f"person:{person.id}",
        detail=detail,
    )
    return account


async def change_mobile(session: AsyncSession, *, account: Account, person: Person, mobile: Sealed) -> None:
    """Take a proved mobile as the account's and the person's."""
    account.change_mobile(mobile)
    former = replaced_mobile(person, mobile)
    if person.change({"mobile_sealed": mobile.ciphertext, "mobile_index": mobile.index}):
        MemberRepository.of(session).remember([person], reason="mobile_changed")
        await session.flush()
        emit(session, MemberChanged(member=fact_of(person), former_mobile=former))


async def _require_free_mobile(session: AsyncSession, binding: Binding) -> None:
    other = await AccountRepository.of(session).of_mobile(["member"], [binding.mobile_index])
    if other is not None and other.id != binding.account_id:
        raise MobileOfAnother(contact=(await current_pack(session)).tenant.contact.phone)


def _mobile(binding: Binding) -> Sealed:
    return Sealed(ciphertext=binding.mobile_sealed, index=binding.mobile_index)


async def _open_account(
    session: AsyncSession, *, keys: TenantKeys, binding: Binding, person: Person
) -> Account:
    other = open_ticket(keys, binding.link_sealed) if binding.link_sealed else None
    return await bind_person(
        session,
        keys=keys,
        person=person,
        mobile=_mobile(binding),
        consent=binding.consent_number,
        other=other,
        face_consent=binding.face_consent_at is not None,
    )


async def _move_account(
    session: AsyncSession, *, context: ServiceContext, keys: TenantKeys, binding: Binding, person: Person
) -> Account:
    """Change the mobile; at a recovery whoever was signed in is signed out, and the old WeChat opens it no more."""
    account = await AccountRepository.of(session).find(Account, binding.account_id or binding.id, lock=True)
    if account is None or account.status == "closed" or person.account_id != account.id:
        raise NotBound
    if binding.purpose == "recover":
        await unlink_all(session, account)
        await end_sessions_of(session, context=context, account=account, reason="recovered")
        if binding.link_sealed:
            await link_account(
                session, keys=keys, account=account, other=open_ticket(keys, binding.link_sealed)
            )
    await change_mobile(session, account=account, person=person, mobile=_mobile(binding))
    return account
