"""Who may do what: nobody without a token, without the permission, or in another tenant."""

import re

import pytest

from common.ids import new_id

from .conftest import COLLECT, JOIN, MANAGE, Fair

ROUTES = [
    ("POST", "/campaigns", MANAGE),
    ("GET", "/campaigns/managed", MANAGE),
    ("GET", "/campaigns/managed/{campaign}", MANAGE),
    ("PUT", "/campaigns/{campaign}", MANAGE),
    ("DELETE", "/campaigns/{campaign}", MANAGE),
    ("POST", "/campaigns/{campaign}/publish", MANAGE),
    ("POST", "/campaigns/{campaign}/pause", MANAGE),
    ("POST", "/campaigns/{campaign}/resume", MANAGE),
    ("POST", "/campaigns/{campaign}/end", MANAGE),
    ("GET", "/campaigns/{campaign}/quiz", MANAGE),
    ("PUT", "/campaigns/{campaign}/quiz", MANAGE),
    ("DELETE", "/campaigns/{campaign}/quiz", MANAGE),
    ("POST", "/campaigns/{campaign}/codes", MANAGE),
    ("POST", "/campaigns/{campaign}/codes/make", MANAGE),
    ("POST", "/campaigns/{campaign}/code-files", MANAGE),
    ("GET", "/campaigns/{campaign}/statistics", MANAGE),
    ("POST", "/campaigns/{campaign}/statistics/export", MANAGE),
    ("POST", "/campaigns/{campaign}/slots", MANAGE),
    ("PUT", "/campaigns/{campaign}/slots/{slot}", MANAGE),
    ("DELETE", "/campaigns/{campaign}/slots/{slot}", MANAGE),
    ("GET", "/campaigns/{campaign}/rewards", MANAGE),
    ("POST", "/rewards/{reward}/revoke", MANAGE),
    ("POST", "/rewards/{reward}/replace", MANAGE),
    ("GET", "/campaigns", JOIN),
    ("GET", "/campaigns/{campaign}", JOIN),
    ("POST", "/campaigns/{campaign}/attempts", JOIN),
    ("GET", "/attempts/{attempt}", JOIN),
    ("PUT", "/attempts/{attempt}/choice", JOIN),
    ("POST", "/attempts/{attempt}/answers", JOIN),
    ("POST", "/campaigns/{campaign}/rewards", JOIN),
    ("POST", "/campaigns/{campaign}/bookings", JOIN),
    ("GET", "/rewards", JOIN),
    ("GET", "/rewards/{reward}", JOIN),
    ("GET", "/rewards/{reward}/pass", JOIN),
    ("POST", "/rewards/{reward}/move", JOIN),
    ("POST", "/rewards/{reward}/cancel", JOIN),
    ("POST", "/rewards/{reward}/collect-here", JOIN),
    ("GET", "/participations", JOIN),
    ("GET", "/counter/manifest", COLLECT),
    ("GET", "/counter/campaigns/{campaign}/poster", COLLECT),
    ("POST", "/counter/look", COLLECT),
    ("GET", "/counter/bookings/1234567890", COLLECT),
    ("POST", "/counter/scans", COLLECT),
    ("POST", "/rewards/{reward}/collect", COLLECT),
]
SHARED = [
    ("GET", "/campaigns/{campaign}/slots", {MANAGE, JOIN, COLLECT}),
    ("GET", "/counter/scans", {MANAGE, COLLECT}),
]
"""Routes that one of several permissions opens."""
EVERYTHING = {MANAGE, JOIN, COLLECT}
TEXT = {"Content-Type": "text/plain"}


def address(path: str) -> str:
    return path.format(campaign=new_id(), reward=new_id(), slot=new_id(), attempt=new_id())


def test_every_route_stands_here(fair: Fair) -> None:
    """A route that is added is added to these lists, or the list below that says why not."""
    common = ("/tasks", "/audit", "/healthz", "/readyz", "/metrics")
    known = {(method, template(path)) for method, path, _ in [*ROUTES, *SHARED]}
    found = {
        (method.upper(), template(path))
        for path, item in fair.client.app.openapi()["paths"].items()
        if not path.startswith(common)
        for method in item
    }
    assert found == known


def template(path: str) -> str:
    return re.sub(r"\{[a-z_]+\}|[0-9]{10}", "{}", path)


@pytest.mark.parametrize(("method", "path", "permissions"), SHARED)
async def test_one_of_several_permissions_opens(
    fair: Fair, method: str, path: str, permissions: set[str]
) -> None:
    assert (await fair.client.send(method, address(path))).status_code == 401
    stranger = fair.client.mint.actor(fair.tenant, *(EVERYTHING - permissions), person_id=new_id())
    assert (await fair.client.send(method, address(path), stranger)).status_code == 403
    for permission in permissions:
        actor = fair.client.mint.actor(fair.tenant, permission)
        assert (await fair.client.send(method, address(path), actor)).status_code in (200, 404)


@pytest.mark.parametrize(("method", "path", "_"), ROUTES)
async def test_nobody_enters_without_a_token(fair: Fair, method: str, path: str, _: str) -> None:
    answer = await fair.client.send(method, address(path), headers=TEXT, content=b"A")
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path", "permission"), ROUTES)
async def test_nobody_enters_with_another_permission(
    fair: Fair, method: str, path: str, permission: str
) -> None:
    actor = fair.client.mint.actor(fair.tenant, *(EVERYTHING - {permission}), person_id=new_id())
    answer = await fair.client.send(method, address(path), actor, headers=TEXT, content=b"A")
    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.not_permitted"


async def test_another_tenant_has_no_campaign_and_no_reward(fair: Fair, other_fair: Fair) -> None:
    campaign = await fair.published()
    reward = await fair.rewarded(campaign, fair.member())
    stranger = other_fair.member()
    assert (await other_fair.import_codes(campaign, "X1")).status_code == 404
    assert (await fair.client.post(f"/campaigns/{campaign}/publish", other_fair.officer)).status_code == 404
    assert (await other_fair.receive(campaign, stranger)).status_code == 404
    assert (await fair.client.post(f"/rewards/{reward['id']}/collect", other_fair.officer)).status_code == 404
    for path, actor in (
        ("/campaigns", stranger),
        ("/rewards", stranger),
        ("/campaigns/managed", other_fair.officer),
    ):
        assert (await fair.client.get(path, actor)).json()["items"] == []


async def test_rewards_are_for_their_owner(fair: Fair) -> None:
    campaign = await fair.published()
    owner, neighbour = fair.member(), fair.member()
    await fair.rewarded(campaign, owner)
    assert len((await fair.client.get("/rewards", owner)).json()["items"]) == 1
    assert (await fair.client.get("/rewards", neighbour)).json()["items"] == []


async def test_only_members_receive_and_only_staff_hands_out(fair: Fair) -> None:
    campaign = await fair.published()
    staff = fair.client.mint.actor(fair.tenant, JOIN)
    assert (await fair.receive(campaign, staff)).json()["code"] == "campaign.members_only"
    member = fair.member(JOIN, COLLECT)
    reward = await fair.rewarded(campaign, member)
    answer = await fair.client.post(f"/rewards/{reward['id']}/collect", member)
    assert (answer.status_code, answer.json()["code"]) == (403, "reward.counter_only")
