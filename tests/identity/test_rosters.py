"""Rosters that enter people into the register (row C.12)."""

from typing import Any

from sqlalchemy import event as sql_event
from sqlalchemy import select

from common.contracts.identity import MembersAdmitted
from identity.members.models import PersonRecord

from .people import deliver, enrolled, people_of, registered
from .union import Union, a_mobile, an_id_number, bearer


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
