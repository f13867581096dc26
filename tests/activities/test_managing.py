"""Staff edit, pause, resume, end and delete; hours of a day; members see what they may know of."""

from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest

from common import clock
from common.clock import BUSINESS_ZONE, today

from .conftest import Fair


async def edit(fair: Fair, campaign: str, *, version: int | None = None, **fields: Any) -> httpx.Response:
    now = (await fair.client.get(f"/campaigns/managed/{campaign}", fair.officer)).json()
    names = (
        "title", "body", "place", "gives", "opens_on", "opens_time", "closes_on", "closes_time",
        "valid_until", "per_person", "audience", "code_format", "low_stock",
    )  # fmt: skip
    return await fair.client.send(
        "PUT", f"/campaigns/{campaign}", fair.officer,
        json={**{name: now[name] for name in names}, **fields},
        headers={"If-Match": f'"{version or now["version"]}"'},
    )  # fmt: skip


@pytest.mark.feature("E.04")
async def test_a_draft_changes_in_all_and_a_published_one_in_what_is_free(fair: Fair) -> None:
    draft = await fair.drafted()
    answer = await edit(fair, draft, title="健康知识竞答", per_person=2, audience={"sex": "female"})
    assert (answer.status_code, answer.json()["per_person"]) == (200, 2)
    assert answer.headers["etag"] == '"2"'
    assert (await edit(fair, draft, version=1)).status_code == 412
    campaign = await fair.published()
    later = str(today() + timedelta(days=30))
    fine = await edit(fair, campaign, title="延期", closes_on=later, valid_until=later, low_stock=2)
    assert (fine.status_code, fine.json()["closes_on"]) == (200, later)
    refused = await edit(fair, campaign, per_person=5, code_format="999")
    assert (refused.status_code, refused.json()["code"]) == (409, "campaign.fixed")
    assert [error["field"] for error in refused.json()["errors"]] == ["code_format", "per_person"]
    await fair.client.post(f"/campaigns/{campaign}/end", fair.officer)
    assert (await edit(fair, campaign, title="再改")).json()["code"] == "campaign.over"


@pytest.mark.feature("E.04")
async def test_paused_resumed_and_ended(fair: Fair) -> None:
    campaign = await fair.published()
    member = fair.member()

    async def step(name: str) -> httpx.Response:
        return await fair.client.post(f"/campaigns/{campaign}/{name}", fair.officer)

    assert (await step("resume")).json()["code"] == "campaign.not_running"
    assert (await step("pause")).json()["state"] == "paused"
    refused = await fair.receive(campaign, member)
    assert (refused.status_code, refused.json()["code"]) == (409, "campaign.paused")
    assert (await fair.client.get("/campaigns", member)).json()["items"] == []
    assert (await step("pause")).json()["code"] == "campaign.not_running"
    await step("resume")
    reward = await fair.rewarded(campaign, member)
    ended = (await step("end")).json()
    assert (ended["state"], ended["standing"]) == ("ended", "ended")
    assert (await fair.receive(campaign, fair.member())).json()["code"] == "campaign.ended"
    collected = await fair.client.post(f"/rewards/{reward['id']}/collect", fair.officer)
    assert collected.status_code == 200, "what was given is still handed out"
    shown = (await fair.client.get("/campaigns", member, params={"scope": "all"})).json()["items"]
    assert [(row["standing"], row["may_join"]) for row in shown] == [("ended", False)]


async def test_only_drafts_are_deleted(fair: Fair) -> None:
    draft, published = await fair.drafted(), await fair.published()
    await fair.import_codes(draft, "A-1")

    async def delete(campaign: str) -> httpx.Response:
        row = (await fair.client.get(f"/campaigns/managed/{campaign}", fair.officer)).json()
        return await fair.client.send(
            "DELETE", f"/campaigns/{campaign}", fair.officer, headers={"If-Match": str(row["version"])}
        )

    assert (await delete(published)).json()["code"] == "campaign.in_use"
    assert (await delete(draft)).status_code == 204
    assert (await fair.client.get(f"/campaigns/managed/{draft}", fair.officer)).status_code == 404


@pytest.mark.feature("E.04")
async def test_hours_are_hours_in_shanghai(fair: Fair) -> None:
    campaign = await fair.published(opens_time="10:00:00", closes_time="18:30:00")
    at = datetime.combine(today() + timedelta(days=1), time(9), BUSINESS_ZONE)
    first = datetime.combine(today(), time(9, 59), BUSINESS_ZONE)
    with clock.set_to(first):
        early = await fair.receive(campaign, fair.member())
        assert early.json()["code"] == "campaign.not_begun" and "10:00" in early.json()["detail"]
    with clock.set_to(at):
        await fair.rewarded(campaign, fair.member())
    last = datetime.combine(today() + timedelta(days=7), time(18, 30), BUSINESS_ZONE)
    with clock.set_to(last - timedelta(minutes=1)):
        await fair.rewarded(campaign, fair.member())
    with clock.set_to(last):
        assert (await fair.receive(campaign, fair.member())).json()["code"] == "campaign.ended"
    same = await fair.create(closes_on=str(today()), opens_time="10:00:00", closes_time="10:00:00")
    assert [error["field"] for error in same.json()["errors"]] == ["closes_time"]


@pytest.mark.feature("E.04")
async def test_those_i_can_join_and_all(fair: Fair) -> None:
    for n in range(3):
        await fair.published(title=f"女职工活动 {n}", audience={"sex": "female"})
        await fair.published(title=f"全员活动 {n}")
    member = fair.member()
    titles = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await fair.client.get("/campaigns", member, params=params)).json()
        titles += [row["title"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert titles == ["全员活动 2", "全员活动 1", "全员活动 0"]
    everything = (await fair.client.get("/campaigns", member, params={"scope": "all"})).json()["items"]
    assert len(everything) == 6
    found = await fair.client.get(
        "/campaigns/managed", fair.officer, params={"words": "女职工", "state": "published"}
    )
    assert len(found.json()["items"]) == 3


async def test_a_member_sees_no_draft(fair: Fair) -> None:
    draft = await fair.drafted()
    assert (await fair.client.get(f"/campaigns/{draft}", fair.member())).status_code == 404
    assert (await fair.client.get(f"/campaigns/{draft}/slots", fair.member())).status_code == 404
