"""Branches in the hands of staff: added, renamed, moved with all below, closed; within one's own subtree."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.contracts.identity import UnitsSnapshot
from common.testing import Client
from identity.accounts.models import Account
from identity.tenants.models import OrgNode

from .offices import Office, new_office
from .test_staff import someone as a_colleague
from .union import apply, sign_in_operator

MANAGE = "identity.organisation.manage"
MERGED = {"reason": "并入区总工会"}
pytestmark = pytest.mark.feature("C.02")


def branch(code: str = "chaoyang-sanlitun", **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name_zh": "三里屯代办处",
        "name_en": "Sanlitun Agency",
        "level": "agency",
        "parent": "chaoyang",
        **changes,
    }


async def tree(office: Office, actor: Any = None) -> dict[str, dict[str, Any]]:
    answer = await office.client.get("/branches", actor or office.actor(MANAGE))
    return {item["code"]: item for item in answer.json()["items"]}


async def act(office: Office, code: str, what: str, actor: Any = None, **body: Any) -> Any:
    version = (await tree(office)).get(code, {}).get("version", 1)
    method, path = ("PUT", f"/branches/{code}") if what == "rename" else ("POST", f"/branches/{code}/{what}")
    return await office.client.send(
        method, path, actor or office.actor(MANAGE), headers={"If-Match": str(version)}, json=body or None
    )


async def paths(office: Office) -> dict[str, str]:
    async with office.client.context.db.transaction(office.id) as session:
        rows = await session.execute(select(OrgNode.code, OrgNode.path).where(OrgNode.tenant_id == office.id))
        return {row.code: row.path for row in rows}


async def test_a_branch_is_added_renamed_closed_and_reopened(office: Office) -> None:
    added = await office.client.post("/branches", office.actor(MANAGE), json=branch())
    assert added.status_code == 201 and added.json()["path"] == "/chaoyang/chaoyang-sanlitun/"
    assert (added.json()["level_title"], added.json()["origin"]) == ("代办处", "staff")
    twice = await office.client.post("/branches", office.actor(MANAGE), json=branch())
    assert (twice.status_code, twice.json()["code"]) == (409, "branch.exists")
    renamed = await act(office, "chaoyang-sanlitun", "rename", name_zh="三里屯街道代办处", name_en="Sanlitun")
    assert renamed.json()["name_zh"] == "三里屯街道代办处"
    public = (await office.client.get("/organisation", tenant=office.code)).json()["nodes"]
    assert "chaoyang-sanlitun" in {node["code"] for node in public}
    closed = await act(office, "chaoyang-sanlitun", "close", **MERGED)
    assert closed.json()["closed_at"]
    public = (await office.client.get("/organisation", tenant=office.code)).json()["nodes"]
    assert "chaoyang-sanlitun" not in {node["code"] for node in public}
    assert (await act(office, "chaoyang-sanlitun", "reopen")).json()["closed_at"] is None


async def test_wrong_values_are_all_named(office: Office) -> None:
    body = branch("Bad Code", name_zh="", region="12", level="unit")
    answer = await office.client.post("/branches", office.actor(MANAGE), json=body)
    assert {e["field"] for e in answer.json()["errors"]} == {"code", "name_zh", "region", "level"}
    nowhere = await office.client.post("/branches", office.actor(MANAGE), json=branch(parent="nowhere"))
    assert nowhere.json()["code"] == "branch.unknown"
    upside_down = branch("x-office", level="office", parent="chaoyang-jianwai")
    answer = await office.client.post("/branches", office.actor(MANAGE), json=upside_down)
    assert answer.json()["errors"][0]["code"] == "branch.level"


async def test_a_moved_branch_takes_units_and_staff_with_it(office: Office) -> None:
    unit = await office.unit("/chaoyang/chaoyang-jianwai/")
    headers = await sign_in_operator(office.client, "ops1")
    body = a_colleague(roles=["agency"], branch="chaoyang-jianwai")
    staff = (await office.client.post(f"/tenants/{office.code}/staff", headers=headers, json=body)).json()
    moved = await act(office, "chaoyang-jianwai", "move", parent="haidian")
    assert moved.json()["path"] == "/haidian/chaoyang-jianwai/" and moved.json()["units"] == 1
    (told,) = await office.events(UnitsSnapshot)
    assert [(str(f.unit_id), f.org_path, f.version) for f in told.units] == [
        (unit, "/haidian/chaoyang-jianwai/", 2)
    ]
    async with office.client.context.db.transaction(office.id) as session:
        account = (await session.execute(select(Account).where(Account.id == UUID(staff["id"])))).scalar_one()
    assert (account.org_path, account.epoch) == ("/haidian/chaoyang-jianwai/", 1)
    assert (
        await office.client.get(f"/units/{unit}", office.actor("identity.unit.read", org_path="/chaoyang/"))
    ).status_code == 404
    assert (
        await office.client.get(f"/units/{unit}", office.actor("identity.unit.read", org_path="/haidian/"))
    ).status_code == 200
    below = await act(office, "haidian", "move", parent="chaoyang")
    assert below.status_code == 422, "an office hangs below the union only"
    assert (await act(office, "root", "move", parent="haidian")).json()["code"] == "branch.root"
    full = await act(office, "chaoyang-jianwai", "close", **MERGED)
    assert (full.status_code, full.json()["code"]) == (409, "branch.not_empty")
    assert full.json()["params"] == {"branches": 0, "units": 1, "staff": 1}
    stale = await office.client.post(
        "/branches/haidian/close", office.actor(MANAGE), headers={"If-Match": "99"}, json=MERGED
    )
    assert stale.status_code == 412


async def test_packs_leave_alone_what_staff_have_changed_and_move_the_rest(identity: Client) -> None:
    office = await new_office(identity)
    unit = await office.unit("/haidian/haidian-shangdi/")
    await office.client.post("/branches", office.actor(MANAGE), json=branch())
    await act(office, "chaoyang-jianwai", "move", parent="haidian")
    other = office.source.replace("version: 1\n", "version: 2\n", 1).replace(
        "code: haidian-shangdi, level: agency, parent: haidian",
        "code: haidian-shangdi, level: agency, parent: xicheng",
    )
    await apply(office.client, office.code, other)
    headers = await sign_in_operator(office.client, "ops2")
    consented = await office.client.post(f"/tenants/{office.code}/pack/2/consent", headers=headers)
    assert consented.status_code == 200, consented.text
    found = await paths(office)
    assert found["chaoyang-sanlitun"] == "/chaoyang/chaoyang-sanlitun/", "added by staff, not retired"
    assert found["chaoyang-jianwai"] == "/haidian/chaoyang-jianwai/", "moved by staff, stays there"
    assert found["haidian-shangdi"] == "/xicheng/haidian-shangdi/"
    read = (await office.client.get(f"/units/{unit}", office.actor("identity.unit.read"))).json()
    assert read["org_path"] == "/xicheng/haidian-shangdi/", "units follow a branch that the pack moves"


@pytest.mark.feature("N.02")
async def test_a_district_manages_its_own_subtree_only(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    district = office.actor(MANAGE, org_path="/chaoyang/")
    seen = await tree(office, district)
    assert "chaoyang-jianwai" in seen and "haidian" not in seen and "root" not in seen
    assert (await office.client.post("/branches", district, json=branch())).status_code == 201
    outside = branch("haidian-new", parent="haidian")
    assert (await office.client.post("/branches", district, json=outside)).status_code == 404
    assert (
        await office.client.post("/branches", district, json=branch("x-new", parent=None))
    ).status_code == 404
    assert (await act(office, "haidian", "rename", district, name_zh="海", name_en="H")).status_code == 404
    away = await act(office, "chaoyang-jianwai", "move", district, parent="haidian")
    assert away.status_code == 404, "neither out of the subtree"
    routes = [
        ("GET", "/branches", None), ("POST", "/branches", branch("z-new")),
        ("PUT", "/branches/chaoyang-wangjing", {"name_zh": "望京", "name_en": "W"}),
        ("POST", "/branches/chaoyang-wangjing/move", {"parent": "haidian"}),
        ("POST", "/branches/chaoyang-wangjing/close", MERGED), ("POST", "/branches/chaoyang-wangjing/reopen", None),
    ]  # fmt: skip
    for method, path, body in routes:
        headers = {"If-Match": "1"}
        send = office.client.send
        assert (await send(method, path, json=body, headers=headers)).status_code == 401, path
        assert (await send(method, path, office.actor("x"), json=body, headers=headers)).status_code == 403, (
            path
        )
    foreign = await other.client.post(
        "/branches/chaoyang-sanlitun/close", other.actor(MANAGE), headers={"If-Match": "1"}, json=MERGED
    )
    assert foreign.status_code == 404, "another tenant's branch"
