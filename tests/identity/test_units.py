"""Units: registration, profile, review (rows C.01 and C.02)."""

from datetime import timedelta

import pytest

from common.auth import ActorKind
from common.clock import now, set_to
from common.contracts.identity import UnitApproved, UnitReturned, UnitsSnapshot, VerificationCodeIssued
from common.ids import new_id
from common.testing import Client

from .union import Union, a_credit_code, a_mobile, an_id_number, bearer

C01, C02 = pytest.mark.feature("C.01"), pytest.mark.feature("C.02")
REVIEW, READ, EDIT = "identity.unit.register_review", "identity.unit.read", "identity.unit.edit"


class Handler:
    """A unit's handler at work."""

    def __init__(self, union: Union, registered: dict) -> None:
        self.union, self.registered = union, registered
        self.headers = bearer(registered["tokens"])

    async def get(self, path: str):
        return await self.union.client.get(path, headers=self.headers)

    async def opened(self) -> str:
        answer = await self.get("/commitment")
        assert answer.status_code == 200, answer.text
        return answer.json()["commitment_opening_id"]

    async def put(self, *, waited: float = 16, version: int | None = None, **changes):
        opening = changes.pop("opening", None) or await self.opened()
        etag = version or (await self.get("/units/me")).json()["version"]
        body = self.union.profile(self.registered["account_id"], opening, **changes)
        with set_to(now() + timedelta(seconds=waited)):
            return await self.union.client.send(
                "PUT", "/units/me/profile", headers={**self.headers, "If-Match": f'"{etag}"'}, json=body
            )


async def a_handler(union: Union) -> Handler:
    return Handler(union, await union.register_unit())


async def under_review(union: Union, **changes) -> dict:
    handler = await a_handler(union)
    answer = await handler.put(**changes)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "handler": handler}


async def decide(union: Union, unit: dict, what: str, actor=None, **body):
    return await union.client.post(
        f"/units/{unit['id']}/{what}",
        actor or union.actor(REVIEW),
        headers={"If-Match": str(unit["version"])},
        json=body or None,
    )


@C01
async def test_a_unit_registers_and_its_handler_is_signed_in(union: Union) -> None:
    handler = await a_handler(union)
    mine = (await handler.get("/units/me")).json()
    assert mine["credit_code"] == handler.registered["credit_code"] and mine["status"] == "registered"
    assert [s["state"] for s in mine["steps"]] == ["current", "waiting", "waiting"]
    assert mine["handler_mobile"].startswith("139****")
    assert handler.registered["tokens"]["account"]["unit_id"] == mine["id"]


@C01
async def test_wrong_values_are_all_named(union: Union) -> None:
    answer = await union.post(
        "/units", {"name": " ", "credit_code": "91320211", "mobile": "123", "code": "1"}
    )
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json()["errors"]} == {"name", "credit_code", "mobile"}
    code = a_credit_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = await union.post(
        "/units", {"name": "单位", "credit_code": wrong, "mobile": a_mobile(), "code": "1"}
    )
    assert (
        answer.json()["errors"][0]["code"] == "credit_code.checksum"
        and code[-1] in answer.json()["errors"][0]["message"]
    )


