"""Booking first: slots with places, never more than there are, moved and cancelled in time."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.bookings.rules import day_of, is_past, slot_faults
from activities.spoken import spoken
from common import clock
from common.auth import Actor
from common.clock import BUSINESS_ZONE, today

from .conftest import Fair

PLACE = "市职工服务中心一层"


def at(days: int, hour: int) -> str:
    return datetime.combine(today() + timedelta(days=days), time(hour), BUSINESS_ZONE).isoformat()


def slot(days: int = 2, hour: int = 9, capacity: int = 2) -> dict[str, Any]:
    return {"starts_at": at(days, hour), "ends_at": at(days, hour + 1), "capacity": capacity}


async def add_slots(fair: Fair, campaign: str, *slots: dict[str, Any]) -> httpx.Response:
    return await fair.client.post(f"/campaigns/{campaign}/slots", fair.officer, json={"slots": list(slots)})


async def bookable(fair: Fair, *slots: dict[str, Any], **fields: Any) -> tuple[str, list[str]]:
    """Return a published campaign of goods and the ids of its slots."""
    campaign = await fair.drafted(gives="goods", place=PLACE, **fields)
    answer = await add_slots(fair, campaign, *(slots or ({"capacity": 3},)))
    assert answer.status_code == 201, answer.text
    published = await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    assert published.status_code == 200, published.text
    return campaign, [one["id"] for one in answer.json()["items"]]


async def book(
    fair: Fair, campaign: str, member: Actor, slot_id: str | None = None, **options: Any
) -> httpx.Response:
    return await fair.client.post(
        f"/campaigns/{campaign}/bookings", member, json={"slot_id": slot_id}, **options
    )


async def booked(fair: Fair, campaign: str, member: Actor, slot_id: str | None = None) -> dict[str, Any]:
    answer = await book(fair, campaign, member, slot_id)
    assert answer.status_code == 201, answer.text
    reward: dict[str, Any] = answer.json()
    return reward


async def left(fair: Fair, campaign: str) -> list[int]:
    answer = await fair.client.get(f"/campaigns/{campaign}/slots", fair.officer)
    return [one["left"] for one in answer.json()["items"]]


@pytest.mark.feature("E.04")
async def test_a_member_books_a_slot_and_finds_it(fair: Fair) -> None:
    campaign, (morning, _) = await bookable(fair, slot(hour=9), slot(hour=10))
    member = fair.member()
    offer = (await fair.client.get("/campaigns", member)).json()["items"][0]
    assert (offer["gives"], offer["available"]) == ("goods", True)
    reward = await booked(fair, campaign, member, morning)
    assert (reward["gives"], reward["code"], reward["place"]) == ("goods", None, PLACE)
    assert len(reward["number"]) == 10 and reward["starts_at"]
    assert await left(fair, campaign) == [1, 2]
    waiting = (await fair.client.get("/participations", member, params={"state": "waiting"})).json()["items"]
    assert [row["campaign_id"] for row in waiting] == [campaign]
    assert (await fair.client.get(f"/rewards/{reward['id']}", member)).json() == reward
    assert (await fair.client.get(f"/rewards/{reward['id']}", fair.member())).status_code == 404
    (event,) = await fair.said("activities.booking_confirmed.v1")
    assert (event.data["number"], event.data["place"]) == (reward["number"], PLACE)
    second = await book(fair, campaign, member, morning)
    assert (second.status_code, second.json()["code"]) == (409, "reward.already_booked")
    assert "已预定" in second.json()["detail"], "nothing has been received yet"


@pytest.mark.feature("E.04")
async def test_what_was_collected_is_said_to_have_been_received_and_when(fair: Fair) -> None:
    campaign, _ = await bookable(fair, {"capacity": 3})
    member = fair.member()
    reward = await booked(fair, campaign, member)
    evening = datetime(2026, 11, 28, 12, 25, tzinfo=UTC)
    path = f"/rewards/{reward['id']}/collect"
    assert (await fair.client.post(path, fair.officer)).status_code == 200
    again = await book(fair, campaign, member)
    assert (again.status_code, again.json()["code"]) == (409, "reward.already_received")
    twice = (await fair.client.post(path, fair.officer)).json()
    shown = (await fair.client.get(f"/rewards/{reward['id']}", member)).json()["collected_at"]
    assert (
        twice["code"] == "reward.already_collected"
        and spoken(datetime.fromisoformat(shown)) in twice["detail"]
    )
    assert spoken(evening) == "2026-11-28 20:25", "in the time of the members"


@pytest.mark.feature("E.04")
async def test_thirty_at_once_take_exactly_the_places(fair: Fair) -> None:
    campaign, (only,) = await bookable(fair, slot(capacity=7))
    answers = await asyncio.gather(*(book(fair, campaign, fair.member(), only) for _ in range(30)))
    assert sorted({answer.status_code for answer in answers}) == [201, 409]
    assert [answer.status_code for answer in answers].count(201) == 7
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"booking.full"}
    assert await left(fair, campaign) == [0]
    assert len({a.json()["number"] for a in answers if a.status_code == 201}) == 7


async def test_without_times_a_number_is_booked(fair: Fair) -> None:
    campaign, _ = await bookable(fair, {"capacity": 1})
    await booked(fair, campaign, fair.member())
    assert (await book(fair, campaign, fair.member())).json()["code"] == "booking.full"
    timed, _ = await bookable(fair, slot())
    assert (await book(fair, timed, fair.member())).json()["code"] == "booking.slot_missing"
    codes = await fair.published()
    assert (await book(fair, codes, fair.member())).json()["code"] == "campaign.gives_other"


@pytest.mark.feature("E.04")
async def test_a_cancelled_place_is_free_again(fair: Fair) -> None:
    campaign, (only,) = await bookable(fair, slot(capacity=1))
    member, other = fair.member(), fair.member()
    reward = await booked(fair, campaign, member, only)
    path = f"/rewards/{reward['id']}/cancel"
    assert (await fair.client.post(path, other)).status_code == 404
    cancelled = await fair.client.post(path, member)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (await fair.client.post(path, member)).json()["code"] == "reward.given_back"
    assert await left(fair, campaign) == [1]
    again = await booked(fair, campaign, member, only)
    assert again["id"] != reward["id"]
    assert (await book(fair, campaign, other, only)).json()["code"] == "booking.full"
    assert len(await fair.said("activities.booking_cancelled.v1")) == 1


@pytest.mark.feature("E.04")
async def test_a_booking_moves_with_its_place(fair: Fair) -> None:
    campaign, (one, two) = await bookable(fair, slot(hour=9, capacity=1), slot(hour=14, capacity=1))
    members = [fair.member(), fair.member()]
    first, second = [
        await booked(fair, campaign, member, where) for member, where in zip(members, (one, two), strict=True)
    ]
    full = await fair.client.post(f"/rewards/{first['id']}/move", members[0], json={"slot_id": two})
    assert (full.status_code, full.json()["code"]) == (409, "booking.full")
    assert await left(fair, campaign) == [0, 0]
    await fair.client.post(f"/rewards/{second['id']}/cancel", members[1])
    moved = await fair.client.post(f"/rewards/{first['id']}/move", members[0], json={"slot_id": two})
    assert (moved.status_code, moved.json()["number"]) == (200, first["number"])
    assert await left(fair, campaign) == [1, 0]


async def test_two_who_move_crosswise_do_not_wait_for_each_other(fair: Fair) -> None:
    campaign, slots = await bookable(fair, slot(hour=9, capacity=9), slot(hour=14, capacity=9))
    members = [fair.member() for _ in range(8)]
    rewards = [await booked(fair, campaign, m, slots[n % 2]) for n, m in enumerate(members)]
    answers = await asyncio.gather(
        *(
            fair.client.post(f"/rewards/{r['id']}/move", m, json={"slot_id": slots[(n + 1) % 2]})
            for n, (m, r) in enumerate(zip(members, rewards, strict=True))
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await left(fair, campaign) == [5, 5]


@pytest.mark.feature("E.04")
async def test_a_slot_that_has_begun_is_over(fair: Fair) -> None:
    campaign, (early, late) = await bookable(fair, slot(days=1), slot(days=4))
    member = fair.member()
    reward = await booked(fair, campaign, member, early)
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert (await book(fair, campaign, fair.member(), early)).json()["code"] == "booking.past"
        cancelled = await fair.client.post(f"/rewards/{reward['id']}/cancel", member)
        assert cancelled.json()["code"] == "booking.past"
        collected = await fair.client.post(f"/rewards/{reward['id']}/collect", fair.officer)
        assert collected.json()["code"] == "reward.expired"
        assert (await fair.client.get(f"/rewards/{reward['id']}", member)).json()["expired"]
    other = await booked(fair, campaign, fair.member(), late)
    too_early = await fair.client.post(f"/rewards/{other['id']}/collect", fair.officer)
    assert (too_early.status_code, too_early.json()["code"]) == (409, "reward.too_early")


async def test_slots_out_of_order_are_named(fair: Fair) -> None:
    campaign = await fair.drafted(gives="goods", place=PLACE)
    wrong = [
        slot(),
        {"starts_at": at(2, 10), "ends_at": at(2, 9), "capacity": 1},
        {"starts_at": at(2, 10), "capacity": 1},
        slot(days=90),
        {"capacity": 1},
    ]
    answer = await add_slots(fair, campaign, *wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "slots.invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("slots.1", "slot.times"), ("slots.2", "slot.half"), ("slots.3", "slot.outside"),
        ("slots.4", "slot.timeless"),
    ]  # fmt: skip
    placeless = (await fair.create(gives="goods")).json()
    assert placeless["code"] == "campaign.place_missing"
    (error,) = placeless["errors"]
    assert error["field"] == "place" and "领取地点" in error["message"]
    empty = await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    assert empty.json()["code"] == "campaign.no_slots"


async def test_staff_never_go_below_what_is_booked(fair: Fair) -> None:
    campaign, (one, two) = await bookable(fair, slot(hour=9, capacity=3), slot(hour=10, capacity=3))
    for _ in range(2):
        await booked(fair, campaign, fair.member(), one)

    async def edit(slot_id: str, capacity: int, version: int = 1) -> httpx.Response:
        return await fair.client.send(
            "PUT", f"/campaigns/{campaign}/slots/{slot_id}", fair.officer, json={"capacity": capacity},
            headers={"If-Match": f'"{version}"'},
        )  # fmt: skip

    assert (await edit(one, 1)).json()["code"] == "slots.in_use"
    assert (await edit(one, 2)).json()["left"] == 0
    assert (await edit(one, 5)).status_code == 412
    for slot_id, status in ((one, 409), (two, 204)):
        removed = await fair.client.send(
            "DELETE", f"/campaigns/{campaign}/slots/{slot_id}", fair.officer,
            headers={"If-Match": '"2"' if slot_id == one else '"1"'},
        )  # fmt: skip
        assert removed.status_code == status, removed.text


instants = st.integers(0, 60 * 24 * 30).map(
    lambda m: datetime(2026, 12, 1, tzinfo=BUSINESS_ZONE) + timedelta(minutes=m)
)


@given(instants, instants)
def test_a_slot_is_fine_exactly_if_it_ends_later_on_its_day(start: datetime, end: datetime) -> None:
    faults = slot_faults([(start, end)], opens_on=day_of(start), valid_until=day_of(start))
    last = end - timedelta(microseconds=1)
    assert (faults == []) == (end > start and day_of(last) == day_of(start))


@given(instants, instants)
def test_a_slot_is_past_from_its_first_instant(start: datetime, now: datetime) -> None:
    assert is_past(start, at=now) == (now >= start)
    assert not is_past(None, at=now)
