"""An erasure survives a restore of the database: the note beside it brings the erasure back (row N.07)."""

from typing import Any
from uuid import UUID

import pytest

from common.contracts.identity import PersonErased
from identity.members.models import Person
from identity.privacy.repository import PrivacyRepository
from identity.privacy.surviving import ErasureNotes, keep_erasures

from .offices import Office
from .test_personal_data import MANAGE, admitted, asked, decide

pytestmark = pytest.mark.feature("N.07")


async def is_erased(office: Office, person: dict[str, Any]) -> bool:
    async with office.client.context.db.transaction(office.id) as session:
        found = await PrivacyRepository.of(session).find(Person, UUID(person["id"]))
        assert found is not None
        return found.is_erased


async def test_who_was_erased_is_noted(office: Office) -> None:
    person, other = await admitted(office), await admitted(office)
    notes = ErasureNotes.of(office.client.context)
    request = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    await keep_erasures(office.client.context, office.id)
    assert await notes.people(office.id) == set(), "asked for is not done"
    assert (await decide(office, office.actor(MANAGE), request, "approve")).status_code == 200
    await keep_erasures(office.client.context, office.id)
    assert await notes.people(office.id) == {UUID(person["id"])}
    assert not await is_erased(office, other)


async def test_who_is_noted_and_back_is_erased_again_once(office: Office) -> None:
    """As after a restore: the note is there, the database knows of no erasure."""
    person, other = await admitted(office), await admitted(office)
    await ErasureNotes.of(office.client.context).note(office.id, UUID(person["id"]))
    for _ in range(2):
        await keep_erasures(office.client.context, office.id)
    assert await is_erased(office, person) and not await is_erased(office, other)
    (told,) = await office.events(PersonErased)
    assert str(told.person_id) == person["id"], "every service is told, once"


async def test_a_note_about_nobody_harms_nothing(office: Office) -> None:
    from common.ids import new_id

    await ErasureNotes.of(office.client.context).note(office.id, new_id())
    await keep_erasures(office.client.context, office.id)
    assert await office.events(PersonErased) == []
