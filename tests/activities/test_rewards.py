"""Codes are given once each, to each person once, and handed out once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from common import clock
from common.clock import today

from .conftest import Fair


def refusals(answers: list[Any]) -> Iterator[str]:
    return (answer.json()["code"] for answer in answers if answer.status_code != 201)


@pytest.mark.feature("E.04")
async def test_a_member_receives_a_code_and_finds_it_again(fair: Fair) -> None:
    campaign = await fair.published()
    member = fair.member()
    offer = (await fair.client.get("/campaigns", member)).json()["items"][0]
    assert (offer["available"], offer["received"]) == (True, 0)
    reward = await fair.rewarded(campaign, member)
    assert reward["code"] == "CODE-0000"
    assert (await fair.client.get("/rewards", member)).json()["items"] == [reward]
    assert (await fair.client.get("/campaigns", member)).json()["items"][0]["received"] == 1
    (event,) = await fair.said("activities.reward_issued.v1")
    assert len(await fair.said("activities.activity_joined.v1")) == 1
    assert "CODE-0000" not in str(event.data)
    assert fair.tenant.keys.open(event.data["code"]["ciphertext"], context="code") == "CODE-0000"


async def test_no_code_stands_in_clear_in_the_database(fair: Fair) -> None:
    member = fair.member()
    await fair.rewarded(await fair.published(), member)
    async with fair.client.context.db.transaction(fair.tenant.id) as session:
        for table in ("reward_code", "idempotency_key", "audit_entry", "reward"):
            rows = await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))
            assert "CODE-0" not in "".join(row[0] for row in rows), table


@pytest.mark.feature("E.04")
async def test_fifty_members_at_once_get_exactly_the_last_ten_codes(fair: Fair) -> None:
    campaign = await fair.published(codes=10)
    answers = await asyncio.gather(*(fair.receive(campaign, fair.member()) for _ in range(50)))
    given = [answer.json()["code"] for answer in answers if answer.status_code == 201]
    assert len(given) == len(set(given)) == 10
    assert set(refusals(list(answers))) == {"campaign.none_left"}
    assert await fair.stock(campaign) == (10, 0)
    assert len(await fair.said("activities.reward_issued.v1")) == 10
    assert not (await fair.client.get("/campaigns", fair.member())).json()["items"][0]["available"]


async def test_one_member_at_once_gets_one_code(fair: Fair) -> None:
    campaign = await fair.published(codes=20)
    member = fair.member()
    answers = await asyncio.gather(*(fair.receive(campaign, member) for _ in range(12)))
    assert [answer.status_code for answer in answers].count(201) == 1
    assert set(refusals(list(answers))) == {"reward.already_received"}
    assert await fair.stock(campaign) == (20, 19)


async def test_a_quota_of_three_gives_three(fair: Fair) -> None:
    campaign = await fair.published(codes=20, per_person=3)
    member = fair.member()
    answers = await asyncio.gather(*(fair.receive(campaign, member) for _ in range(12)))
    assert [answer.status_code for answer in answers].count(201) == 3
    assert await fair.stock(campaign) == (20, 17)


async def test_the_same_request_gets_the_same_code(fair: Fair) -> None:
    campaign = await fair.published()
    member = fair.member()
    answers = await asyncio.gather(*(fair.receive(campaign, member, once="double-tap") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert await fair.stock(campaign) == (3, 2)


async def test_a_new_stock_ends_the_drought(fair: Fair) -> None:
    campaign = await fair.published(codes=1)
    await fair.rewarded(campaign, fair.member())
    late = fair.member()
    assert (await fair.receive(campaign, late)).json()["code"] == "campaign.none_left"
    await fair.import_codes(campaign, "FRESH-01")
    assert (await fair.rewarded(campaign, late))["code"] == "FRESH-01"


@pytest.mark.feature("E.04")
async def test_before_and_after_its_days_nothing_is_given(fair: Fair) -> None:
    campaign = await fair.published(opens_on=str(today() + timedelta(days=2)))
    member = fair.member()
    early = await fair.receive(campaign, member)
    assert (early.status_code, early.json()["code"]) == (409, "campaign.not_begun")
    assert (await fair.client.get("/campaigns", member)).json()["items"] == []
    with clock.set_to(clock.now() + timedelta(days=8)):
        late = await fair.receive(campaign, member)
        assert (late.status_code, late.json()["code"]) == (409, "campaign.ended")


@pytest.mark.feature("E.04")
async def test_a_reward_is_handed_out_once(fair: Fair) -> None:
    campaign = await fair.published()
    member = fair.member()
    reward = await fair.rewarded(campaign, member)
    path = f"/rewards/{reward['id']}/collect"
    answers = await asyncio.gather(*(fair.client.post(path, fair.officer) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    good = next(answer.json() for answer in answers if answer.status_code == 200)
    assert good["state"] == "collected"
    assert "code" not in good
    assert [event.type for event in await fair.said()].count("activities.reward_collected.v1") == 1
    mine = (await fair.client.get("/rewards", member, params={"state": "collected"})).json()["items"]
    assert [row["id"] for row in mine] == [reward["id"]]
    assert (await fair.client.get("/rewards", member, params={"state": "issued"})).json()["items"] == []


async def test_the_counter_may_ask_again(fair: Fair) -> None:
    reward = await fair.rewarded(await fair.published(), fair.member())
    path = f"/rewards/{reward['id']}/collect"
    answers = [await fair.client.post(path, fair.officer, once="counter-1") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].status_code == 200


async def test_an_expired_reward_is_not_handed_out(fair: Fair) -> None:
    reward = await fair.rewarded(await fair.published(), fair.member())
    with clock.set_to(clock.now() + timedelta(days=9)):
        answer = await fair.client.post(f"/rewards/{reward['id']}/collect", fair.officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "reward.expired")
