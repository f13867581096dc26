"""The same person doing the same again a moment later is answered like the first time; everybody else is told."""

from typing import Any

import pytest

from common.contracts.identity import MemberChanged, UnitApproved, UnitReturned

from .offices import READ, Office, someone
from .test_member_requests import changed, decide, handed_in, read
from .test_personal_data import MANAGE, admitted, asked
from .test_personal_data import decide as decide_data

REVIEW = "identity.unit.register_review"
pytestmark = pytest.mark.feature("N.10")


async def test_a_unit_is_returned_and_approved_once(office: Office) -> None:
    unit = await office.unit(status="under_review")
    reviewer, other = office.actor(REVIEW, "identity.unit.read"), office.actor(REVIEW, "identity.unit.read")

    async def tap(actor: Any, what: str, version: int, **body: Any) -> Any:
        headers = {"If-Match": str(version)}
        return await office.client.post(f"/units/{unit}/{what}", actor, headers=headers, json=body or None)

    first, second = [await tap(reviewer, "approve", 1) for _ in range(2)]
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    assert (await tap(other, "approve", 1)).status_code == 412, "somebody else has decided"
    assert (await tap(reviewer, "return", 1, reason="证书不清晰")).status_code == 412, "another decision"
    assert len(await office.events(UnitApproved)) == 1 and await office.events(UnitReturned) == []


async def test_a_request_is_handed_in_decided_and_withdrawn_once(office: Office) -> None:
    handler, clerk = office.handler(await office.unit()), office.clerk()
    person = await office.member(handler, someone())
    request = (await changed(office, handler, person, name="李四")).json()
    assert [(await handed_in(office, handler, request)).status_code for _ in range(2)] == [200, 200]
    steps = (await read(office, clerk, request))["steps"]
    assert [step["outcome"] for step in steps] == ["submitted"]
    version = (await read(office, clerk, request))["version"]

    async def tap(actor: Any, outcome: str = "approved") -> Any:
        return await office.client.post(
            f"/member-requests/{request['id']}/decide", actor, headers={"If-Match": str(version)},
            json={"outcome": outcome, "opinion": "核实"},
        )  # fmt: skip

    first, second = await tap(clerk), await tap(clerk)
    assert first.json() == second.json() and second.json()["state"] == "approved"
    assert (await tap(office.clerk())).status_code == 412
    assert (await tap(clerk, "rejected")).status_code == 412
    assert len(await office.events(MemberChanged)) == 1
    other = (await changed(office, handler, await office.member(handler, someone()), name="王五")).json()
    path, headers = f"/member-requests/{other['id']}/withdraw", {"If-Match": str(other["version"])}
    taps = [await office.client.post(path, handler, headers=headers) for _ in range(2)]
    assert [tap.json()["state"] for tap in taps] == ["withdrawn", "withdrawn"]


async def test_a_member_leaves_once(office: Office) -> None:
    handler = office.handler(await office.unit())
    person, clerk = await office.member(handler, someone()), office.clerk()
    path, headers = f"/members/{person['id']}/leave", {"If-Match": str(person["version"])}
    taps = [await office.client.post(path, clerk, headers=headers, json={"reason": "离职"}) for _ in range(2)]
    assert [tap.json()["state"] for tap in taps] == ["left", "left"], taps[1].text
    assert (
        await office.client.post(path, office.clerk(), headers=headers, json={"reason": "离职"})
    ).status_code == 412
    history = (await office.client.get(f"/members/{person['id']}/history", office.actor(READ))).json()
    assert [item["reason"] for item in history["items"]].count("left") == 1


async def test_a_data_request_is_decided_once(office: Office) -> None:
    person = await admitted(office)
    officer, second = office.actor(MANAGE), office.actor(MANAGE)
    request = (await asked(office, officer, "erasure", person)).json()
    taps = [await decide_data(office, second, request, "approve") for _ in range(2)]
    assert [tap.json()["state"] for tap in taps] == ["running", "running"], taps[1].text
    assert (await decide_data(office, office.actor(MANAGE), request, "approve")).status_code == 412
    other = (await asked(office, officer, "erasure", await admitted(office))).json()
    taps = [await decide_data(office, second, other, "refuse", answer="有未结理赔") for _ in range(2)]
    assert taps[0].json() == taps[1].json() and taps[1].json()["state"] == "refused"


async def test_who_decides_something_else_is_told(office: Office) -> None:
    handler, clerk = office.handler(await office.unit()), office.clerk()
    request = (await changed(office, handler, await office.member(handler, someone()), name="李四")).json()
    await handed_in(office, handler, request)
    assert (await decide(office, clerk, request, "returned")).json()["state"] == "returned"
    late = await office.client.post(
        f"/member-requests/{request['id']}/decide", clerk, headers={"If-Match": str(request["version"] + 1)},
        json={"outcome": "approved", "opinion": "核实"},
    )  # fmt: skip
    assert (late.status_code, late.json()["code"]) == (412, "edit.stale")
