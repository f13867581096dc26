"""Units: review, changes by the back office, who sees which (row C.02)."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from common.audit import AuditEntry
from common.auth import ActorKind
from common.contracts.identity import UnitReturned, UnitsSnapshot
from common.ids import new_id
from common.testing import Client
from identity.units.models import Unit

from .handlers import EDIT, READ, REVIEW, decide, under_review
from .union import Union, an_id_number, bearer

C01, C02 = pytest.mark.feature("C.01"), pytest.mark.feature("C.02")


@C02
async def test_a_returned_profile_is_corrected_and_handed_in_again(union: Union) -> None:
    unit = await under_review(union)
    blank = await decide(union, unit, "return", reason="  ")
    (error,) = blank.json()["errors"]
    assert (blank.status_code, error["field"], error["code"]) == (422, "reason", "reason_missing")
    assert "请写明原因" in error["message"]
    returned = await decide(union, unit, "return", reason=" 证书不清晰 ")
    assert (returned.json()["status"], returned.json()["returned_reason"]) == ("returned", "证书不清晰")
    (event,) = await union.events(UnitReturned)
    assert "证书" not in event.model_dump_json()
    assert (await union.keys()).open_words(event.reason) == "证书不清晰" and event.unit.status == "returned"
    mine = (await unit["handler"].get("/units/me")).json()
    assert mine["returned_reason"] == "证书不清晰" and mine["steps"][0]["state"] == "current"
    again = await unit["handler"].put()
    assert again.json()["status"] == "under_review" and again.json()["returned_reason"] is None


@C02
async def test_who_reviews_compares_the_handler_with_the_papers(union: Union, other: Union) -> None:
    """Whole on demand, by the permission to review, each look in the audit log."""
    number = an_id_number()
    unit = await under_review(union, handler_name="周明", handler_id_number=number)
    assert number not in str(unit)
    path = f"/units/{unit['id']}/reveal"
    shown = await union.client.post(path, union.actor(REVIEW))
    assert shown.json() == {"handler_name": "周明", "handler_id_number": number}
    for actor, status in ((None, 401), (union.actor(READ), 403), (other.actor(REVIEW), 404)):
        assert (await union.client.post(path, actor)).status_code == status
    async with union.client.context.db.transaction(union.id) as session:
        looks = select(AuditEntry.subject).where(
            AuditEntry.action == "unit.revealed", AuditEntry.tenant_id == union.id
        )
        assert list((await session.execute(looks)).scalars()) == [f"unit:{unit['id']}"]


@C01
async def test_a_blank_in_a_units_name_is_taken_out(union: Union) -> None:
    """It would be printed everywhere, and match the name in no other data."""
    unit = await under_review(union)
    registered = await union.register_unit(name=" 无锡市 惠民\u3000纺织有限公司工会")
    headers = bearer(registered["tokens"])
    assert (await union.client.get("/units/me", headers=headers)).json()[
        "name"
    ] == "无锡市惠民纺织有限公司工会"
    amended = await union.client.send(
        "PATCH", f"/units/{unit['id']}", union.actor(EDIT), json={"name": "惠民 工会"},
        headers={"If-Match": str(unit["version"])},
    )  # fmt: skip
    assert amended.json()["name"] == "惠民工会"


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
    assert (await decide(union, newest, "return", reason="重复")).json()["code"] == "unit.not_under_review"


async def test_who_may_reach_a_unit(union: Union, other: Union) -> None:
    unit = await under_review(union)
    routes = [
        ("GET", "/units", READ, None),
        ("GET", f"/units/{unit['id']}", READ, None),
        ("POST", f"/units/{unit['id']}/approve", REVIEW, None),
        ("POST", f"/units/{unit['id']}/return", REVIEW, {"reason": "重复"}),
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
    async with union.client.context.db.transaction(union.id) as session:
        await session.execute(
            update(Unit).where(Unit.id == UUID(units[2]["id"])).values(name="惠民 纺织 工会")
        )
    for words in ("纺织工会", "惠民 纺织", "惠民纺织工会"):
        assert await listed(f"name={words}") == [units[2]["id"]], "registered before blanks were taken out"
    first = (await union.client.get("/units?limit=2", reader)).json()
    second = (await union.client.get(f"/units?limit=2&cursor={first['next_cursor']}", reader)).json()
    assert [i["id"] for i in first["items"] + second["items"]] == [u["id"] for u in reversed(units)]
    assert (await union.client.get("/units?status=odd", reader)).status_code == 422


@C01
async def test_a_reviewer_is_told_of_other_units_of_the_same_name(union: Union, other: Union) -> None:
    first, second = await under_review(union), await under_review(union)
    foreign = await under_review(other)
    for unit, whole in ((second, union), (foreign, other)):
        changed = await whole.client.send(
            "PATCH",
            f"/units/{unit['id']}",
            whole.actor(EDIT),
            headers={"If-Match": f'"{unit["version"]}"'},
            json={"name": "同名有限公司"},
        )
        assert (changed.status_code, changed.json()["same_name"]) == (200, []), changed.text
    renamed = await union.client.send(
        "PATCH",
        f"/units/{first['id']}",
        union.actor(EDIT),
        headers={"If-Match": f'"{first["version"]}"'},
        json={"name": "同名有限公司"},
    )
    assert renamed.json()["same_name"] == [second["credit_code"]]

    async def told(actor) -> list[str]:
        return list((await union.client.get(f"/units/{second['id']}", actor)).json()["same_name"])

    assert await told(union.actor(READ)) == [first["credit_code"]]
    approved = await decide(union, second | {"version": second["version"] + 1}, "approve")
    assert (approved.json()["status"], approved.json()["same_name"]) == ("approved", [first["credit_code"]])
    mine = await second["handler"].get("/units/me")
    assert mine.json()["same_name"] == [], "others are no business of a handler's"


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
