"""Acting on exactly what was shown: nobody who came meanwhile, nobody left out however many there are (D.03, D.10)."""

from typing import Any

import pytest

from common.auth import Actor
from common.contracts.identity import MembersAdmitted
from common.testing import Client
from identity.members.admission import reporting
from identity.members.admission.repository import AdmissionRepository, Found

from .offices import Office, new_office, someone


@pytest.mark.feature("D.10")
@pytest.mark.parametrize(("what", "more"), [("delete", {"words": "全部删除"}), ("report", {})])
async def test_who_enters_while_it_is_done_is_not_acted_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, what: str, more: dict[str, str]
) -> None:
    handler = office.handler(await office.unit())
    await office.admit(handler, someone())
    shown = await office.search(handler, state="new")
    look, late = AdmissionRepository.look, []

    async def meanwhile(
        self: AdmissionRepository, actor: Actor, criteria: Any, *, lock: bool = False
    ) -> Found:
        found = await look(self, actor, criteria, lock=lock)
        if lock and not late:
            late.append(await office.admit(handler, someone()))  # a colleague, in a transaction of their own
        return found

    monkeypatch.setattr(AdmissionRepository, "look", meanwhile)
    answer = (await office.act(handler, what, shown, **more)).json()
    assert answer.get("people", answer.get("total")) == 1
    read = await office.client.get(f"/members/{late[0]['id']}", handler)
    assert (read.status_code, read.json()["state"]) == (200, "new")


@pytest.mark.feature("D.03")
async def test_many_batches_are_confirmed_and_returned_to_the_last(
    identity: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "BATCH", 2)
    office = await new_office(identity, **{"confirmation: automatic": "confirmation: person"})
    handler, clerk = office.handler(await office.unit()), office.clerk()
    for _ in range(5):
        await office.admit(handler, someone())
    await office.act(handler, "report", await office.search(handler))
    returned = await office.act(clerk, "return", await office.search(clerk, state="reported"), reason="不符")
    assert returned.json() == {"people": 5}
    assert len((await office.search(handler, state="returned"))["items"]) == 5
    await office.act(handler, "report", await office.search(handler))
    confirmed = await office.act(clerk, "confirm", await office.search(clerk, state="reported"))
    assert confirmed.json() == {"people": 5}
    told = await office.events(MembersAdmitted)
    assert len({fact.person_id for event in told for fact in event.members}) == 5
