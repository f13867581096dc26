"""Settlement lines that fitted nobody: what the back office can link is listed, linked once, and known (row C.14)."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from common.audit import AuditEntry
from common.clock import now, set_to
from common.contracts.identity import MemberChanged, UnitNameLinked
from common.contracts.unmatched import SettlementsUnmatched, UnmatchedSettlement
from common.db import unscoped
from common.identifiers import unit_name_key
from common.ids import new_id
from common.testing import Client
from identity.units.names.repository import KEY
from identity.worker import STRANGERS_KEPT, forget_expired

from .offices import READ, WRITE, Office, id_of, new_office, someone, years_ago
from .test_member_cover import tell
from .test_member_requests import decide

pytestmark = pytest.mark.feature("C.14")
LINK = "identity.names.link"


async def told(office: Office, number: str, name: str, reason: str = "feed.unmatched", **more: Any) -> Any:
    keys = await office.keys()
    line = UnmatchedSettlement(
        line_id=new_id(), reason=reason, name=keys.sealed(name, context="person.name"),
        document_number=keys.sealed(number, context="person.document", kind="document"), **more,
    )  # fmt: skip
    return SettlementsUnmatched(batch_id=new_id(), lines=[line])


async def listed(office: Office, actor: Any, **query: Any) -> list[dict[str, Any]]:
    answer = await office.client.get("/synced-names", actor, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def link(office: Office, actor: Any, row: dict[str, Any], **body: Any) -> Any:
    headers = {"If-Match": str(row["version"])}
    return await office.client.post(f"/synced-names/{row['id']}/link", actor, headers=headers, json=body)


def linker(office: Office) -> Any:
    return office.actor(LINK, WRITE, READ)


async def test_a_member_named_otherwise_is_listed_once_and_corrected_with_approval(office: Office) -> None:
    handler, clerk = office.handler(await office.unit()), linker(office)
    person = await office.member(handler, someone(name="王小京"))
    number = await number_of(office, person)
    event = await told(office, number, "王晓京", "feed.name_differs", unit_name="北京测试单位工会")
    await tell(office, event, times=2)
    (row,) = await listed(office, clerk)
    assert (row["kind"], row["person_id"], row["seen"]) == ("person", person["id"], 1)
    assert row["registered_name"] == "王**" and row["document_number"] is None
    done = await link(office, clerk, row)
    assert done.json()["state"] == "linked" and done.json()["request_id"], done.text
    request = {"id": done.json()["request_id"]}
    assert (await decide(office, office.clerk(), request)).json()["state"] == "approved"
    (changed,) = await office.events(MemberChanged)
    keys = await office.keys()
    assert keys.open_sealed(changed.member.name, context="person.name") == "王晓京"
    await tell(office, await told(office, number, "王晓京", "feed.name_differs"))
    assert await listed(office, clerk) == [], "what is right now is not listed again"


async def test_a_number_nobody_has_is_linked_to_the_member_who_is_meant(office: Office) -> None:
    handler, clerk = office.handler(await office.unit()), linker(office)
    person, number = await office.member(handler, someone(name="王小京")), id_of(years_ago(33))
    await tell(office, await told(office, number, "王小京", unit_name="北京测试单位工会"), times=2)
    (row,) = await listed(office, clerk, kind="person")
    assert row["person_id"] is None and row["document_number"].startswith("110***")
    assert row["told_unit"] == "北京测试单位工会" and row["unit_name"] == "北京测试单位工会"
    assert (await link(office, clerk, row)).json()["code"] == "synced_name.person_needed"
    assert (await link(office, clerk, row, person_id=str(new_id()))).status_code == 404
    done = (await link(office, clerk, row, person_id=person["id"])).json()
    assert done["state"] == "linked" and done["person_id"] == person["id"]
    again = await link(office, clerk, row, person_id=person["id"])
    assert (again.status_code, again.json()) == (200, done), "a second tap is answered like the first"
    assert (await link(office, linker(office), row, person_id=person["id"])).status_code == 412
    approved = await decide(office, office.clerk(), {"id": done["request_id"]})
    assert approved.json()["state"] == "approved", approved.text
    (changed,) = await office.events(MemberChanged)
    keys = await office.keys()
    assert keys.open_sealed(changed.member.document_number, context="person.document") == number
    assert changed.member.person_id == UUID(person["id"])


async def test_a_member_registered_with_a_wrong_number_is_named_by_what_is_registered_now(
    office: Office,
) -> None:
    handler, clerk = office.handler(await office.unit()), linker(office)
    person, number = await office.member(handler, someone(name="王小京")), id_of(years_ago(33))
    await tell(office, await told(office, number, "王小京"))
    (row,) = await listed(office, clerk)
    assert (row["request_id"], row["request_state"]) == (None, None)
    unknown = await link(office, clerk, row, document_number=id_of(years_ago(30)))
    assert unknown.json()["code"] == "member.unknown", unknown.text
    done = (await link(office, clerk, row, document_number=await number_of(office, person))).json()
    assert (done["person_id"], done["request_state"]) == (person["id"], "in_review")
    (shown,) = await listed(office, clerk, state="linked")
    assert shown["request_state"] == "in_review", "linked for good once the change is approved"
    await decide(office, office.clerk(), {"id": done["request_id"]})
    (shown,) = await listed(office, clerk, state="linked")
    assert shown["request_state"] == "approved"


async def test_both_are_read_in_full_before_they_are_one_and_that_is_logged(
    office: Office, identity: Client
) -> None:
    unit = await office.unit(name="北京测试单位工会")
    person = await office.member(office.handler(unit), someone(name="王𠮷"))
    number, clerk = await number_of(office, person), linker(office)
    await tell(office, await told(office, number, "王吉", "feed.name_differs"))
    (row,) = await listed(office, clerk)
    path = f"/synced-names/{row['id']}/reveal"
    full = (await office.client.post(path, clerk)).json()
    assert (full["name"], full["registered_name"]) == ("王吉", "王𠮷")
    assert (full["document_number"], full["registered_document_number"]) == (None, number)
    assert full["registered_unit"] == "北京测试单位工会"
    looked = select(AuditEntry.actor_id).where(
        AuditEntry.action == "name.revealed", AuditEntry.subject == f"synced_name:{row['id']}"
    )
    async with office.client.context.db.transaction(office.id) as session:
        assert (await session.execute(looked)).scalars().all() == [str(clerk.id)]
    assert (await office.client.post(path, office.actor(WRITE, READ))).status_code == 403
    assert (await office.client.post(path, office.actor(LINK, org_path="/haidian/"))).status_code == 404
    assert (await office.client.post(path)).status_code == 401
    assert (await office.client.post(path, linker(await new_office(identity)))).status_code == 404


async def test_who_is_only_not_covered_is_nothing_to_link(office: Office) -> None:
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone(name="王小京"))
    await tell(office, await told(office, await number_of(office, person), "王小京"))
    assert await listed(office, linker(office)) == []


async def test_units_are_listed_by_name_linked_once_and_known(office: Office) -> None:
    unit, clerk = await office.unit(name="北京示范机械（集团）有限公司工会"), linker(office)
    number = id_of(years_ago(40))
    differs = await told(
        office, number, "赵一", "feed.unit_differs", unit_name="北京示范机械", unit_id=UUID(unit)
    )
    same = await told(
        office,
        number,
        "赵一",
        "feed.unit_differs",
        unit_name="北京示范机械(集团)有限公司工会",
        unit_id=UUID(unit),
    )
    await tell(office, differs, same, differs)
    (row,) = await listed(office, clerk)
    assert (row["kind"], row["name"], row["unit_name"]) == (
        "unit",
        "北京示范机械",
        "北京示范机械（集团）有限公司工会",
    )
    assert (await link(office, clerk, row, unit_id=unit)).json()["state"] == "linked"
    (event,) = await office.events(UnitNameLinked)
    assert (event.unit_name, str(event.unit_id)) == ("北京示范机械", unit)
    await tell(office, await told(office, number, "赵一", "feed.unit_differs", unit_name="北京 示范机械"))
    assert await listed(office, clerk) == []


async def test_a_branch_sees_what_concerns_its_units(office: Office) -> None:
    await office.unit("/haidian/haidian-shangdi/", name="海淀测试单位工会")
    await tell(office, await told(office, id_of(years_ago(41)), "钱二", unit_name="海淀测试单位工会"))
    await tell(office, await told(office, id_of(years_ago(42)), "孙三"))
    assert len(await listed(office, linker(office), kind="person")) == 2
    assert len(await listed(office, office.actor(LINK, org_path="/haidian/"), kind="person")) == 1
    assert await listed(office, office.actor(LINK, org_path="/chaoyang/")) == []


async def test_strangers_are_forgotten_after_a_year(office: Office) -> None:
    await tell(office, await told(office, id_of(years_ago(43)), "李四"))
    await forget_expired(office.client.context, office.id)
    assert len(await listed(office, linker(office))) == 1
    with set_to(now() + STRANGERS_KEPT * 1.01):
        await forget_expired(office.client.context, office.id)
    assert await listed(office, linker(office)) == []


async def number_of(office: Office, person: dict[str, Any]) -> str:
    revealer = office.actor("identity.member.reveal", READ)
    answer = await office.client.post(
        f"/members/{person['id']}/reveal", revealer, json={"reason": "核对结算数据"}
    )
    return str(answer.json()["document_number"])


NAMES = [
    "北京（示范）有限公司",
    "无锡 试验-厂",
    "ＡＢＣ工会",
    "“七一”厂【东区】",
    "a.b,c;d:e'f\"g",
    "甲·乙、丙《丁》",
]


async def test_the_database_and_the_rule_say_the_same_of_names(office: Office) -> None:
    expression = str(KEY).replace("unit.name", "given.name").replace("\\:", ":")
    statement = unscoped(
        text(
            "SELECT given.name, "
            + expression.replace(":", "\\:")
            + " FROM unnest(CAST(:names AS text[])) AS given (name)"
        ),
        why="an expression on given values",
    )
    async with office.client.context.db.transaction(office.id) as session:
        rows = (await session.execute(statement, {"names": NAMES})).all()
    assert {row[0]: row[1] for row in rows} == {name: unit_name_key(name) for name in NAMES}


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_and_blanks_change_nothing(name: str) -> None:
    key = unit_name_key(name)
    assert unit_name_key(f" {name} ") == key
    assert not any(character.isspace() for character in key)
