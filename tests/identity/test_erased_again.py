"""Somebody who was erased comes again as new, whichever way they come; whoever is still needed keeps nobody waiting."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.clock import now, set_to
from common.contracts.claims import ClaimFact, ClaimSubmitted
from common.contracts.erasure import ERASURE_DONE
from common.contracts.identity import PersonErased
from common.ids import new_id
from common.tenancy import current_pack
from common.testing import Client
from identity.members.admission.models import AdmissionPaper
from identity.members.models import Person
from identity.members.registration import Given, person_of
from identity.privacy import erasing

from .offices import Office, new_office, someone
from .test_member_cover import tell
from .test_personal_data import MANAGE, admitted, asked, decide, leave
from .test_rosters import deliver, enrolled
from .union import Union, an_id_number

pytestmark = pytest.mark.feature("N.07")


async def erased(office: Office, **changes: Any) -> dict[str, Any]:
    person = await admitted(office, **changes)
    request = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    assert (await decide(office, office.actor(MANAGE), request, "approve")).status_code == 200
    (told,) = await office.events(PersonErased)
    for event in ERASURE_DONE.values():
        await tell(office, event(request_id=told.request_id, person_id=told.person_id, rows=1))
    return person


async def test_papers_that_a_unit_handed_in_about_a_person_are_named_to_go(office: Office) -> None:
    """But not a list that was handed in for several: it goes with nobody alone."""
    person, old, new, several = await admitted(office), new_id(), new_id(), new_id()
    mine, other = UUID(person["id"]), UUID((await admitted(office))["id"])
    async with office.client.context.db.transaction(office.id) as session:
        papers = ((old, mine, now()), (new, mine, None), (several, mine, None), (several, other, None))
        for document, whose, replaced in papers:
            paper = AdmissionPaper(
                id=new_id(), tenant_id=office.id, person_id=whose, code="postponed-retirement",
                document_id=document, media_type="image/png", sha256="0" * 64, replaced_at=replaced,
            )  # fmt: skip
            session.add(paper)
    request = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    assert (await decide(office, office.actor(MANAGE), request, "approve")).status_code == 200
    (told,) = await office.events(PersonErased)
    assert set(told.documents) == {old, new}


async def test_who_was_erased_is_admitted_again_and_may_ask_again(office: Office) -> None:
    person = await erased(office)
    handler = office.handler(await office.unit(name="北京另一单位工会"))
    back = await office.member(handler, someone(number=person["number"], name="王小京"))
    assert (back["id"], back["member_number"], back["state"]) == (
        person["id"],
        person["member_number"],
        "confirmed",
    )
    assert back["mobile"] is None and not back["bound"], "nothing of before comes back"
    found = await office.search(handler, document_number=person["number"])
    assert [item["id"] for item in found["items"]] == [person["id"]]
    assert (await asked(office, office.actor(MANAGE), "erasure", person)).status_code == 201


async def test_who_was_erased_registers_again(union: Union) -> None:
    given, keys = Given("许晓霞", "resident_id", an_id_number(), ""), await union.keys()
    async with union.client.context.db.transaction(union.id) as session:
        person = await person_of(session, pack=await current_pack(session), keys=keys, given=given)
        await session.flush()
        person.state, person.document_index = "left", f"erased:{person.id}"
        before = person.version
    async with union.client.context.db.transaction(union.id) as session:
        again = await person_of(session, pack=await current_pack(session), keys=keys, given=given)
        assert again.id == person.id and again.version > before and again.state == "new"
        assert not again.is_erased


async def test_a_roster_brings_who_was_erased_back(union: Union) -> None:
    number = an_id_number()
    unit = await union.register_unit()
    await deliver(union, await enrolled(union, [("张伟", number)], unit_id=unit["unit_id"]))
    async with union.client.context.db.transaction(union.id) as session:
        person = (await session.execute(select(Person))).scalar_one()
        person.state, person.document_index, person.unit_id = "left", f"erased:{person.id}", None
        person.name_sealed = (await union.keys()).seal("已删除", context="person.name")
        person.touch()
    await deliver(union, await enrolled(union, [("张伟", number)], unit_id=unit["unit_id"]))
    async with union.client.context.db.transaction(union.id) as session:
        again = (await session.execute(select(Person))).scalar_one()
        assert (again.state, str(again.unit_id), again.is_erased) == ("confirmed", unit["unit_id"], False)
        assert (await union.keys()).open(again.name_sealed, context="person.name") == "张伟"


async def test_who_is_still_needed_keeps_nobody_behind_them_waiting(
    identity: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "BATCH", 1)
    office = await new_office(
        identity, **{"{left_years: 10, unreported_days: 365}": "{left_years: 5, unreported_days: 180}"}
    )
    handler = office.handler(await office.unit())
    people = sorted(
        [await office.member(handler, someone()) for _ in range(3)], key=lambda p: UUID(p["id"]).bytes
    )
    for person in people:
        await leave(office, person)
    claim = ClaimFact(
        claim_id=new_id(), number="L1", kind="hospital", person_id=UUID(people[0]["id"]), product_code="inpatient",
        pack_version=1, status="in_review", amount=Decimal(1),
    )  # fmt: skip
    await tell(office, ClaimSubmitted(claim=claim))
    with set_to(now() + timedelta(days=5 * 366 + 2)):
        await erasing.apply_retention(office.client.context, office.id)
    assert {str(e.person_id) for e in await office.events(PersonErased)} == {p["id"] for p in people[1:]}
