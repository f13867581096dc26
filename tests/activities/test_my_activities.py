"""My activities: all, to receive, received; what nothing can come of any more is over, at once and in every list."""

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.auth import Actor
from common.clock import now, today

from .conftest import Fair
from .quizzing import answered, choice, entered, quizzed, send, taken
from .test_bookings import bookable, booked, slot

pytestmark = pytest.mark.feature("E.04")


async def listed(fair: Fair, member: Actor, state: str | None = None) -> list[str]:
    params: dict[str, Any] = {"state": state} if state else {}
    answer = await fair.client.get("/participations", member, params=params)
    assert answer.status_code == 200, answer.text
    return [item["state"] for item in answer.json()["items"]]


async def test_a_campaign_that_ends_while_a_quiz_runs(fair: Fair) -> None:
    campaign, member = await quizzed(fair), fair.member()
    attempt = await answered(fair, await entered(fair, campaign, member), member)
    assert await listed(fair, member) == ["taking_part"]
    await fair.client.post(f"/campaigns/{campaign}/end", fair.officer)
    late = await send(fair, attempt, member, choice(attempt))
    assert (late.status_code, late.json()["code"]) == (409, "campaign.ended")
    again = await fair.client.post(f"/campaigns/{campaign}/attempts", member)
    assert again.json()["code"] == "campaign.ended"
    assert await listed(fair, member) == ["over"] == await listed(fair, member, "over")
    assert await listed(fair, member, "taking_part") == []


async def test_who_passed_and_did_not_fetch_the_code_in_time_waits_for_nothing(fair: Fair) -> None:
    campaign, member = await quizzed(fair), fair.member()
    await taken(fair, campaign, member, True, True, True)
    assert await listed(fair, member, "waiting") == ["waiting"]
    with clock.set_to(now() + timedelta(days=8)):
        assert (await fair.receive(campaign, member)).json()["code"] == "campaign.ended"
        assert await listed(fair, member, "waiting") == [] and await listed(fair, member) == ["over"]


async def test_what_was_received_stays_received(fair: Fair) -> None:
    campaign, member = await fair.published(), fair.member()
    await fair.rewarded(campaign, member)
    await fair.client.post(f"/campaigns/{campaign}/end", fair.officer)
    assert await listed(fair, member, "received") == ["received"]
    assert await listed(fair, member, "over") == []


async def test_a_booking_waits_as_long_as_it_can_be_collected(fair: Fair) -> None:
    last = today() + timedelta(days=20)
    campaign, _ = await bookable(fair, {"capacity": 2}, valid_until=str(last))
    member = fair.member()
    reward = await booked(fair, campaign, member)
    await fair.client.post(f"/campaigns/{campaign}/end", fair.officer)
    assert await listed(fair, member, "waiting") == ["waiting"], "what was booked is still handed out"
    with clock.set_to(now() + timedelta(days=21)):
        expired = await fair.client.post(f"/rewards/{reward['id']}/collect", fair.officer)
        assert expired.json()["code"] == "reward.expired"
        assert await listed(fair, member, "waiting") == [] and await listed(fair, member) == ["over"]


async def test_a_slot_that_has_passed_waits_no_more_once_the_campaign_is_over(fair: Fair) -> None:
    campaign, (morning,) = await bookable(fair, slot(days=2))
    member = fair.member()
    await booked(fair, campaign, member, morning)
    with clock.set_to(now() + timedelta(days=9)):
        assert await listed(fair, member) == ["over"]
