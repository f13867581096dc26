"""Members: registration and binding, masking and reveal (row C.12)."""

from typing import Any

import pytest
from sqlalchemy import select

from common.audit import AuditEntry
from common.auth import ActorKind
from common.contracts.identity import MemberBound
from common.ids import new_id

from .people import deliver, enrolled, people_of, registered, registration
from .union import Union, a_mobile, an_id_number, bearer, new_union

C12, N07 = pytest.mark.feature("C.12"), pytest.mark.feature("N.07")
READ, REVEAL = "identity.member.read", "identity.member.reveal"


@C12
async def test_a_person_nobody_knows_yet_registers(union: Union) -> None:
    someone = await registered(union)
    me = await union.client.get("/members/me", headers=bearer(someone["tokens"]))
    shown = me.json()
    assert (shown["name"], shown["state"], shown["bound"], shown["unit_id"]) == ("张*", "new", True, None)
    assert shown["document_number"][3:14] == "*" * 11 and shown["mobile"][3:7] == "****"
    assert shown["privacy_version"] == 1 and shown["consent_due"] is False
    (event,) = await union.events(MemberBound)
    keys = await union.keys()
    assert event.member.person_id == keys.person_id("resident_id", someone["id_number"])
    assert keys.open(event.member.mobile.ciphertext, context="person.mobile") == someone["mobile"]
    assert str(event.account_id) == someone["account_id"] and event.member.account_id == event.account_id


@C12
async def test_a_member_signs_in_again(union: Union) -> None:
    someone = await registered(union)
    code = await union.code_for(someone["mobile"], "sign_in", account_kind="member")
    answer = await union.post("/sessions/member", {"mobile": someone["mobile"], "code": code})
    assert answer.json()["account"]["person_id"] == someone["person_id"]
    handler = await union.post("/sessions/handler", {"mobile": someone["mobile"], "code": code})
    assert handler.json()["code"] == "mobile.not_registered"


@C12
async def test_consent_names_the_statement_in_force(union: Union) -> None:
    answer = await union.post("/members/register", await registration(union, consent={"version": 2}))
    assert (answer.status_code, answer.json()["code"]) == (422, "consent.outdated")
    body = await registration(union, consent=None)
    (error,) = (await union.post("/members/register", body)).json()["errors"]
    assert error["field"] == "consent" and "请先阅读并同意隐私声明" in error["message"]
    del body["consent"]
    assert (await union.post("/members/register", body)).json()["errors"][0]["field"] == "consent"


@C12
async def test_wrong_values_are_all_named(union: Union) -> None:
    body = {"name": "张 伟", "id_number": "32", "mobile": "1", "code": "1", "consent": {"version": 1}}
    answer = await union.post("/members/register", body)
    assert {e["field"] for e in answer.json()["errors"]} == {"name", "id_number", "mobile"}


@C12
@pytest.mark.parametrize("consent", ["left out", None])
async def test_without_consent_the_statement_comes_first(union: Union, consent: str | None) -> None:
    body = await registration(union)
    del body["consent"]
    answer = await union.post("/members/register", body | ({} if consent else {"consent": None}))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "consent", "consent_missing")
    assert "请先阅读并同意隐私声明" in error["message"]


@C12
async def test_one_account_for_a_person_and_one_person_for_a_mobile(union: Union) -> None:
    someone = await registered(union)
    second = await union.post("/members/register", await registration(union, id_number=someone["id_number"]))
    assert (second.status_code, second.json()["code"]) == (409, "member.already_bound")
    again = await registration(union, mobile=someone["mobile"])
    taken = await union.post("/members/register", again)
    assert taken.json()["code"] == "mobile.of_another", "told only to who proves the number"
    assert union.pack.tenant.contact.phone in taken.json()["detail"] and someone["name"] not in taken.text
    same = await registration(union, mobile=someone["mobile"], id_number=someone["id_number"])
    assert (await union.post("/members/register", same)).json()["code"] == "mobile.already_registered"


@C12
async def test_a_request_that_comes_twice_registers_once(union: Union) -> None:
    body, key = await registration(union), str(new_id())
    first, second = [await union.post("/members/register", body, once=key) for _ in range(2)]
    assert first.json()["account_id"] == second.json()["account_id"] and len(await people_of(union)) == 1
    assert len(await union.events(MemberBound)) == 1


@C12
async def test_a_person_of_a_roster_registers_under_the_name_the_unit_gave(union: Union) -> None:
    unit, number = await union.register_unit(), an_id_number()
    await deliver(union, await enrolled(union, [("欧阳娜娜", number)], unit_id=unit["unit_id"]))
    wrong = await union.post("/members/register", await registration(union, id_number=number))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "member.name_mismatch")
    assert "欧阳" not in wrong.text and "娜" not in wrong.text
    someone = await registered(union, id_number=number, name="欧阳娜娜")
    me = (await union.client.get("/members/me", headers=bearer(someone["tokens"]))).json()
    assert (me["state"], me["unit_id"], me["unit_name"]) == ("confirmed", unit["unit_id"], unit["name"])
    (event,) = await union.events(MemberBound)
    assert event.member.version == 3, "bound, and the mobile proved"


