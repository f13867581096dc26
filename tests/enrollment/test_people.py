"""The people of an order: register, form, deletion, export."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from common.audit import AuditEntry
from common.auth import ActorKind
from common.contracts.pack import TenantPack
from common.contracts.pack.registration import Admission
from common.ids import new_id
from common.testing import Client
from enrollment.people.models import OrderPerson
from enrollment.people.repository import PeopleRepository

from .conftest import NewTenant
from .world import WRITE, World, id_number, person


async def reasons(world: World, order: str) -> list[list[str]]:
    items = (await world.client.get(f"/orders/{order}/people?insurable=false", world.handler)).json()["items"]
    return [[reason["code"] for reason in item["reasons"]] for item in items]


@pytest.mark.feature("C.03")
async def test_one_person_by_form_by_the_same_rules(world: World) -> None:
    order = await world.order()
    row = person(1)
    form = {
        "name": row["name"], "document_number": row["id_number"], "bank_card": row["social_card"],
        "bank_name": row["bank_name"], "mobile": row["mobile"],
    }  # fmt: skip
    path = f"/orders/{order}/people"
    added = await world.client.post(path, world.handler, json=form)
    assert (added.status_code, added.json()["insurable"]) == (201, True), added.text
    again = await world.client.post(path, world.handler, json=form)
    assert [e["code"] for e in again.json()["errors"]] == ["row.duplicate"]
    wrong = await world.client.post(
        path, world.handler, json=form | {"document_number": id_number(1)[:-1] + "x", "mobile": ""}
    )
    assert wrong.status_code == 422
    found = {(e["field"], e["code"]) for e in wrong.json()["errors"]}
    assert ("mobile", "mobile.missing") in found and any(field == "document_number" for field, _ in found)
    assert all(e["message"] and e["advice"] for e in wrong.json()["errors"])
    assert (await world.state(order))["insurable"] == 1


@pytest.mark.feature("C.03")
async def test_delete_ticked_or_all(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2), person(3, mobile="1"), person(4, mobile="2")])
    path = f"/orders/{order}/people"
    ids = [p["id"] for p in (await world.client.get(path, world.handler)).json()["items"]]
    for body in ({}, {"ids": ids, "all": True}):
        assert (await world.client.post(f"{path}/delete", world.handler, json=body)).json()[
            "code"
        ] == "people.choose"
    one = await world.client.post(f"{path}/delete", world.handler, json={"ids": [ids[0]]})
    assert one.json() == {"insurable": 1, "not_insurable": 2, "changed": 1}
    wrong = await world.client.post(f"{path}/delete", world.handler, json={"all": True, "insurable": False})
    assert wrong.json() == {"insurable": 1, "not_insurable": 0, "changed": 2}
    rest = await world.client.post(f"{path}/delete", world.handler, json={"all": True})
    assert rest.json() == {"insurable": 0, "not_insurable": 0, "changed": 1}


async def test_nobody_is_deleted_from_another_order(world: World) -> None:
    first, second = await world.order(), await world.order()
    await world.upload(first, [person(1)])
    ids = [
        p["id"] for p in (await world.client.get(f"/orders/{first}/people", world.handler)).json()["items"]
    ]
    answer = await world.client.post(f"/orders/{second}/people/delete", world.handler, json={"ids": ids})
    assert answer.json()["changed"] == 0
    assert (await world.state(first))["insurable"] == 1


@pytest.mark.feature("C.03")
async def test_not_insurable_people_are_exported_corrected_and_uploaded_again(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2, mobile="1")])
    export = await world.client.get(f"/orders/{order}/people/export?insurable=false", world.handler)
    assert export.headers["content-type"].startswith("application/vnd.openxml")
    book = openpyxl.load_workbook(io.BytesIO(export.content))
    sheet = book.active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(min_row=4) if row[2].value]
    assert [row[2].value for row in rows] == [id_number(2)]
    assert "手机号不正确" in " ".join(str(cell.value) for cell in rows[0])
    rows[0][5].value = person(2)["mobile"]
    corrected = io.BytesIO()
    book.save(corrected)
    await world.client.post(
        f"/orders/{order}/people/delete", world.handler, json={"all": True, "insurable": False}
    )
    answer = await world.upload_file(order, corrected.getvalue())
    assert answer.json()["order"] == {"insurable": 2, "not_insurable": 0, "changed": 0}


@pytest.mark.feature("C.03")
async def test_more_rows_than_a_statement_takes_parameters_are_deleted_at_once(world: World) -> None:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        people = PeopleRepository(session, world.tenant.id)
        assert (
            await people.delete_people(new_id(), ids=[new_id() for _ in range(40_000)], insurable=None) == 0
        )


@pytest.mark.feature("C.03")
async def test_refused_rows_that_were_mended_by_another_upload_are_told_and_deleted_together(
    world: World,
) -> None:
    """By the same number; where the number was wrong, by name with mobile or card. A namesake is somebody else."""
    order = await world.order()
    wrong_number = id_number(2)[:-1] + ("0" if id_number(2)[-1] != "0" else "1")
    faulty = [
        person(1, mobile="1"), person(2, id_number=wrong_number), person(3, mobile="1"),
        person(4, name=person(5)["name"], mobile="2"),
    ]  # fmt: skip
    await world.upload(order, faulty)
    await world.upload(order, [person(5), person(1), person(2)])
    await world.upload(order, [person(5), *(person(n) for n in range(8, 13))])
    path = f"/orders/{order}/people"

    async def told() -> dict[int, str | None]:
        items = (await world.client.get(f"{path}?insurable=false", world.handler)).json()["items"]
        assert items[-1]["reasons"][0]["code"] == "row.duplicate" and items[-1]["notice"] is None
        return {item["row"]: item["notice"] for item in items[:-1]}

    notices = await told()
    assert "第 5 行" in str(notices[4]) and "第 6 行" in str(notices[5]), notices
    assert (notices[6], notices[7]) == (None, None)
    both = await world.client.post(f"{path}/delete", world.handler, json={"mended": True, "all": True})
    assert both.json()["code"] == "people.choose"
    gone = await world.client.post(f"{path}/delete", world.handler, json={"mended": True})
    assert gone.json() == {"insurable": 8, "not_insurable": 3, "changed": 2}
    assert await told() == {6: None, 7: None}


@pytest.mark.feature("C.04", "N.02")
async def test_people_are_shown_as_entered_to_who_proofreads_and_corrects_them(
    world: World, other: World
) -> None:
    order = await world.order()
    rows = [person(1, note="钳工"), person(2, mobile="1391234567", name="王 芳9")]
    await world.upload(order, rows)
    path, ids = f"/orders/{order}/people", []
    for item in (await world.client.get(path, world.handler)).json()["items"]:
        ids.append(item["id"])
        assert not any(row["mobile"] in str(item) or row["name"] in str(item) for row in rows)
    answer = await world.client.post(f"{path}/entered", world.handler, json={"ids": ids})
    assert answer.status_code == 200, answer.text
    shown = {one["id"]: one["values"] for one in answer.json()["items"]}
    for row_id, row in zip(ids, rows, strict=True):
        fields = {"document_number": "id_number", "bank_card": "social_card"}
        values = {field: row[fields.get(field, field)] for field in shown[row_id]}
        assert shown[row_id] == values and {"name", "document_number", "mobile"} <= set(values)
    assert shown[ids[0]]["note"] == "钳工"
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(AuditEntry).where(AuditEntry.tenant_id == world.tenant.id)
        (entry,) = (await session.execute(statement)).scalars().all()
    assert (entry.action, entry.actor_id) == ("people.opened", str(world.handler.id))
    elsewhere = world.client.mint.actor(world.tenant, *WRITE, kind=ActorKind.HANDLER, unit_id=new_id())
    for actor, status in ((None, 401), (world.finance, 403), (elsewhere, 404), (other.handler, 404)):
        refused = await world.client.post(f"{path}/entered", actor, json={"ids": ids})
        assert refused.status_code == status, refused.text
    assert (await world.submit(order, leave_out_not_insurable=True)).status_code == 200
    late = await world.client.post(f"{path}/entered", world.handler, json={"ids": ids})
    assert (late.status_code, late.json()["code"]) == (409, "order.wrong_state")


async def test_exports_are_in_the_audit_log(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1)])
    await world.client.get(f"/orders/{order}/people/export", world.handler)
    await world.client.get("/policies/export", world.handler)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(AuditEntry).where(AuditEntry.tenant_id == world.tenant.id).order_by(AuditEntry.seq)
        entries = (await session.execute(statement)).scalars().all()
    assert [entry.action for entry in entries] == ["people.exported", "policies.exported"]
    assert all(entry.actor_id == str(world.handler.id) for entry in entries)


async def test_search_by_name_and_number(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2)])
    for body in ({"name": person(2)["name"]}, {"document_number": f" {id_number(2).lower()} "}):
        found = await world.client.post(f"/orders/{order}/people/search", world.handler, json=body)
        assert [item["row"] for item in found.json()["items"]] == [5], body


@pytest.mark.feature("C.04")
async def test_the_register_is_asked(world: World) -> None:
    number = id_number(1)
    await world.tell_persons([world.person_fact(number, "欧阳别名")])
    order = await world.order()
    await world.upload(order, [person(1), person(2)])
    assert await reasons(world, order) == [["name.mismatch"]]


async def test_a_person_of_the_register_keeps_their_id(world: World) -> None:
    """Somebody whose number was corrected is known under another id than a new number would give."""
    known = new_id()
    await world.tell_persons([world.person_fact(id_number(1), person(1)["name"], person_id=known)])
    order = await world.order()
    await world.upload(order, [person(1)])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(OrderPerson.person_id).where(OrderPerson.tenant_id == world.tenant.id)
        assert (await session.execute(statement)).scalars().all() == [known]


@pytest.mark.feature("C.04")
async def test_where_members_must_be_admitted_first(
    enrollment: Client, new_tenant: NewTenant, wuxi_pack: TenantPack
) -> None:
    """The pack decides: here rosters do not create people."""
    registration = wuxi_pack.registration.model_copy(
        update={"people": "admission_first", "admission": Admission()}
    )
    strict = wuxi_pack.model_copy(update={"registration": registration})
    world = World(enrollment, await new_tenant(enrollment.context, pack=strict))
    await world.approve_unit()
    facts = [
        world.person_fact(id_number(1), person(1)["name"]),
        world.person_fact(id_number(2), person(2)["name"], unit_id=new_id()),
        world.person_fact(id_number(3), person(3)["name"], state="new"),
    ]
    await world.tell_persons(facts)
    order = await world.order()
    await world.upload(order, [person(n) for n in (1, 2, 3, 4)])
    assert await reasons(world, order) == [["member.other_unit"], ["member.unknown"], ["member.unknown"]]


async def test_people_taken_by_another_order_meanwhile(world: World) -> None:
    first, second = await world.order(), await world.order()
    await world.upload(first, [person(1)])
    await world.upload(second, [person(1), person(2)])
    assert (await world.submit(first)).status_code == 200
    refused = await world.submit(second)
    assert (refused.status_code, refused.json()["code"]) == (409, "order.register_changed")
    checked = await world.client.post(f"/orders/{second}/recheck", world.handler)
    assert checked.json() == {"insurable": 1, "not_insurable": 1, "changed": 1}
    assert await reasons(world, second) == [["policy.in_progress"]]
    assert (await world.submit(second, leave_out_not_insurable=True)).json()["people"] == 1
