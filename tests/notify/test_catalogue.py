"""The home page and the service catalogue: by union, by department and name, and only what one may use."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from common.auth import Actor, ActorKind
from common.clock import today
from common.contracts.identity import MembersAdmitted, PersonFact
from common.contracts.pack import load_pack
from common.ids import new_id
from common.testing import Client, TestTenant
from notify.content.sowing import sow_content

from .conftest import Place
from .desk import TENANTS

WOMAN, MAN = "110101199003070044", "110101199003070132"


@pytest.fixture
async def campus(notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Place:
    tenant = await new_tenant(notify.context, pack=load_pack(TENANTS / "bit.yaml"))
    return Place(notify, tenant, new_id(), new_id())


def member(place: Place, **changes: Any) -> Actor:
    role = next(role for role in place.tenant.pack.roles if role.code == "member")
    values: dict[str, Any] = {"kind": ActorKind.MEMBER, "person_id": place.person_id} | changes
    return place.client.mint.actor(place.tenant, *role.permissions, **values)


async def items(place: Place, actor: Actor, **params: str) -> list[str]:
    answer = await place.client.get("/catalogue", actor, params=params)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def admit(place: Place, number: str) -> None:
    fact: PersonFact = place.person().model_copy(
        update={
            "document_number": place.tenant.keys.sealed(number, context="person.document", kind="document"),
            "effective_on": today(),
        }
    )
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[fact]))


@pytest.mark.feature("A.02")
async def test_items_are_filtered_by_department_and_name(campus: Place) -> None:
    caller = member(campus)
    everything = await campus.client.get("/catalogue", caller)
    assert everything.json()["departments"] == ["校工会"]
    assert "会费缴纳" in await items(campus, caller)
    assert await items(campus, caller, department="校工会", q="日常慰问") == ["工会会员日常慰问申请（线上）"]
    assert await items(campus, caller, q="condolence") == ["工会会员日常慰问申请（线上）"]
    assert await items(campus, caller, department="财务处") == []
    assert await items(campus, caller, q="没有这样的事项") == []


@pytest.mark.feature("A.02")
async def test_only_what_the_person_may_use_is_there(campus: Place) -> None:
    name = "在职女职工特殊疾病互助保障险申请"
    assert name in await items(campus, member(campus)), "a person who is not known yet"
    await admit(campus, MAN)
    assert name not in await items(campus, member(campus)) and "会费缴纳" in await items(
        campus, member(campus)
    )
    campus.person_id = new_id()
    await admit(campus, WOMAN)
    assert name in await items(campus, member(campus))
    handler = campus.client.mint.actor(campus.tenant, "notify.message.read_own", kind=ActorKind.HANDLER)
    assert await items(campus, handler) == [], "all of this union's items are for members"


@pytest.mark.feature("A.02")
async def test_the_catalogue_needs_a_sign_in_and_is_the_unions_own(
    campus: Place, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    assert (await campus.client.get("/catalogue")).status_code == 401
    refused = await campus.client.get("/catalogue", campus.client.mint.actor(campus.tenant))
    assert refused.status_code == 403
    wuxi = await new_tenant(campus.client.context)
    other = await campus.client.get("/catalogue", campus.client.mint.actor(wuxi, "notify.message.read_own"))
    assert "会费缴纳" not in {item["title"] for item in other.json()["items"]}


@pytest.mark.feature("E.03")
async def test_the_home_page_has_the_modules_of_its_union(
    notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    seen = {}
    for code in ("beijing", "zhejiang"):
        tenant = await new_tenant(notify.context, pack=load_pack(TENANTS / f"{code}.yaml"))
        await sow_content(notify.context, tenant.id)
        answer = await notify.get("/home", tenant=tenant.code)
        assert answer.status_code == 200, answer.text
        seen[code] = answer.json()
    modules = {module["title"]: module for module in seen["beijing"]["modules"]}
    assert {"保障查询", "创业贷款", "会员活动", "健康资讯", "活动动态"} <= modules.keys()
    assert modules["健康资讯"]["opens"] == "articles" and modules["健康资讯"]["target"] == "health"
    assert modules["创业贷款"]["needs_sign_in"] and not modules["健康资讯"]["needs_sign_in"]
    assert seen["zhejiang"]["announcements"] and len(seen["zhejiang"]["announcements"]) <= 3
    assert "创业贷款" not in {module["title"] for module in seen["zhejiang"]["modules"]}


@pytest.mark.feature("E.03")
async def test_signed_in_the_home_page_shows_what_one_may_use(campus: Place) -> None:
    titles = {m["title"] for m in (await campus.client.get("/home", member(campus))).json()["modules"]}
    assert "会费缴纳" in titles
    few = campus.client.mint.actor(campus.tenant, kind=ActorKind.MEMBER)
    titles = {m["title"] for m in (await campus.client.get("/home", few)).json()["modules"]}
    assert "会费缴纳" not in titles and "我的保障" in titles
    assert (await campus.client.get("/home")).status_code == 401
