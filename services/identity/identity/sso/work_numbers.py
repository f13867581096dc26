"""Use cases of work numbers: set by the union's staff, learned when a portal tells both numbers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.errors import NotFound
from common.identifiers import compact_number

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
    changed = 0
    for line, (person_id, number) in enumerate(wanted.items(), 1):
        owner = next((owners[i] for i in keys.blinds(CONTEXT, number) if i in owners), None)
        if owner is not None and owner != person_id:
            raise WorkNumberTaken(line=line)
        changed += _set(numbers, keys, known.get(person_id), person_id, number)
    await record(
        session,
        actor_id=actor.id,
        action="work_numbers.set",
        subject="work_number",
        detail={"items": len(wanted), "changed": changed},
    )
    return changed


async def learn_work_number(session: AsyncSession, *, keys: TenantKeys, person_id: UUID, number: str) -> None:
    """Note the number under which a portal knows a member, unless it is another's."""
    numbers, plain = WorkNumberRepository.of(session), plain_work_number(number)
    if await numbers.person_of(keys.blinds(CONTEXT, plain)) is None:
        _set(numbers, keys, (await numbers.of_people([person_id])).get(person_id), person_id, plain)


def _set(
    numbers: WorkNumberRepository, keys: TenantKeys, row: WorkNumber | None, person_id: UUID, number: str
) -> bool:
    sealed = keys.sealed(number, context=CONTEXT, kind=CONTEXT)
    if row is None:
        numbers.add(
            WorkNumber(person_id=person_id, number_sealed=sealed.ciphertext, number_index=sealed.index or "")
        )
        return True
    if row.number_index in keys.blinds(CONTEXT, number):
        return False
    row.change(sealed)
    return True
