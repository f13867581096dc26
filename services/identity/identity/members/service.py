"""Use cases of looking at members: one's own record, search, reveal."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.identity import MemberChanged
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page, ServiceContext, check_version, is_next
from common.identifiers import compact_number, plain_document_number, plain_name
from common.tenancy import current_pack

from ..accounts.repository import AccountRepository
from .errors import SearchNeedsValue
from .facts import fact_of, read_member, read_record, sex_in_register
from .models import GivenReason, Person
from .repository import REASON, MemberRepository
from .rules import Criteria
from .schemas import GivenReasonRead, HistoryRead, MemberMeRead, MemberRead, MemberRevealed, MemberSearch


async def read_me(session: AsyncSession, *, actor: Actor, context: ServiceContext) -> MemberMeRead:
    """Return the caller's own record, masked, and whether a new consent is due."""
    if actor.person_id is None:
        raise NotFound
    person, unit_name = await _seen(session, actor, actor.person_id)
    keys = await context.keyring.for_tenant(session)
    consented = await AccountRepository.of(session).newest_consent(actor.id, "privacy")
    in_force = (await current_pack(session)).privacy.version
    return MemberMeRead(
        **read_member(person, unit_name, keys).model_dump(),
        privacy_version=consented,
        consent_due=consented is None or consented < in_force,
        sex=sex_in_register(person, keys),
    )


async def read(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, person_id: UUID
) -> MemberRead:
    """Return one person, masked."""
    person, unit_name = await _seen(session, actor, person_id)
    return read_member(person, unit_name, await context.keyring.for_tenant(session))


async def search_members(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: MemberSearch, cursor: Cursor
) -> Page[MemberRead]:
    """Return the persons that fit all values given, masked; equal values only, by blind index."""
    if not any(asked.model_dump().values()):
        raise SearchNeedsValue
    keys, members = await context.keyring.for_tenant(session), MemberRepository.of(session)
    found = await members.page(actor, cursor=cursor, criteria=criteria_of(asked, keys))
    names = await members.unit_names([person.unit_id for person in found if person.unit_id])
    return cursor.page(found, lambda p: read_member(p, names.get(p.unit_id) if p.unit_id else None, keys))


def criteria_of(asked: MemberSearch, keys: TenantKeys) -> Criteria:
    """Return a search with its personal values as blind indexes, one for every live key."""
    number, mobile, name = asked.document_number, asked.mobile, asked.name
    return Criteria(
        document_indexes=keys.blinds("document", plain_document_number(number)) if number else None,
        mobile_indexes=keys.blinds("mobile", compact_number(mobile)) if mobile else None,
        name_indexes=keys.blinds("name", plain_name(name).strip()) if name else None,
        member_number=compact_number(asked.member_number) if asked.member_number else None,
        unit_id=asked.unit_id,
        state=asked.state,
    )


async def read_history(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, person_id: UUID
) -> HistoryRead:
    """Return every state a person's facts had, masked, with reason and who changed them."""
    person, _ = await _seen(session, actor, person_id)
    keys, members = await context.keyring.for_tenant(session), MemberRepository.of(session)
    records = await members.records(person.id)
    names = await members.unit_names([record.unit_id for record in records if record.unit_id])
    return HistoryRead(items=[read_record(record, names, keys) for record in records])


async def leave(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    person_id: UUID,
    expected: int,
    reason: str,
) -> tuple[Person, MemberRead]:
    """Let a member leave the union, with the reason in the history; policies run to their end."""
    _, unit_name = await _seen(session, actor, person_id)
    members = MemberRepository.of(session)
    (person,) = await members.locked([person_id])
    keys = await context.keyring.for_tenant(session)
    if person.state == "left" and is_next(person, expected):
        last = (await members.records(person_id))[-1:]
        if any(known.reason == "left" and known.changed_by == actor.id for known in last):
            return person, read_member(person, unit_name, keys)
    check_version(person, expected)
    person.leave()
    members.remember([person], reason="left", by=actor.id, note=seal_words(keys, reason))
    await session.flush()
    emit(session, MemberChanged(member=fact_of(person)))
    await record(session, actor_id=actor.id, action="member.left", subject=f"person:{person.id}")
    return person, read_member(person, unit_name, keys)


async def reveal_member(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, person_id: UUID, reason: str
) -> MemberRevealed:
    """Return a person's full values; the audit log says who wanted them and names the reason, kept with the person."""
    person, _ = await _seen(session, actor, person_id)
    keys = await context.keyring.for_tenant(session)
    given = MemberRepository.of(session).note_reason(
        person.id, action="member.revealed", by=actor.id, words=reason, keys=keys
    )
    await record(
        session,
        actor_id=actor.id,
        action="member.revealed",
        subject=f"person:{person.id}",
        detail={"reason": given},
    )
    mobile = person.mobile_sealed
    return MemberRevealed(
        id=person.id,
        name=keys.open(person.name_sealed, context="person.name"),
        document_number=keys.open(person.document_sealed, context="person.document"),
        mobile=keys.open(mobile, context="person.mobile") if mobile else None,
    )


async def read_given_reason(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, reason_id: UUID
) -> GivenReasonRead:
    """Return the words to which an entry of the audit log refers; they may name anything, so this is an entry too."""
    row = await MemberRepository.of(session).find(GivenReason, reason_id)
    if row is None:
        raise NotFound
    await _seen(session, actor, row.person_id)
    keys = await context.keyring.for_tenant(session)
    await record(
        session, actor_id=actor.id, action="reason.read", subject=f"person:{row.person_id}",
        detail={"reason": row.id},
    )  # fmt: skip
    return GivenReasonRead(
        id=row.id, person_id=row.person_id, action=row.action, given_by=row.given_by,
        words=keys.open(row.words_sealed, context=REASON), created_at=row.created_at,
    )  # fmt: skip


async def _seen(session: AsyncSession, actor: Actor, person_id: UUID) -> tuple[Person, str | None]:
    found = await MemberRepository.of(session).seen(person_id, actor)
    if found is None:
        raise NotFound
    return found