@C01
async def test_a_request_that_comes_twice_registers_once(union: Union) -> None:
    mobile = a_mobile()
    body = {
        "name": "单位",
        "credit_code": a_credit_code(),
        "mobile": mobile,
        "code": await union.code_for(mobile, "register"),
    }
    key = str(new_id())
    first, second = [await union.post("/units", body, once=key) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json()["unit_id"] == second.json()["unit_id"]
    with set_to(now() + timedelta(minutes=11)):
        late = await union.post("/units", body, once=key)
    assert late.json()["code"] == "mobile.already_registered"
    assert (
        await union.client.http.post("/units", json=body, headers={"X-Tenant": union.code})
    ).status_code == 400


@C01
async def test_a_credit_code_and_a_mobile_register_once(union: Union) -> None:
    first = await union.register_unit()
    mobile = a_mobile()
    code = await union.code_for(mobile, "register")
    body = {"name": "单位", "credit_code": first["credit_code"], "mobile": mobile, "code": code}
    taken = await union.post("/units", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "unit.already_registered")
    again = await union.post("/units", {**body, "credit_code": a_credit_code()})
    assert again.status_code == 201, "a refusal does not use the code up"
    asked = await union.post("/verification-codes", {"purpose": "register", "mobile": first["mobile"]})
    assert (asked.status_code, asked.json()["code"]) == (409, "mobile.already_registered")


@C01
async def test_an_unregistered_number_is_told_to_register_and_gets_no_code(union: Union) -> None:
    asked = await union.post("/verification-codes", {"purpose": "sign_in", "mobile": a_mobile()})
    assert (asked.status_code, asked.json()["code"]) == (404, "mobile.not_registered")
    assert "注册" in asked.json()["detail"]
    assert await union.events(VerificationCodeIssued) == []
    signed_in = await union.post("/sessions/handler", {"mobile": a_mobile(), "code": "000000"})
    assert signed_in.json()["code"] == "mobile.not_registered"


@C01
async def test_a_registered_handler_signs_in(union: Union) -> None:
    registered = await union.register_unit()
    code = await union.code_for(registered["mobile"], "sign_in")
    answer = await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})
    assert answer.status_code == 200 and answer.json()["account"]["id"] == registered["account_id"]
    again = await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})
    assert again.json()["code"] == "code.expired", "a code is good once"


@C02
async def test_a_profile_goes_under_review_and_is_approved(union: Union) -> None:
    unit = await under_review(union)
    assert (unit["status"], unit["org_path"], unit["medical_code"]) == ("under_review", "/binhu/", "123456")
    assert [s["state"] for s in unit["steps"]] == ["done", "current", "waiting"]
    assert unit["handler_name"] == "夏*" and "*" in unit["handler_id_number"]
    assert [d["code"] for d in unit["documents"]] == ["union-certificate"]
    approved = await decide(union, unit, "approve")
    assert approved.json()["status"] == "approved"
    assert [s["state"] for s in approved.json()["steps"]] == ["done", "done", "done"]
    (event,) = await union.events(UnitApproved)
    assert (event.unit.status, event.unit.version) == ("approved", approved.json()["version"])
    keys = await union.keys()
    assert (
        keys.open(event.unit.handler_mobile.ciphertext, context="person.mobile")
        == unit["handler"].registered["mobile"]
    )
    assert event.unit.handler_mobile.index == keys.blind("mobile", unit["handler"].registered["mobile"])
    assert str(event.unit.handler_account_id) == unit["handler"].registered["account_id"]


@C02
async def test_the_letter_must_be_open_for_fifteen_seconds_by_the_servers_clock(union: Union) -> None:
    handler = await a_handler(union)
    early = await handler.put(waited=5)
    assert (early.status_code, early.json()["code"]) == (422, "commitment.not_read")
    assert 9 <= early.json()["params"]["seconds"] <= 10 and "秒" in early.json()["detail"]
    assert (await handler.put(waited=15.5)).status_code == 200
    for opening in ("x", "l1.e30.e30", await (await a_handler(union)).opened()):
        refused = await (await a_handler(union)).put(opening=opening)
        assert refused.json()["code"] == "commitment.not_opened"
    late = await handler.put(waited=13 * 3600)
    assert late.json()["code"] == "commitment.not_opened", "read half a day ago"


@C02
@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", None])
async def test_the_medical_code_has_six_or_eight_digits(union: Union, code: str | None) -> None:
    answer = await (await a_handler(union)).put(medical_code=code)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "medical_code"


@C02
async def test_wrong_profile_values_are_all_named(union: Union) -> None:
    number = an_id_number()
    answer = await (await a_handler(union)).put(
        handler_name="夏 武", handler_id_number=number[:-1], medical_code="1"
    )
    assert {e["field"] for e in answer.json()["errors"]} == {
        "handler_name",
        "handler_id_number",
        "medical_code",
    }
    for node in (None, "root", "nowhere"):
        assert (await (await a_handler(union)).put(org_node=node)).json()["code"] == "unit.org_node_unknown"


