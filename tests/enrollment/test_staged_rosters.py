"""Staged import: a second person accepts all or part, the rest comes back as a file (row P.02)."""

import io

import openpyxl
import pytest
import pytest_asyncio
from sqlalchemy import text

from common.auth import ActorKind
from common.contracts.pack import TenantPack
from common.ids import new_id
from common.testing import Client

from .conftest import NewTenant
from .world import World, id_number, person


@pytest_asyncio.fixture
async def staged(enrollment: Client, new_tenant: NewTenant, wuxi_pack: TenantPack) -> World:
    """A tenant whose pack asks for a second person."""
    (product, *others) = wuxi_pack.products
    assert product.roster
    roster = product.roster.model_copy(update={"acceptance": "second_person"})
    products = (product.model_copy(update={"roster": roster}), *others)
    world = World(
        enrollment,
        await new_tenant(enrollment.context, pack=wuxi_pack.model_copy(update={"products": products})),
    )
    await world.approve_unit()
    return world


def second(world: World) -> object:
    permissions = ("enrollment.roster.accept", "enrollment.order.read", "enrollment.export")
    return world.client.mint.actor(world.tenant, *permissions, kind=ActorKind.HANDLER, unit_id=world.unit_id)


@pytest.mark.feature("P.02")
async def test_a_second_person_accepts_part_and_the_rest_comes_back(staged: World) -> None:
    order = await staged.order()
    rows = [person(n) for n in range(1, 5)] + [person(6, mobile="12"), person(7, name="王 五")]
    answer = await staged.upload(order, rows)
    file = answer.json()["file"]
    assert (file["state"], file["insurable"], file["not_insurable"]) == ("staged", 4, 2)
    assert (await staged.state(order))["insurable"] == 0
    path = f"/orders/{order}/roster/{file['id']}"
    other = second(staged)
    waiting = (await staged.client.get(f"{path}/rows?insurable=true", other)).json()["items"]
    assert len(waiting) == 4 and id_number(1) not in str(waiting)
    own = staged.client.mint.actor(
        staged.tenant, "enrollment.roster.accept", kind=ActorKind.HANDLER, unit_id=staged.unit_id
    ).model_copy(update={"id": staged.handler.id})
    refused = await staged.client.post(f"{path}/accept", own, json={"all": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "roster.second_person")
    unsaid = await staged.client.post(f"{path}/accept", other, json={})
    assert unsaid.json()["code"] == "people.choose"
    ids = [row["id"] for row in waiting[:3]]
    accepted = (await staged.client.post(f"{path}/accept", other, json={"ids": ids})).json()
    assert (accepted["state"], accepted["accepted"], accepted["rejected"]) == ("done", 3, 3)
    assert (await staged.state(order))["insurable"] == 3
    twice = await staged.client.post(f"{path}/accept", other, json={"all": True})
    assert (twice.status_code, twice.json()["code"]) == (409, "roster.not_staged")
    result = await staged.client.get(f"{path}/result", other)
    sheet = openpyxl.load_workbook(io.BytesIO(result.content)).active
    assert sheet is not None
    numbers = [row[2] for row in sheet.iter_rows(min_row=4, values_only=True) if row[2]]
    assert sorted(map(str, numbers)) == sorted([id_number(4), id_number(6), id_number(7)])
    again = await staged.upload_file(order, result.content)
    assert again.json()["file"]["state"] == "staged"


@pytest.mark.feature("P.02")
async def test_raw_rows_are_kept_sealed(staged: World) -> None:
    order = await staged.order()
    await staged.upload(order, [person(1, note="备注")])
    async with staged.client.context.db.transaction(staged.tenant.id) as session:
        rows = (await session.execute(text("SELECT to_jsonb(r)::text FROM staged_row r"))).scalars().all()
        token = (await session.execute(text("SELECT raw_token FROM staged_row"))).scalar_one()
    assert rows and not [v for v in person(1).values() for row in rows if v and v in row and "银行" not in v]
    raw = staged.tenant.keys.open(token, context="enrollment.roster_row")
    assert person(1)["id_number"] in raw and "备注" in raw


async def test_accepting_needs_its_permission_and_scope(staged: World, other: World) -> None:
    order = await staged.order()
    file = (await staged.upload(order, [person(1)])).json()["file"]
    path = f"/orders/{order}/roster/{file['id']}/accept"
    assert (await staged.client.send("POST", path, json={"all": True})).status_code == 401
    assert (await staged.client.post(path, staged.reviewer, json={"all": True})).status_code == 403
    assert (await staged.client.post(path, second(other), json={"all": True})).status_code == 404
    await staged.client.send("DELETE", f"/orders/{order}", staged.handler)
    assert (await staged.client.get(f"/orders/{order}", staged.handler)).status_code == 404


@pytest.mark.feature("P.02")
async def test_rows_that_cannot_be_accepted_are_said_and_nobody_is_rejected(staged: World) -> None:
    order = await staged.order()
    file = (await staged.upload(order, [person(1), person(2, mobile="12")])).json()["file"]
    path, other = f"/orders/{order}/roster/{file['id']}", second(staged)
    (fine,) = (await staged.client.get(f"{path}/rows?insurable=true", other)).json()["items"]
    (wrong,) = (await staged.client.get(f"{path}/rows?insurable=false", other)).json()["items"]
    for ids in ([fine["id"], wrong["id"]], [str(new_id())]):
        refused = await staged.client.post(f"{path}/accept", other, json={"ids": ids})
        assert (refused.status_code, refused.json()["code"]) == (409, "roster.rows_not_acceptable")
        assert "1 行" in refused.json()["detail"]
    assert (await staged.client.get(path, other)).json()["state"] == "staged"
    taken = await staged.client.post(f"{path}/accept", other, json={"ids": [fine["id"]]})
    assert (taken.json()["accepted"], taken.json()["rejected"]) == (1, 1), taken.text
