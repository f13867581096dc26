"""Use cases of names that match nothing: synchronised, listed, linked, dismissed (row C.14)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.identity import UnitNameLinked
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page, ServiceContext, check_version, is_next
from common.identifiers import (
    credit_code_faults,
    mask_document_number,
    mask_name,
    plain_number,
    unit_name_key,
)
from common.ids import new_id

from ...errors import FieldsInvalid
from ...members.models import Person
from ...members.repository import MemberRepository
from ...members.requests import asking
from ...members.requests.errors import NothingChanges
from ...members.requests.repository import RequestRepository
from ...members.requests.schemas import ChangeCreate, MemberNamed, RequestNamed
from ..repository import UnitRepository
from .errors import PersonNeeded, UnitNeeded
from .models import SyncedName
from .repository import NameRepository
from .schemas import NameLink, NameMatched, NameRevealed, NamesSync, NamesSynced, SyncedNameRead, SyncedUnit

FOUND_IN_SYNC = "数据同步后姓名或证件号码不一致"


async def sync_names(session: AsyncSession, *, actor: Actor, asked: NamesSync) -> NamesSynced:
    """Match the names of synchronised data: by credit code, by name, by what was linked; list the others."""
    FieldsInvalid.raise_if(
        {
            f"units.{place}.credit_code": credit_code_faults(plain_number(unit.credit_code))
            for place, unit in enumerate(asked.units)
            if unit.credit_code
        }
    )
    names, codes = (
        NameRepository.of(session),
        [plain_number(u.credit_code) for u in asked.units if u.credit_code],
    )
    by_name, by_code = await names.units_by([unit.name.strip() for unit in asked.units], codes)
    links = await names.links([unit_name_key(unit.name) for unit in asked.units])
    items = [_match(unit, by_code, by_name, links) for unit in asked.units]
    unmatched = {unit_name_key(item.name): item.name for item in items if item.unit_id is None}
    await names.note(
        [
            {"id": new_id(), "version": 1, "kind": "unit", "source": asked.source, "key": key, "name": name,
             "state": "open", "seen": 1}
            for key, name in unmatched.items()
        ]
    )  # fmt: skip
    await record(
        session, actor_id=actor.id, action="names.synced", subject=f"source:{asked.source}",
        detail={"units": len(items), "unmatched": len(unmatched)},
    )  # fmt: skip
    return NamesSynced(items=items, unmatched=len(unmatched))


async def list_names(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    cursor: Cursor,
    kind: str | None,
    state: str | None,
) -> Page[SyncedNameRead]:
    """Return names that the back office has to look at, newest first."""
    found = await NameRepository.of(session).page(actor, cursor, kind=kind, state=state)
    keys = await context.keyring.for_tenant(session)
    beside = await _beside(session, found)
    return cursor.page(found, lambda row: _read(row, beside, keys))


async def reveal_name(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, name_id: UUID
) -> NameRevealed:
    """Return a person of the data and the one of the register in full: nobody says that two masks are the same."""
    row = await NameRepository.of(session).listed(name_id, actor)
    if row is None or row.kind != "person":
        raise NotFound
    keys, beside = await context.keyring.for_tenant(session), await _beside(session, [row])
    person = beside.people.get(row.person_id) if row.person_id else None
    unit_id = person.unit_id if person else row.unit_id
    await record(session, actor_id=actor.id, action="name.revealed", subject=f"synced_name:{row.id}")

    def opened(token: str | None, field: str) -> str | None:
        return keys.open(token, context=f"person.{field}") if token else None

    return NameRevealed(
        id=row.id,
        name=opened(row.name_sealed, "name") or "",
        document_number=opened(row.document_sealed, "document"),
        told_unit=row.told_unit,
        registered_name=opened(person.name_sealed, "name") if person else None,
        registered_document_number=opened(person.document_sealed, "document") if person else None,
        registered_unit=beside.units.get(unit_id) if unit_id else None,
    )


async def link_name(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    name_id: UUID,
    expected: int,
    asked: NameLink,
) -> SyncedNameRead:
    """Say which unit a name means, from now on too; for a person ask for the change of data, and hand it in."""
    row, keys = await _open(session, actor, name_id), await context.keyring.for_tenant(session)
    named = asked.unit_id if row.kind == "unit" else await _person_named(session, actor, context, asked, keys)
    meant, wanted = row.linked_unit_id if row.kind == "unit" else named and row.person_id, named
    if is_next(row, expected) and row.was_decided(actor.id, "linked") and meant == wanted:
        return await _shown(session, row, keys)
    check_version(row, expected)
    if row.kind == "unit":
        unit = await UnitRepository.of(session).seen(asked.unit_id, actor) if asked.unit_id else None
        if unit is None:
            raise UnitNeeded
        row.link(unit.id, actor.id)
        emit(session, UnitNameLinked(source=row.source, unit_name=row.name or "", unit_id=unit.id))
    else:
        person_id = row.person_id or named
        if person_id is None:
            raise PersonNeeded
        request_id = await _ask_change(session, actor, context, row, person_id, keys)
        row.link_person(person_id, request_id, actor.id)
    return await _decided(session, actor, row, "name.linked", keys)


async def _person_named(
    session: AsyncSession, actor: Actor, context: ServiceContext, asked: NameLink, keys: TenantKeys
) -> UUID | None:
    """Return the member whom the caller names; an exact number that is tried is counted, as at every look-up."""
    if asked.document_number or asked.member_number:
        await asking.count_lookup(context, actor)
        by = MemberNamed(document_number=asked.document_number, member_number=asked.member_number)
        return (await asking.named(MemberRepository.of(session), by, keys)).id
    return asked.person_id


async def _ask_change(
    session: AsyncSession,
    actor: Actor,
    context: ServiceContext,
    row: SyncedName,
    person_id: UUID,
    keys: TenantKeys,
) -> UUID | None:
    """Ask for the name and number of the data, and hand it in; None where the register has them already."""
    number = keys.open(row.document_sealed, context="person.document") if row.document_sealed else None
    wanted = ChangeCreate(
        person_id=person_id, reason=FOUND_IN_SYNC, name=keys.open(row.name_sealed or "", context="person.name"),
        document_number=number, document_kind="resident_id" if number else None,
    )  # fmt: skip
    try:
        request = await asking.ask_change(session, actor=actor, context=context, asked=wanted)
    except NothingChanges:
        return None
    await asking.hand_in(session, actor=actor, items=[RequestNamed(id=request.id, version=request.version)])
    return request.id


async def dismiss_name(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, name_id: UUID, expected: int, note: str
) -> SyncedNameRead:
    """Say that nothing has to be done."""
    row, keys = await _open(session, actor, name_id), await context.keyring.for_tenant(session)
    if (
        is_next(row, expected)
        and row.was_decided(actor.id, "dismissed")
        and open_words(keys, row.note) == note
    ):
        return await _shown(session, row, keys)
    check_version(row, expected)
    row.dismiss(actor.id, seal_words(keys, note))
    return await _decided(session, actor, row, "name.dismissed", keys)


def _match(
    unit: SyncedUnit, by_code: Mapping[str, UUID], by_name: Mapping[str, UUID], links: Mapping[str, UUID]
) -> NameMatched:
    code, key = plain_number(unit.credit_code) if unit.credit_code else "", unit_name_key(unit.name)
    if code in by_code:
        return NameMatched(name=unit.name, unit_id=by_code[code], by="credit_code")
    if key in by_name:
        return NameMatched(name=unit.name, unit_id=by_name[key], by="name")
    if key in links:
        return NameMatched(name=unit.name, unit_id=links[key], by="link")
    return NameMatched(name=unit.name, unit_id=None, by=None)


async def _open(session: AsyncSession, actor: Actor, name_id: UUID) -> SyncedName:
    row = await NameRepository.of(session).listed(name_id, actor, lock=True)
    if row is None:
        raise NotFound
    return row


async def _decided(
    session: AsyncSession, actor: Actor, row: SyncedName, action: str, keys: TenantKeys
) -> SyncedNameRead:
    await record(session, actor_id=actor.id, action=action, subject=f"synced_name:{row.id}")
    return await _shown(session, row, keys)


async def _shown(session: AsyncSession, row: SyncedName, keys: TenantKeys) -> SyncedNameRead:
    await session.flush()
    return _read(row, await _beside(session, [row]), keys)


class _Beside(NamedTuple):
    """What is shown beside names: who is registered, how units are called, what became of requests."""

    people: Mapping[UUID, Person]
    units: Mapping[UUID, str]
    requests: Mapping[UUID, str]


async def _beside(session: AsyncSession, rows: Sequence[SyncedName]) -> _Beside:
    people = await RequestRepository.of(session).people([row.person_id for row in rows if row.person_id])
    named = {unit_id for row in rows if (unit_id := row.linked_unit_id or row.unit_id)}
    registered = {person.unit_id for person in people.values() if person.unit_id}
    return _Beside(
        people,
        await RequestRepository.of(session).unit_names(list(named | registered)),
        await RequestRepository.of(session).states([row.request_id for row in rows if row.request_id]),
    )


def _read(row: SyncedName, beside: _Beside, keys: TenantKeys) -> SyncedNameRead:
    person = beside.people.get(row.person_id) if row.person_id else None
    unit_id = row.linked_unit_id or row.unit_id

    number = None
    if row.document_sealed:
        number = mask_document_number(keys.open(row.document_sealed, context="person.document"))

    def masked(token: str) -> str:
        return mask_name(keys.open(token, context="person.name"))

    return SyncedNameRead(
        id=row.id, version=row.version, kind=row.kind, source=row.source, person_id=row.person_id,
        name=row.name or masked(row.name_sealed or ""), document_number=number, told_unit=row.told_unit,
        request_id=row.request_id, registered_name=masked(person.name_sealed) if person else None,
        unit_id=row.unit_id, unit_name=beside.units.get(unit_id) if unit_id else None, state=row.state,
        request_state=beside.requests.get(row.request_id) if row.request_id else None,
        seen=row.seen, last_seen_at=row.last_seen_at, linked_unit_id=row.linked_unit_id,
        note=open_words(keys, row.note), created_at=row.created_at,
    )  # fmt: skip
