"""Staff take rewards back and replace codes, each with a reason; a code is never given twice."""

import pytest

from .conftest import MANAGE, Fair
from .test_bookings import bookable, booked, left

REASON = {"reason": "该码已被商家作废"}


@pytest.mark.feature("E.04")
async def test_a_code_that_does_not_work_is_replaced(fair: Fair) -> None:
    campaign = await fair.published(codes=2)
    member = fair.member()
    reward = await fair.rewarded(campaign, member)
    path = f"/rewards/{reward['id']}/replace"
    answers = [await fair.client.post(path, fair.officer, json=REASON, once="replace-1") for _ in range(2)]
    assert answers[0].json() == answers[1].json() and answers[0].status_code == 200
    mine = (await fair.client.get(f"/rewards/{reward['id']}", member)).json()
    assert (mine["code"], mine["state"]) == ("CODE-0001", "issued")
    said = [event.data["replaced"] for event in await fair.said("activities.reward_issued.v1")]
    assert said == [False, True], "a new message with the new code"
    assert await fair.stock(campaign) == (1, 0), "the old code is void and does not count"
    assert (await fair.client.post(path, fair.officer, json=REASON)).json()["code"] == "campaign.none_left"
    assert (await fair.client.get(f"/rewards/{reward['id']}", member)).json()["code"] == "CODE-0001"
    assert (await fair.receive(campaign, fair.member())).json()["code"] == "campaign.none_left"


@pytest.mark.feature("E.04")
async def test_a_revoked_reward_is_told_and_its_code_never_given_again(fair: Fair) -> None:
    campaign = await fair.published(codes=2)
    member = fair.member()
    reward = await fair.rewarded(campaign, member)
    path = f"/rewards/{reward['id']}/revoke"
    assert (await fair.client.post(path, fair.officer, json={"reason": ""})).status_code == 422
    shown = (await fair.client.post(path, fair.officer, json=REASON)).json()
    assert (shown["state"], shown["reason"], shown["code_ending"]) == ("revoked", REASON["reason"], None)
    mine = (await fair.client.get(f"/rewards/{reward['id']}", member)).json()
    assert (mine["state"], mine["code"], mine["reason"]) == ("revoked", None, REASON["reason"])
    (event,) = await fair.said("activities.reward_revoked.v1")
    assert REASON["reason"] not in str(event.data)
    again = await fair.rewarded(campaign, member)
    assert again["code"] == "CODE-0001"
    for other in ("collect", "revoke"):
        answer = await fair.client.post(f"/rewards/{reward['id']}/{other}", fair.officer, json=REASON)
        assert (answer.status_code, answer.json()["code"]) == (409, "reward.given_back")
    given = (await fair.client.get(f"/campaigns/{campaign}/rewards", fair.officer)).json()["items"]
    assert [row["state"] for row in given] == ["issued", "revoked"]
    assert given[0]["code_ending"] == "…01" and "CODE-0001" not in str(given)
    only = await fair.client.get(f"/campaigns/{campaign}/rewards", fair.officer, params={"state": "revoked"})
    assert len(only.json()["items"]) == 1


async def test_a_revoked_booking_frees_its_place_and_a_collected_one_stays(fair: Fair) -> None:
    campaign, _ = await bookable(fair, {"capacity": 2})
    members = [fair.member(), fair.member()]
    first, second = [await booked(fair, campaign, member) for member in members]
    await fair.client.post(f"/rewards/{first['id']}/revoke", fair.officer, json=REASON)
    assert await left(fair, campaign) == [1]
    replaced = await fair.client.post(f"/rewards/{second['id']}/replace", fair.officer, json=REASON)
    assert replaced.json()["code"] == "reward.no_code"
    await fair.client.post(f"/rewards/{second['id']}/collect", fair.officer)
    answer = await fair.client.post(f"/rewards/{second['id']}/revoke", fair.officer, json=REASON)
    assert answer.json()["code"] == "reward.already_collected"


async def test_only_within_reach_and_tenant(fair: Fair, other_fair: Fair) -> None:
    campaign = await fair.published()
    reward = await fair.rewarded(campaign, fair.member())
    branch = fair.client.mint.actor(fair.tenant, MANAGE, org_path="/binhu/")
    for actor in (branch, other_fair.officer):
        for what in ("revoke", "replace"):
            answer = await fair.client.post(f"/rewards/{reward['id']}/{what}", actor, json=REASON)
            assert answer.status_code == 404
        assert (await fair.client.get(f"/campaigns/{campaign}/rewards", actor)).status_code == 404
