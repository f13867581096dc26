"""The form and the roster that a unit prints, seals and hands in with its payment (row C.05)."""

import io
import zipfile

import pytest
from sqlalchemy import select

from common.audit import AuditEntry
from common.auth import Actor, ActorKind
from common.consumer import Worker
from common.ids import new_id
from enrollment.forms import rosters

from .covers import staff
from .terminating import text_of
from .test_records import done
from .world import World, card_number, id_number, person

HANDLER, MOBILE = "夏武", "13912345678"
MASKED = "139****5678"


async def named(world: World) -> None:
    """Identity tells who the unit's handler is."""
    keys = world.tenant.keys
    await world.approve_unit(
        version=2,
        handler_name=keys.sealed(HANDLER, context="person.name"),
        handler_mobile=keys.sealed(MOBILE, context="person.mobile", kind="mobile"),
    )


async def printed(world: World, worker: Worker, order: str, actor: Actor) -> bytes:
    asked = await world.client.post(f"/orders/{order}/forms/rosters", actor)
    assert asked.status_code == 202, asked.text
    state = await done(world, worker, asked.json()["id"], actor)
    assert state["state"] == "done", state
    file = await world.client.get(f"/tasks/{state['id']}/result", actor)
    assert file.status_code == 200, file.text
    return file.content


async def audited(world: World) -> list[tuple[str, str]]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(AuditEntry).where(AuditEntry.tenant_id == world.tenant.id).order_by(AuditEntry.seq)
        entries = (await session.execute(statement)).scalars().all()
    return [(entry.action, entry.actor_id) for entry in entries]


@pytest.mark.feature("C.05")
async def test_the_form_says_unit_product_people_and_amount(world: World) -> None:
    await named(world)
    order = await world.order()
    path = f"/orders/{order}/forms/admission"
    empty = await world.client.get(path, world.handler)
    assert (empty.status_code, empty.json()["code"]) == (409, "form.nobody")
    await world.upload(order, [person(1), person(2)])
    draft = text_of((await world.client.get(path, world.handler)).content)
    assert "尚未提交" in draft and "贰佰肆拾元整" in draft
    assert (await world.submit(order)).status_code == 200
    paper = await world.client.get(path, world.handler)
    assert paper.headers["content-type"] == "application/pdf"
    text = text_of(paper.content)
    number = (await world.state(order))["number"]
    for expected in (
        "团体入会表", number, "无锡测试机械有限公司", "91320211MA1WXYZ12X", world.tenant.pack.tenant.name.zh,
        world.tenant.pack.product("three-in-one").title.zh, "2人", "2份", "¥120.00", "¥240.00", "贰佰肆拾元整",
        HANDLER, MOBILE, "12个月", "盖章",
    ):  # fmt: skip
        assert expected.replace(" ", "") in text, expected
    assert "尚未提交" not in text
    assert await audited(world) == [("form.printed", str(world.handler.id))] * 2


@pytest.mark.feature("C.05")
async def test_the_form_of_paid_cover_has_its_days(world: World) -> None:
    order = await world.paid([person(1)])
    state = await world.state(order)
    text = text_of((await world.client.get(f"/orders/{order}/forms/admission", world.handler)).content)
    assert f"{state['starts_on']}至{state['ends_on']}" in text and "预计" not in text


@pytest.mark.feature("C.05")
async def test_the_roster_numbers_its_people(world: World, worker: Worker) -> None:
    order = await world.approved([person(1), person(2)])
    text = text_of(await printed(world, worker, order, world.handler))
    for n in (1, 2):
        for value in (person(n)["name"], id_number(n), person(n)["mobile"], card_number(n)):
            assert value in text, value
    assert f"1{person(1)['name']}" in text and f"2{person(2)['name']}" in text
    assert "第1页共1页" in text and "无锡农村商业银行" in text
    assert ("roster.printed", str(world.handler.id)) in await audited(world)


@pytest.mark.feature("C.05")
async def test_a_long_roster_comes_in_volumes(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await world.approved([person(1), person(2), person(3)])
    monkeypatch.setattr(rosters, "VOLUME", 2)
    archive = zipfile.ZipFile(io.BytesIO(await printed(world, worker, order, world.handler)))
    first, second = (text_of(archive.read(name)) for name in sorted(archive.namelist()))
    assert id_number(2) in first and id_number(3) not in first and "第1册，共2册" in first
    assert f"3{person(3)['name']}" in second and "第2册，共2册" in second, "numbered on"


async def test_who_may_not_export_prints_masked_values(world: World, worker: Worker) -> None:
    await named(world)
    order = await world.approved([person(1)])
    reader = staff(world, "enrollment.order.read", "tasks.read", org_path="/binhu/")
    form = text_of((await world.client.get(f"/orders/{order}/forms/admission", reader)).content)
    assert MASKED in form and MOBILE not in form and HANDLER not in form
    roster = text_of(await printed(world, worker, order, reader))
    assert not any(
        value in roster for value in (id_number(1), person(1)["name"], card_number(1), person(1)["mobile"])
    )
    assert id_number(1)[-4:] in roster


async def test_the_roster_of_others_is_nobodys(world: World, other: World, worker: Worker) -> None:
    order = await world.approved([person(1)])
    mint, right = world.client.mint, "enrollment.order.read"
    themselves = world.tenant.keys.person_id("resident_id", id_number(1))
    for stranger in (
        mint.actor(other.tenant, right),
        mint.actor(world.tenant, right, kind=ActorKind.HANDLER, unit_id=new_id()),
        mint.actor(world.tenant, right, kind=ActorKind.MEMBER, person_id=themselves),
        mint.actor(world.tenant, right, org_path="/xishan/"),
    ):  # fmt: skip
        for method, path in (("GET", "admission"), ("POST", "rosters")):
            answer = await world.client.send(method, f"/orders/{order}/forms/{path}", stranger)
            assert answer.status_code == 404, answer.text
    asked = await world.client.post(f"/orders/{order}/forms/rosters", world.handler)
    task = asked.json()["id"]
    await done(world, worker, task)
    assert (await world.client.get(f"/tasks/{task}/result", world.reviewer)).status_code in (403, 404)
