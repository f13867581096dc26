"""Use cases of an account that is bound: unbound, its mobile changed, its consents renewed."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.identity import MemberUnbound
from common.errors import DomainError, NotFound
from common.events import emit
from common.http import ServiceContext
from common.identifiers import compact_number, mask_mobile, mobile_faults
from common.tenancy import current_pack
from common.text import Text

from ..accounts.errors import SameMobile
from ..accounts.links import unlink_all
from ..accounts.models import Account, Consent
from ..accounts.repository import AccountRepository
from ..accounts.service import end_sessions_of
from ..codes.service import redeem_code
from ..errors import FieldsInvalid
from ..members.errors import ConsentOutdated
from ..members.facts import fact_of
from ..members.models import Person
from ..members.registration import require_free_mobile
from ..members.repository import MemberRepository
from ..members.schemas import ConsentGiven
from .errors import NotBound
from .finishing import change_mobile
from .schemas import MobileChange, MobileChangedRead, MobileSet, Unbind

OLD_CODE, NEW_CODE = (
    Text("原手机验证码", "Code to the old number"),
    Text("新手机验证码", "Code to the new number"),
)


@contextmanager
def about(field: str, title: Text) -> Iterator[None]:
    """Let a refusal of one of two codes name which one it is about."""
    try:
        yield
    except DomainError as refused:
        said = refused.sentence
        named = Text(f"{title.zh}：{said.zh}", f"{title.en}: {said.en}").in_language()
        refused.errors = [{"field": field, "code": refused.code, "message": named}]
        raise


async def unbind_own(session: AsyncSession, *, context: ServiceContext, actor: Actor, asked: Unbind) -> None:
    """Unbind oneself; the code sent to the account's mobile proves that it is the owner."""
    account, person = await own_account(session, actor)
    if account.mobile_sealed is not None:
        keys = await context.keyring.for_tenant(session)
        mobile = keys.open(account.mobile_sealed, context="person.mobile")
        await redeem_code(session, context=context, purpose="unbind", mobile=mobile, code=asked.code or "")
    await _unbind(session, context=context, account=account, person=person, by=actor.id, reason="own")


async def unbind_member(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, person_id: UUID, reason: str
) -> None:
    """Unbind a member who has lost mobile and device; staff have checked who asks and say why."""
    members = MemberRepository.of(session)
    if await members.seen(person_id, actor) is None:
        raise NotFound
    (person,) = await members.locked([person_id])
    account = await AccountRepository.of(session).find(Account, person.account_id or person.id, lock=True)
    if account is None or person.account_id is None:
        raise NotBound
    keys = await context.keyring.for_tenant(session)
    given = members.note_reason(person.id, action="account.unbound", by=actor.id, words=reason, keys=keys)
    await _unbind(session, context=context, account=account, person=person, by=actor.id, reason=str(given))


async def change_own_mobile(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, asked: MobileChange
) -> MobileChangedRead:
    """Change the mobile with codes of the old and of the new number."""
    account, person = await own_account(session, actor)
    keys = await context.keyring.for_tenant(session)
    old = keys.open(account.known_mobile, context="person.mobile")
    new = _mobile(asked.mobile)
    if new == old:
        raise SameMobile
    with about("code", NEW_CODE):
        await redeem_code(session, context=context, purpose="change_mobile", mobile=new, code=asked.code)
    with about("old_code", OLD_CODE):
        await redeem_code(session, context=context, purpose="prove_mobile", mobile=old, code=asked.old_code)
    await require_free_mobile(session, keys, new)
    sealed = keys.sealed(new, context="person.mobile", kind="mobile")
    await change_mobile(session, account=account, person=person, mobile=sealed)
    await _audit(session, actor.id, "account.mobile_changed", person, by="old_number")
    return MobileChangedRead(mobile=mask_mobile(new))


async def set_first_mobile(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, asked: MobileSet
) -> MobileChangedRead:
    """Give a mobile to an account that has none because a portal or a host app opened it."""
    account, person = await own_account(session, actor)
    if account.mobile_sealed is not None:
        raise NotFound
    keys, new = await context.keyring.for_tenant(session), _mobile(asked.mobile)
    await redeem_code(session, context=context, purpose="change_mobile", mobile=new, code=asked.code)
    await require_free_mobile(session, keys, new)
    sealed = keys.sealed(new, context="person.mobile", kind="mobile")
    await change_mobile(session, account=account, person=person, mobile=sealed)
    await _audit(session, actor.id, "account.mobile_changed", person, by="first")
    return MobileChangedRead(mobile=mask_mobile(new))


async def give_consent(session: AsyncSession, *, actor: Actor, asked: ConsentGiven) -> ConsentGiven:
    """Consent to the privacy statement in force; ConsentOutdated for another version. Twice is once."""
    in_force = (await current_pack(session)).privacy.version
    if asked.version != in_force:
        raise ConsentOutdated(version=in_force)
    account, person = await own_account(session, actor)
    accounts = AccountRepository.of(session)
    known = await accounts.newest_consent(account.id, "privacy")
    if known is None or known < in_force:
        accounts.add(
            Consent(account_id=account.id, person_id=person.id, statement="privacy", number=in_force)
        )
    return asked


async def own_account(session: AsyncSession, actor: Actor) -> tuple[Account, Person]:
    """Return the caller's account and person, locked; NotFound once it is unbound."""
    found = await MemberRepository.of(session).locked([actor.person_id] if actor.person_id else [])
    account = await AccountRepository.of(session).find(Account, actor.id, lock=True)
    if account is None or account.status == "closed" or not found or found[0].account_id != account.id:
        raise NotFound
    return account, found[0]


async def _unbind(
    session: AsyncSession, *, context: ServiceContext, account: Account, person: Person, by: UUID, reason: str
) -> None:
    await unlink_all(session, account)
    account.close()
    person.unbind()
    MemberRepository.of(session).remember([person], reason="unbound")
    await session.flush()
    await end_sessions_of(session, context=context, account=account, reason="unbound")
    emit(session, MemberUnbound(member=fact_of(person), account_id=account.id))
    await _audit(session, by, "account.unbound", person, reason=reason)


async def _audit(session: AsyncSession, actor_id: UUID, action: str, person: Person, **detail: str) -> None:
    await record(session, actor_id=actor_id, action=action, subject=f"person:{person.id}", detail=detail)


def _mobile(typed: str) -> str:
    mobile = compact_number(typed)
    FieldsInvalid.raise_if({"mobile": mobile_faults(mobile)})
    return mobile