@C02
async def test_papers_are_required_own_and_of_an_accepted_format(union: Union, other: Union) -> None:
    handler = await a_handler(union)
    account = handler.registered["account_id"]

    async def refused(*documents: tuple[str, str]) -> str:
        papers = [{"code": code, "receipt": receipt} for code, receipt in documents]
        return (await handler.put(documents=papers)).json()["code"]

    assert await refused() == "unit.document_missing"
    assert await refused(("diploma", union.receipt(account))) == "unit.document_unknown"
    assert await refused(("business-licence", union.receipt(new_id()))) == "unit.document_not_yours"
    elsewhere = union.receipt(account, tenant_id=other.id)
    assert await refused(("business-licence", elsewhere)) == "unit.document_not_yours"
    sheet = union.receipt(account, media_type="application/vnd.ms-excel")
    assert await refused(("business-licence", sheet)) == "unit.document_format"
    assert await refused(("business-licence", "l1.forged.receipt")) == "link.forged"
    for media_type in ("application/pdf", "image/png", "image/jpeg"):
        papers = [{"code": "business-licence", "receipt": union.receipt(account, media_type=media_type)}]
        answer = await handler.put(documents=papers)
        assert answer.json()["documents"][0]["media_type"] == media_type
    assert len(answer.json()["documents"]) == 1, "new papers take the place of the old"


@C02
async def test_a_returned_profile_is_corrected_and_handed_in_again(union: Union) -> None:
    unit = await under_review(union)
    returned = await decide(union, unit, "return", reason="证书不清晰")
    assert (returned.json()["status"], returned.json()["returned_reason"]) == ("returned", "证书不清晰")
    (event,) = await union.events(UnitReturned)
    assert event.reason == "证书不清晰" and event.unit.status == "returned"
    mine = (await unit["handler"].get("/units/me")).json()
    assert mine["returned_reason"] == "证书不清晰" and mine["steps"][0]["state"] == "current"
    again = await unit["handler"].put()
    assert again.json()["status"] == "under_review" and again.json()["returned_reason"] is None


@C02
async def test_after_approval_only_the_back_office_changes_the_profile(union: Union) -> None:
    unit = await under_review(union)
    approved = (await decide(union, unit, "approve")).json()
    refused = await unit["handler"].put()
    assert (refused.status_code, refused.json()["code"]) == (409, "unit.already_approved")
    address, match = f"/units/{unit['id']}", {"If-Match": f'"{approved["version"]}"'}
    change = {"medical_code": "87654321", "org_node": "liangxi", "name": "新名称", "handler_name": "李四"}
    changed = await union.client.send("PATCH", address, union.actor(EDIT), headers=match, json=change)
    assert (changed.json()["medical_code"], changed.json()["org_path"]) == ("87654321", "/liangxi/")
    assert changed.json()["name"] == "新名称" and changed.json()["handler_name"] == "李*"
    (event,) = await union.events(UnitsSnapshot)
    assert event.units[0].org_path == "/liangxi/" and event.units[0].version == changed.json()["version"]
    stale = await union.client.send("PATCH", address, union.actor(EDIT), headers=match, json=change)
    assert stale.status_code == 412
    without = await union.client.send("PATCH", address, union.actor(EDIT), json=change)
    assert without.status_code == 428
    own = await union.client.send("PATCH", address, headers={**unit["handler"].headers, **match}, json=change)
    assert own.status_code == 404
    wrong = {"If-Match": str(changed.json()["version"])}
    bad = await union.client.send(
        "PATCH", address, union.actor(EDIT), headers=wrong, json={"medical_code": "1"}
    )
    assert bad.json()["errors"][0]["field"] == "medical_code"


@C02
async def test_a_reviewer_decides_what_was_read(union: Union) -> None:
    unit = await under_review(union)
    await unit["handler"].put()
    assert (await decide(union, unit, "approve")).status_code == 412
    newest = (await union.client.get(f"/units/{unit['id']}", union.actor(READ))).json()
    assert (await decide(union, newest, "approve")).status_code == 200
    newest["version"] += 1
    assert (await decide(union, newest, "return", reason="x")).json()["code"] == "unit.not_under_review"


