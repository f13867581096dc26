"""Four eyes are two people's, not two accounts': who entered, reported, asked or proposed decides under no name."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from common.auth import Actor, ActorKind
from common.ids import new_id
from common.testing import Client
from identity.members.models import Person
from identity.tenants.models import PackVersion

from .offices import READ, WRITE, Office, new_office, someone, years_ago
from .offices import id_of as number_of
from .test_member_requests import changed, handed_in
from .test_member_requests import decide as decide_request
from .test_personal_data import MANAGE, admitted, asked
from .test_personal_data import decide as decide_erasure
from .test_tenants import CHANGE
from .union import a_pack, apply

NODE = "{code: finance, role: member_clerk, deadline_days: 3, title: {zh: 财务确认"
CHECKED = {
    "confirmation: automatic": "confirmation: person",
    NODE: NODE.replace("member_clerk,", "member_clerk, four_eyes_with: [submitter],"),
}


def clerks(office: Office) -> tuple[Actor, Actor]:
    """Two accounts of one person."""
    human, roles = new_id(), frozenset({"member_clerk"})
    return (
        office.actor(WRITE, READ, roles=roles, human=human),
        office.actor(WRITE, READ, roles=roles, human=human),
    )


async def code_of(office: Office, actor: Actor, entered: dict[str, Any], what: str = "confirm") -> Any:
    more = {"reason": "不符"} if what == "return" else {}
    found = await office.search(actor, member_number=entered["member_number"])
    answer = await office.act(actor, what, found, **more)
    return answer.status_code, answer.json().get("code")


@pytest.mark.feature("D.03")
async def test_who_entered_does_not_confirm_what_another_reported(identity: Client) -> None:
    office = await new_office(identity, **CHECKED)
    unit = await office.unit()
    first, other = clerks(office)
    entered = await office.admit(first, someone(unit_id=unit))
    reporter = office.handler(unit)
    await office.act(reporter, "report", await office.search(reporter))
    same = (403, "admission.same_person")
    assert await code_of(office, first, entered) == same
    assert await code_of(office, other, entered) == same, "another account of the same person"
    assert await code_of(office, other, entered, "return") == same
    assert await code_of(office, office.clerk(), entered) == (200, None)


@pytest.mark.feature("D.03")
async def test_who_reported_does_not_confirm_what_another_entered(identity: Client) -> None:
    office = await new_office(identity, **CHECKED)
    unit = await office.unit()
    entered = await office.admit(office.handler(unit), someone())
    first, other = clerks(office)
    await office.act(first, "report", await office.search(first))
    assert await code_of(office, other, entered) == (403, "admission.same_person")
    async with office.client.context.db.transaction(office.id) as session:
        person = (await session.execute(select(Person).where(Person.id == UUID(entered["id"])))).scalar_one()
        assert person.reported_human == first.human and person.entered_by is not None


@pytest.mark.feature("D.03")
async def test_who_entered_does_not_consent_to_over_age(office: Office) -> None:
    unit, human = await office.unit(), new_id()
    clerk = office.actor(WRITE, READ, roles=frozenset({"member_clerk"}), human=human)
    paper = {"code": "postponed-retirement", "receipt": office.receipt(clerk.id)}
    body = someone(number=number_of(years_ago(58), "female"), unit_id=unit, papers=[paper])
    entered = await office.admit(clerk, body)
    agency = office.agency().model_copy(update={"human": human})
    answer = await office.client.post(
        f"/admissions/{entered['id']}/over-age", agency, headers={"If-Match": "1"},
        json={"consents": True, "opinion": "同意"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (403, "admission.same_person")


@pytest.mark.feature("D.08")
async def test_who_handed_a_change_in_does_not_approve_it(office: Office) -> None:
    first, other = clerks(office)
    person = await office.member(office.handler(await office.unit()), someone())
    request = (await changed(office, first, person, name="李四")).json()
    await handed_in(office, first, request)
    refused = await decide_request(office, other, request)
    assert (refused.status_code, refused.json()["code"]) == (403, "member_request.same_person")
    assert (await decide_request(office, office.clerk(), request)).status_code == 200


@pytest.mark.feature("N.07")
async def test_who_asked_for_an_erasure_does_not_approve_it(office: Office) -> None:
    person, human = await admitted(office), new_id()
    first, other = office.actor(MANAGE, human=human), office.actor(MANAGE, human=human)
    request = (await asked(office, first, "erasure", person)).json()
    refused = await decide_erasure(office, other, request, "approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "data_request.same_person")
    assert (await decide_erasure(office, office.actor(MANAGE), request, "approve")).status_code == 200


@pytest.mark.feature("N.01")
async def test_who_proposed_a_pack_does_not_consent_to_it(identity: Client, union: Any) -> None:
    await apply(identity, union.code, a_pack(union.code, union.id, **CHANGE))
    human = new_id()
    async with identity.context.db.transaction(union.id) as session:
        await session.execute(update(PackVersion).where(PackVersion.number == 2).values(proposed_human=human))
    operator = union.actor("identity.tenant.manage", kind=ActorKind.PLATFORM, human=human)
    refused = await identity.post(f"/tenants/{union.code}/pack/2/consent", operator)
    assert (refused.status_code, refused.json()["code"]) == (403, "pack.same_person")
