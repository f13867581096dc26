"""Use case of confirmed rosters: the people they name enter the register, up to 500 at a time."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now, today
from common.contracts.enrollment import EnrolledPerson
from common.contracts.identity import MembersAdmitted
from common.crypto import TenantKeys
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_version

from ..accounts.repository import AccountRepository
from ..accounts.service import end_sessions_of
from ..units.names.repository import NameRepository
from . import rules
from .facts import fact_of
from .models import Person
from .repository import MemberRepository


async def register_enrolled(
    session: AsyncSession, *, context: ServiceContext, people: Sequence[EnrolledPerson]
) -> None:
    """Register the persons that are not known, note the unit of those that are, and tell of both in one batch.

    Seven statements at most, however many people.
    """
    told = {person.person_id: person for person in people}
    members, version = MemberRepository.of(session), await current_version(session)
    keys = await context.keyring.for_tenant(session)
    new = await members.register_new([_new_row(person, version, keys) for person in told.values()])
    found = [person for person in await members.locked(list(told)) if not person.is_erased]
    changed = [p for p in found if p.id not in new and _change(p, told[p.id], keys)]
    entered = [p for p in found if p.id in new]
    members.remember(entered, reason="registered")
    members.remember(changed, reason="rostered")
    await _note_renamed(session, [p for p in found if p.id not in new], told, keys)
    await _hold_renamed(session, context, [p for p in changed if p.name_sealed == told[p.id].name.ciphertext])
    await session.flush()
    facts = [fact_of(person) for person in (*entered, *changed)]
    if facts:
        emit(session, MembersAdmitted(batch_id=new_id(), members=facts))


def _new_row(person: EnrolledPerson, pack_version: int, keys: TenantKeys) -> dict[str, object]:
    return {
        "id": person.person_id,
        "created_at": now(),
        "version": 1,
        "state": "confirmed",
        "unit_id": person.unit_id,
        "document_kind": person.document_kind,
        "document_sealed": person.document_number.ciphertext,
        "document_index": person.document_number.index or "",
        "name_sealed": person.name.ciphertext,
        "name_index": keys.blind("name", keys.open(person.name.ciphertext, context="person.name")),
        "mobile_sealed": person.mobile.ciphertext if person.mobile else None,
        "mobile_index": person.mobile.index if person.mobile else None,
        "effective_on": today(),
        "pack_version": pack_version,
    }


def _change(person: Person, told: EnrolledPerson, keys: TenantKeys) -> bool:
    """Take what the roster changes; return whether anything is new."""
    known = rules.Known(
        state=person.state,
        unit_id=person.unit_id,
        name=keys.open(person.name_sealed, context="person.name"),
        has_mobile=person.mobile_sealed is not None,
    )
    rostered = rules.Rostered(told.unit_id, keys.open(told.name.ciphertext, context="person.name"))
    changes = dict(rules.roster_changes(known, rostered))
    if "name" in changes:
        del changes["name"]
        changes |= {"name_sealed": told.name.ciphertext, "name_index": keys.blind("name", rostered.name)}
    if told.mobile is not None and not known.has_mobile:
        changes |= {"mobile_sealed": told.mobile.ciphertext, "mobile_index": told.mobile.index}
    return person.change(changes)


async def _hold_renamed(session: AsyncSession, context: ServiceContext, people: Sequence[Person]) -> None:
    """Put the accounts on hold of people who registered under another name than their unit gave."""
    bound: list[UUID] = [person.id for person in people if person.account_id is not None]
    if not bound:
        return
    for account in await AccountRepository.of(session).of_people(bound):
        account.hold(rules.HELD_FOR_NAME)
        await end_sessions_of(session, context=context, account=account, reason="held")


async def _note_renamed(
    session: AsyncSession, people: Sequence[Person], told: Mapping[UUID, EnrolledPerson], keys: TenantKeys
) -> None:
    """List members whom a roster names otherwise than the register: the back office looks at them (row C.14)."""
    rows = []
    for person in people:
        name = keys.open(told[person.id].name.ciphertext, context="person.name")
        if not rules.same_name(keys.open(person.name_sealed, context="person.name"), name):
            rows.append(
                {
                    "id": new_id(), "version": 1, "kind": "person", "source": "roster", "state": "open", "seen": 1,
                    "key": f"{person.id}:{keys.blind('name', name)}", "name_sealed": told[person.id].name.ciphertext,
                    "person_id": person.id, "unit_id": told[person.id].unit_id,
                }
            )  # fmt: skip
    await NameRepository.of(session).note(rows)
