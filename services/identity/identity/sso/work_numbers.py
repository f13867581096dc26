"""Use cases of work numbers: set by the union's staff, learned when a portal tells both numbers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.identity import MembersAdmitted
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.identifiers import compact_number
from common.ids import new_id

from ..members.facts import fact_of
from ..members.repository import MemberRepository
from .errors import WorkNumberTaken
from .models import WorkNumber
from .repository import WorkNumberRepository
from .schemas import WorkNumberPut

CONTEXT = "work_number"


def plain_work_number(text: str) -> str:
    """Return a work number as it was meant: no blanks, ASCII, capital letters."""
    return compact_number(text).upper()


async def put_work_numbers(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, items: Sequence[WorkNumberPut]
) -> int:
    """Set work numbers of members whom the caller may see; return how many are new. NotFound, WorkNumberTaken."""
    wanted = {item.person_id: plain_work_number(item.work_number) for item in items}
    seen = await MemberRepository.of(session).seen_ids(list(wanted), actor)
    if seen != set(wanted):
        raise NotFound
    numbers = WorkNumberRepository.of(session)
    indexes = [index for number in wanted.values() for index in keys.blinds(CONTEXT, number)]
    owners = {row.number_index: row.person_id for row in await numbers.of_numbers(indexes)}
    known = await numbers.of_people(list(wanted))
    changed: dict[UUID, str] = {}
    for line, (person_id, number) in enumerate(wanted.items(), 1):
        owner = next((owners[i] for i in keys.blinds(CONTEXT, number) if i in owners), None)
        if owner is not None and owner != person_id:
            raise WorkNumberTaken(line=line)
        if (sealed := _set(numbers, keys, known.get(person_id), person_id, number)) is not None:
            changed[person_id] = sealed
    await _tell(session, changed)
    await record(
        session,
        actor_id=actor.id,
        action="work_numbers.set",
        subject="work_number",
        detail={"items": len(wanted), "changed": len(changed)},
    )
    return len(changed)


async def learn_work_number(
    session: AsyncSession, *, keys: TenantKeys, person_id: UUID, number: str, told: bool = False
) -> None:
    """Note the number under which a portal knows a member, unless it is another's; `told`: the caller says it."""
    numbers, plain = WorkNumberRepository.of(session), plain_work_number(number)
    if await numbers.person_of(keys.blinds(CONTEXT, plain)) is None:
        known = (await numbers.of_people([person_id])).get(person_id)
        if (sealed := _set(numbers, keys, known, person_id, plain)) is not None:
            await _tell(session, {person_id: sealed}, told=told)


async def _tell(session: AsyncSession, changed: Mapping[UUID, str], *, told: bool = False) -> None:
    """Say the new numbers with the facts of their members; nobody is notified of them."""
    people = await MemberRepository.of(session).locked(list(changed)) if changed else ()
    for person in people:
        person.note_work_number(changed[person.id])
    if people and not told:
        emit(session, MembersAdmitted(batch_id=new_id(), members=[fact_of(person) for person in people]))


def _set(
    numbers: WorkNumberRepository, keys: TenantKeys, row: WorkNumber | None, person_id: UUID, number: str
) -> str | None:
    """Set a member's number, and return it sealed if it is another than before."""
    sealed = keys.sealed(number, context=CONTEXT, kind=CONTEXT)
    if row is None:
        numbers.add(
            WorkNumber(person_id=person_id, number_sealed=sealed.ciphertext, number_index=sealed.index or "")
        )
        return sealed.ciphertext
    if row.number_index in keys.blinds(CONTEXT, number):
        return None
    row.change(sealed)
    return sealed.ciphertext