async def test_who_may_reach_a_unit(union: Union, other: Union) -> None:
    unit = await under_review(union)
    routes = [
        ("GET", "/units", READ, None),
        ("GET", f"/units/{unit['id']}", READ, None),
        ("POST", f"/units/{unit['id']}/approve", REVIEW, None),
        ("POST", f"/units/{unit['id']}/return", REVIEW, {"reason": "x"}),
        ("PATCH", f"/units/{unit['id']}", EDIT, {"name": "x"}),
    ]
    match = {"If-Match": str(unit["version"])}
    client = union.client
    for method, path, permission, body in routes:
        assert (await client.send(method, path, headers=match, json=body)).status_code == 401, path
        assert (
            await client.send(method, path, union.actor("x"), headers=match, json=body)
        ).status_code == 403, path
        foreign = await client.send(method, path, other.actor(permission), headers=match, json=body)
        assert foreign.status_code == (200 if path == "/units" else 404), path
        if path == "/units":
            assert foreign.json()["items"] == []
    for method, path in (("GET", "/units/me"), ("GET", "/commitment"), ("PUT", "/units/me/profile")):
        body = union.profile(str(new_id()), "x") if method == "PUT" else None
        assert (await client.send(method, path, headers=match, json=body)).status_code == 401
        assert (
            await client.send(method, path, union.actor("x"), headers=match, json=body)
        ).status_code == 403
        if path != "/commitment":
            stranger = other.actor("identity.unit.own", kind=ActorKind.HANDLER, unit_id=unit["id"])
            assert (await client.send(method, path, stranger, headers=match, json=body)).status_code == 404


async def test_staff_see_their_subtree_and_handlers_their_unit(union: Union) -> None:
    here, there = await under_review(union), await under_review(union, org_node="liangxi")

    async def seen(**scope) -> set[str]:
        answer = await union.client.get("/units", union.actor(READ, **scope))
        return {item["id"] for item in answer.json()["items"]}

    assert await seen() == {here["id"], there["id"]}
    assert await seen(org_path="/binhu/") == {here["id"]}
    assert await seen(org_path="/bin/") == set()
    assert await seen(kind=ActorKind.HANDLER, unit_id=here["id"]) == {here["id"]}
    assert await seen(kind=ActorKind.MEMBER) == set() and await seen(kind=ActorKind.HANDLER) == set()
    district = union.actor(READ, REVIEW, org_path="/binhu/")
    assert (await union.client.get(f"/units/{there['id']}", district)).status_code == 404
    assert (await decide(union, there, "approve", district)).status_code == 404
    assert (await decide(union, here, "approve", district)).status_code == 200


async def test_units_are_listed_by_state_code_and_name_page_by_page(union: Union) -> None:
    units = [await under_review(union) for _ in range(3)]
    await decide(union, units[0], "approve")
    reader = union.actor(READ)

    async def listed(query: str) -> list[str]:
        return [item["id"] for item in (await union.client.get(f"/units?{query}", reader)).json()["items"]]

    assert await listed("status=approved") == [units[0]["id"]]
    assert await listed(f"credit_code={units[1]['credit_code']}") == [units[1]["id"]]
    assert len(await listed("name=测试")) == 3 and await listed("name=没有") == []
    first = (await union.client.get("/units?limit=2", reader)).json()
    second = (await union.client.get(f"/units?limit=2&cursor={first['next_cursor']}", reader)).json()
    assert [i["id"] for i in first["items"] + second["items"]] == [u["id"] for u in reversed(units)]
    assert (await union.client.get("/units?status=odd", reader)).status_code == 422


async def test_nothing_personal_of_a_handler_is_readable_in_the_database(
    union: Union, identity: Client
) -> None:
    from sqlalchemy import text

    number = an_id_number()
    unit = await under_review(union, handler_id_number=number)
    mobile = unit["handler"].registered["mobile"]
    async with identity.context.db.transaction(union.id) as session:
        for table in ("unit", "account", "verification_code", "outbox", "audit_entry", "idempotency_key"):
            rows = (await session.execute(text(f"SELECT t::text AS row FROM {table} t"))).scalars().all()
            for row in rows:
                assert number not in row and mobile not in row and "夏武" not in row, table
                assert unit["handler"].registered["tokens"]["refresh_token"] not in row, table
