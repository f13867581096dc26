"""Members who leave the union, and come back (rows D.02, D.08)."""

from typing import Any

import pytest

from common.contracts.identity import MemberChanged
from common.testing import Client

from .offices import READ, WRITE, Office, new_office, someone

pytestmark = pytest.mark.feature("D.08")


async def leave(office: Office, actor: Any, person: dict[str, Any], version: int | None = None) -> Any:
    headers = {"If-Match": str(version or person["version"])}
    return await office.client.post(
        f"/members/{person['id']}/leave", actor, headers=headers, json={"reason": "退休"}
    )


async def test_a_member_leaves_and_comes_back_with_the_same_number(office: Office) -> None:
    handler, body = office.handler(await office.unit()), someone()
    person = await office.member(handler, body)
    assert (await leave(office, handler, person, version=99)).status_code == 412
    left = await leave(office, handler, person)
    assert left.json()["state"] == "left", left.text
    (told,) = await office.events(MemberChanged)
    assert (told.member.state, told.member.version) == ("left", person["version"] + 1)
    twice = await leave(office, handler, left.json())
    assert (twice.status_code, twice.json()["code"]) == (409, "member.not_confirmed")
    history = (await office.client.get(f"/members/{person['id']}/history", handler)).json()["items"]
    assert (history[-1]["reason"], history[-1]["note"]) == ("left", "退休")
    back = await office.admit(handler, body)
    assert (back["id"], back["member_number"], back["state"]) == (
        person["id"],
        person["member_number"],
        "new",
    )


async def test_who_may_let_somebody_leave(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone())
    assert (await leave(office, None, person)).status_code == 401
    assert (await leave(office, office.actor(READ), person)).status_code == 403
    sibling = office.handler(await office.unit("/haidian/haidian-shangdi/"))
    for stranger in (sibling, office.agency("/haidian/"), other.actor(WRITE)):
        assert (await leave(office, stranger, person)).status_code == 404
