"""The demo accounts of a local run: staff, approved units with handlers, members; made once, in local runs only."""

from typing import Any

import httpx
import pytest

from common.contracts.identity import MembersAdmitted, UnitApproved
from common.testing import Client

from .members_of import union_of
from .union import Union, bearer, sign_in_operator

PASSWORD = "a password for all of them"
PACKS = pytest.mark.parametrize("pack", ["bit", "beijing", "wuxi", "zhejiang"])


async def put_demo(union: Union, **changes: Any) -> httpx.Response:
    headers = changes.pop("headers", None) or await sign_in_operator(union.client, "ops1")
    body = {"demo": union.pack.demo.model_dump(mode="json"), "password": PASSWORD, **changes}
    return await union.client.send("PUT", f"/tenants/{union.code}/demo", headers=headers, json=body)


@PACKS
async def test_every_union_has_staff_a_unit_with_its_handler_and_members(identity: Client, pack: str) -> None:
    union = await union_of(identity, pack)
    demo = union.pack.demo
    assert demo.staff and demo.units and all(unit.people for unit in demo.units)
    made = await put_demo(union)
    assert made.status_code == 200, made.text
    admitted = union.pack.registration.people == "admission_first"
    people = sum(len(unit.people) for unit in demo.units) if admitted else 0
    assert made.json() == {"staff": len(demo.staff), "units": len(demo.units), "members": people}
    again = await put_demo(union, password="another password for all")
    assert again.json() == {"staff": 0, "units": 0, "members": 0}, "what is there stays as it is"
    approved = await union.events(UnitApproved)
    assert [event.unit.name for event in approved] == [unit.name for unit in demo.units]
    told = [fact for event in await union.events(MembersAdmitted) for fact in event.members]
    assert len(told) == people and {fact.state for fact in told} <= {"confirmed"}


@PACKS
async def test_no_appeal_of_the_demo_is_one_that_nobody_may_answer(identity: Client, pack: str) -> None:
    """Who refused a claim does not answer the appeal: the role of its node has a second person."""
    found = (await union_of(identity, pack)).pack
    assert found.chains.appeals is not None
    for node in found.chains.appeals.nodes:
        assert sum(node.role in one.roles for one in found.demo.staff) > 1, node.role


async def test_their_handlers_come_in(identity: Client) -> None:
    for pack in ("wuxi", "zhejiang"):
        union = await union_of(identity, pack)
        await put_demo(union)
        mobile = union.pack.demo.units[0].handler_mobile
        code = await union.code_for(mobile, "sign_in", account_kind="handler")
        signed_in = await union.post("/sessions/handler", {"mobile": mobile, "code": code})
        assert signed_in.status_code == 200, signed_in.text
        unit = await union.client.get("/units/me", headers=bearer(signed_in.json()))
        assert unit.json()["status"] == "approved" and unit.json()["name"] == union.pack.demo.units[0].name


async def test_a_handler_with_a_password_has_the_shared_one(identity: Client) -> None:
    union = await union_of(identity, "beijing")
    await put_demo(union)
    body = {"user_name": union.pack.demo.units[0].handler_username, "password": PASSWORD}
    first = await union.post("/sessions/staff", body)
    assert first.status_code == 200 and first.json()["second_factor"] == "sms", first.text
    code = await union.sent_code(first.json()["challenge_id"])
    body = {"challenge_id": first.json()["challenge_id"], "code": code}
    signed_in = await union.post("/sessions/staff/code", body)
    account = signed_in.json()["account"]
    assert account["kind"] == "handler" and account["password_due"] is False and account["unit_id"]


async def test_who_may_make_them(identity: Client, union: Union, monkeypatch: pytest.MonkeyPatch) -> None:
    path, body = f"/tenants/{union.code}/demo", {"demo": {}, "password": PASSWORD}
    assert (await identity.send("PUT", path, json=body)).status_code == 401
    manager = union.actor("identity.tenant.manage")
    assert (await identity.send("PUT", path, manager, json=body)).status_code == 404, "operators only"
    assert (await identity.send("PUT", path, union.actor("x"), json=body)).status_code == 403
    assert (await put_demo(union, demo={}, password="short")).status_code == 422
    headers = await sign_in_operator(identity, "ops1")
    nowhere = await identity.send("PUT", "/tenants/nowhere/demo", headers=headers, json=body)
    assert nowhere.status_code == 404
    monkeypatch.setattr(identity.context.settings, "environment", "production")
    closed = await put_demo(union)
    assert (closed.status_code, closed.json()["code"]) == (404, "sandbox.closed")