@C12
async def test_a_union_that_admits_first_registers_members_only(union: Union) -> None:
    strict = await new_union(
        union.client,
        **{"people: created_by_roster": "people: admission_first\n  admission: {confirmation: automatic}"},
    )
    answer = await strict.post("/members/register", await registration(strict))
    assert (answer.status_code, answer.json()["code"]) == (422, "member.unknown")
    assert await people_of(strict) == []


async def test_a_union_that_wants_a_face_verification_does_not_bind_without(union: Union) -> None:
    strict = await new_union(
        union.client, **{"documents: [id_card]": "documents: [id_card]\n    face_verification: true"}
    )
    answer = await strict.post("/members/register", await registration(strict))
    assert answer.json()["code"] == "binding.verification_needed"


@N07
async def test_members_are_found_by_number_and_mobile_and_shown_masked(union: Union) -> None:
    someone = await registered(union)
    reader = union.actor(READ)

    async def found(**asked: Any) -> list[str]:
        answer = await union.client.post("/members/search", reader, json=asked)
        assert someone["id_number"] not in answer.text and someone["mobile"] not in answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await found(document_number=someone["id_number"]) == [someone["person_id"]]
    assert await found(mobile=someone["mobile"]) == [someone["person_id"]]
    assert await found(document_number=someone["id_number"], mobile=a_mobile()) == []
    empty = await union.client.post("/members/search", reader, json={})
    assert empty.json()["code"] == "member.search_empty"


@N07
async def test_a_reveal_needs_its_permission_and_is_logged(union: Union) -> None:
    someone = await registered(union)
    staff = union.actor(REVEAL)
    path = f"/members/{someone['person_id']}/reveal"
    shown = await union.client.post(path, staff, json={"reason": "核对给付信息"})
    assert shown.json()["document_number"] == someone["id_number"] and shown.json()["name"] == "张伟"
    assert (await union.client.post(path, staff, json={})).status_code == 422
    async with union.client.context.db.transaction(union.id) as session:
        entries = (
            (await session.execute(select(AuditEntry).where(AuditEntry.action == "member.revealed")))
            .scalars()
            .all()
        )
    assert [(e.actor_id, e.subject) for e in entries] == [(str(staff.id), f"person:{someone['person_id']}")]


async def test_who_may_reach_a_member(union: Union, other: Union) -> None:
    someone = await registered(union)
    person = someone["person_id"]
    routes = [
        ("GET", "/members/me", "identity.member.own", None),
        ("POST", "/members/search", READ, {"mobile": someone["mobile"]}),
        ("GET", f"/members/{person}", READ, None),
        ("POST", f"/members/{person}/reveal", REVEAL, {"reason": "test"}),
    ]
    client = union.client
    for method, path, permission, body in routes:
        assert (await client.send(method, path, json=body)).status_code == 401, path
        assert (await client.send(method, path, union.actor("x"), json=body)).status_code == 403, path
        foreign = await client.send(method, path, other.actor(permission, person_id=person), json=body)
        assert foreign.status_code == (200 if path.endswith("search") else 404), path
        if path.endswith("search"):
            assert foreign.json()["items"] == []


async def test_staff_see_members_of_their_subtree_handlers_of_their_unit(union: Union) -> None:
    unit, number = await union.register_unit(), an_id_number()
    await deliver(union, await enrolled(union, [("张伟", number)], unit_id=unit["unit_id"]))
    (person,) = await people_of(union)

    async def status(**scope: Any) -> int:
        return (await union.client.get(f"/members/{person.id}", union.actor(READ, **scope))).status_code

    assert (
        await status() == 200
        and await status(org_path="/") == 200
        and await status(org_path="/binhu/") == 404
    )
    assert await status(kind=ActorKind.HANDLER, unit_id=unit["unit_id"]) == 200
    assert await status(kind=ActorKind.HANDLER, unit_id=new_id()) == 404
    assert await status(kind=ActorKind.MEMBER, person_id=person.id) == 200
    assert await status(kind=ActorKind.MEMBER, person_id=new_id()) == 404


@N07
async def test_nothing_personal_is_readable_in_the_database(union: Union) -> None:
    from sqlalchemy import text

    someone = await registered(union)
    async with union.client.context.db.transaction(union.id) as session:
        for table in (
            "person",
            "person_record",
            "account",
            "consent",
            "outbox",
            "idempotency_key",
            "verification_code",
        ):
            for row in (await session.execute(text(f"SELECT t::text AS row FROM {table} t"))).scalars():
                for value in (
                    someone["id_number"],
                    someone["mobile"],
                    "张伟",
                    someone["tokens"]["refresh_token"],
                ):
                    assert value not in row, table
