"""Who may do what: nobody without a token, without the permission, or in another tenant."""

import pytest

from common.ids import new_id

from .conftest import COLLECT, JOIN, MANAGE, Fair

ROUTES = [
    ("POST", "/campaigns", MANAGE),
    ("GET", "/campaigns/managed", MANAGE),
    ("POST", "/campaigns/{campaign}/codes", MANAGE),
    ("POST", "/campaigns/{campaign}/publish", MANAGE),
    ("GET", "/campaigns", JOIN),
    ("POST", "/campaigns/{campaign}/rewards", JOIN),
    ("GET", "/rewards", JOIN),
    ("POST", "/rewards/{reward}/collect", COLLECT),
]
EVERYTHING = {MANAGE, JOIN, COLLECT}
TEXT = {"Content-Type": "text/plain"}


def address(path: str) -> str:
    return path.format(campaign=new_id(), reward=new_id())


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
