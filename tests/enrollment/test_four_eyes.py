"""Four eyes: one person with two accounts decides nothing that they brought or passed themselves (row C.02)."""

import pytest
import pytest_asyncio

from common.auth import Actor, ActorKind
from common.contracts.pack import TenantPack
from common.ids import new_id
from common.testing import Client

from .campus import CHAIR, Campus
from .conftest import NewTenant
from .world import World, person


def with_human(actor: Actor) -> Actor:
    return actor.model_copy(update={"human": new_id()})


def as_human(actor: Actor, other: Actor) -> Actor:
    """The same person as `other` behind an account of their own."""
    return actor.model_copy(update={"human": other.human})


async def refused(world: World, path: str, actor: Actor) -> None:
    answer = await world.client.post(path, actor, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "order.four_eyes"), answer.text


@pytest.mark.feature("C.02")
async def test_who_submitted_an_order_does_not_review_it_by_another_account(world: World) -> None:
    world.handler = with_human(world.handler)
    order = await world.submitted([person(1)])
    await refused(world, f"/orders/{order}/approve", as_human(world.reviewer, world.handler))
    other = await world.client.post(f"/orders/{order}/approve", with_human(world.reviewer), json={})
    assert other.status_code == 200, other.text


@pytest.mark.feature("C.04")
async def test_who_reviewed_or_reported_does_not_confirm_by_another_account(world: World) -> None:
    world.handler, world.reviewer = with_human(world.handler), with_human(world.reviewer)
    order = await world.approved([person(1)])
    await world.pay(order, "120.00")
    path = f"/orders/{order}/payment/confirm"
    for before in (world.handler, world.reviewer):
        await refused(world, path, as_human(world.finance, before))
    other = await world.client.post(path, with_human(world.finance))
    assert other.status_code == 200, other.text


@pytest_asyncio.fixture
async def staged(enrollment: Client, new_tenant: NewTenant, wuxi_pack: TenantPack) -> World:
    """A unit of a union where a second person accepts a roster's rows."""
    (product, *others) = wuxi_pack.products
    assert product.roster
    roster = product.roster.model_copy(update={"acceptance": "second_person"})
    products = (product.model_copy(update={"roster": roster}), *others)
    tenant = await new_tenant(enrollment.context, pack=wuxi_pack.model_copy(update={"products": products}))
    world = World(enrollment, tenant)
    await world.approve_unit()
    return world


@pytest.mark.feature("P.02")
async def test_who_uploaded_a_roster_does_not_accept_it_by_another_account(staged: World) -> None:
    staged.handler = with_human(staged.handler)
    order = await staged.order()
    file = (await staged.upload(order, [person(1)])).json()["file"]
    second = staged.client.mint.actor(
        staged.tenant, "enrollment.roster.accept", kind=ActorKind.HANDLER, unit_id=staged.unit_id
    )
    path = f"/orders/{order}/roster/{file['id']}/accept"
    own = await staged.client.post(path, as_human(second, staged.handler), json={"all": True})
    assert (own.status_code, own.json()["code"]) == (403, "roster.second_person")
    other = await staged.client.post(path, with_human(second), json={"all": True})
    assert other.json()["accepted"] == 1, other.text


@pytest.mark.feature("A.07")
async def test_a_chair_does_not_decide_on_their_own_application(campus: Campus) -> None:
    member = with_human(await campus.member())
    application = await campus.submitted(member)
    chair = campus.client.mint.actor(campus.tenant, *CHAIR, roles=frozenset({"chair"}), human=member.human)
    for decision in ("approve", "return", "reject"):
        body = {} if decision == "approve" else {"reason": "材料不全"}
        answer = await campus.client.post(f"/applications/{application}/{decision}", chair, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "order.four_eyes"), answer.text
    other = await campus.client.post(f"/applications/{application}/approve", campus.chair, json={})
    assert other.status_code == 200, other.text
