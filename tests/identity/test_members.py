"""Members: registration and binding, rosters, masking and reveal (row C.12)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from common.audit import AuditEntry
from common.auth import ActorKind
from common.consumer.runtime import Runtime
from common.contracts.enrollment import EnrolledPerson, PersonEnrolled
from common.contracts.identity import MemberBound, MembersAdmitted
from common.events.outbox import wrap
from common.ids import new_id
from identity.consumers import SUBSCRIPTIONS
from identity.members.models import Person, PersonRecord

from .union import Union, a_mobile, an_id_number, bearer, new_union

C12, N07 = pytest.mark.feature("C.12"), pytest.mark.feature("N.07")
READ, REVEAL = "identity.member.read", "identity.member.reveal"


async def registration(union: Union, **changes: Any) -> dict[str, Any]:
    mobile = changes.pop("mobile", None) or a_mobile()
    code = await union.code_for(mobile, "bind")
    return {
        "name": "张伟", "id_number": an_id_number(), "mobile": mobile, "code": code, "consent": {"version": 1},
        **changes,
    }  # fmt: skip


async def registered(union: Union, **changes: Any) -> dict[str, Any]:
    body = await registration(union, **changes)
    answer = await union.post("/members/register", body)
    assert answer.status_code == 201, answer.text
    return {**body, **answer.json()}


async def enrolled(
    union: Union, people: list[tuple[str, str]], *, unit_id: str, mobile: str | None = None
) -> PersonEnrolled:
    """Return the event that a confirmed order gives: people as (name, ID number)."""
    keys = await union.keys()
    return PersonEnrolled(
        order_id=new_id(),
        people=[
            EnrolledPerson(
                person_id=keys.person_id("resident_id", number),
                unit_id=UUID(unit_id),
                document_number=keys.sealed(number, context="person.document", kind="document"),
                name=keys.sealed(name, context="person.name"),
                mobile=keys.sealed(mobile, context="person.mobile", kind="mobile") if mobile else None,
            )
            for name, number in people
        ],
    )


async def deliver(union: Union, told: PersonEnrolled, *, times: int = 1) -> None:
    """Hand an event to the consumer runtime, as often as told."""
    runtime = Runtime(union.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    envelope = wrap(told, union.id)
    for _ in range(times):
        await runtime._until_done(union.id, [envelope])


async def people_of(union: Union) -> list[Person]:
    async with union.client.context.db.transaction(union.id) as session:
        return list((await session.execute(select(Person).order_by(Person.id))).scalars())


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
    body = await registration(union)
    del body["consent"]
    assert (await union.post("/members/register", body)).json()["errors"][0]["field"] == "consent"


@C12
async def test_wrong_values_are_all_named(union: Union) -> None:
    body = {"name": "张 伟", "id_number": "32", "mobile": "1", "code": "1", "consent": {"version": 1}}
    answer = await union.post("/members/register", body)
    assert {e["field"] for e in answer.json()["errors"]} == {"name", "id_number", "mobile"}


@C12
async def test_one_account_for_a_person_and_one_person_for_a_mobile(union: Union) -> None:
    someone = await registered(union)
    second = await union.post("/members/register", await registration(union, id_number=someone["id_number"]))
    assert (second.status_code, second.json()["code"]) == (409, "member.already_bound")
    asked = await union.post("/verification-codes", {"purpose": "bind", "mobile": someone["mobile"]})
    assert asked.json()["code"] == "mobile.already_registered"


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


async def test_a_roster_enters_people_once_however_often_it_is_told(union: Union) -> None:
    unit = await union.register_unit()
    people = [("张伟", an_id_number()) for _ in range(5)]
    told = await enrolled(union, people, unit_id=unit["unit_id"], mobile=a_mobile())
    await deliver(union, told, times=2)
    await deliver(union, told)
    found = await people_of(union)
    assert len(found) == 5 and {p.state for p in found} == {"confirmed"} and {p.version for p in found} == {1}
    (event,) = await union.events(MembersAdmitted)
    assert {f.person_id for f in event.members} == {p.id for p in found}
    assert all(f.mobile is not None and f.document_number.index for f in event.members)


async def test_five_hundred_people_take_a_handful_of_statements(union: Union) -> None:
    unit = await union.register_unit()
    numbers = [an_id_number(900_000 + n) for n in range(500)]
    told = await enrolled(union, [("张伟", number) for number in numbers], unit_id=unit["unit_id"])
    statements: list[str] = []
    engine = union.client.context.db.engine.sync_engine

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    sql_event.listen(engine, "before_cursor_execute", count)
    try:
        await deliver(union, told)
    finally:
        sql_event.remove(engine, "before_cursor_execute", count)
    assert len(await people_of(union)) == 500 and len(statements) < 15, statements


async def test_a_later_roster_moves_a_person_and_the_history_stays(union: Union) -> None:
    first, second = await union.register_unit(), await union.register_unit()
    number = an_id_number()
    await deliver(union, await enrolled(union, [("张伟", number)], unit_id=first["unit_id"]))
    await deliver(union, await enrolled(union, [("张伟", number)], unit_id=second["unit_id"]))
    (person,) = await people_of(union)
    assert (str(person.unit_id), person.version) == (second["unit_id"], 2)
    async with union.client.context.db.transaction(union.id) as session:
        records = (await session.execute(select(PersonRecord).order_by(PersonRecord.number))).scalars().all()
    assert [(str(r.unit_id), r.number, r.reason) for r in records] == [
        (first["unit_id"], 1, "registered"),
        (second["unit_id"], 2, "rostered"),
    ]
    assert [e.members[0].version for e in await union.events(MembersAdmitted)] == [1, 2]


async def test_who_registered_under_another_name_than_the_unit_gives_is_put_on_hold(union: Union) -> None:
    unit, someone = await union.register_unit(), await registered(union)
    told = await enrolled(union, [("真名", someone["id_number"])], unit_id=unit["unit_id"])
    await deliver(union, told, times=2)
    assert (await union.client.get("/members/me", headers=bearer(someone["tokens"]))).json()[
        "code"
    ] == "auth.session_ended"
    code = await union.code_for(someone["mobile"], "sign_in", account_kind="member")
    answer = await union.post("/sessions/member", {"mobile": someone["mobile"], "code": code})
    assert (answer.status_code, answer.json()["code"]) == (403, "account.held")


async def test_who_registered_under_the_same_name_goes_on(union: Union) -> None:
    unit, someone = await union.register_unit(), await registered(union)
    told = await enrolled(union, [("张伟", someone["id_number"])], unit_id=unit["unit_id"], mobile=a_mobile())
    await deliver(union, told)
    me = (await union.client.get("/members/me", headers=bearer(someone["tokens"]))).json()
    assert me["state"] == "confirmed" and me["unit_id"] == unit["unit_id"]
    assert me["mobile"][-4:] == someone["mobile"][-4:], "the mobile that was proved stays"


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
