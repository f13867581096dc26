"""What happened in a campaign, by day and unit: counted by events, each once, and given as a workbook."""

from datetime import timedelta
from typing import Any

import pytest

from activities.statistics.consumers import SUBSCRIPTIONS
from common import clock
from common.clock import today
from common.ids import new_id
from common.sheets import StoredNumber

from .conftest import Fair
from .people import admitted, deliver, person, tell, unit
from .quizzing import quizzed, taken
from .test_bookings import bookable, booked
from .working import ended, result_rows


async def counted(fair: Fair, times: int = 1) -> None:
    said = await fair.said()
    for _ in range(times):
        await deliver(fair.client, *said, subscriptions=SUBSCRIPTIONS)


async def statistics(fair: Fair, campaign: str, **params: Any) -> dict[str, Any]:
    answer = await fair.client.get(f"/campaigns/{campaign}/statistics", fair.officer, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.feature("E.04")
async def test_a_campaigns_counts_by_unit_and_day(fair: Fair) -> None:
    homes = {new_id(): "一厂工会", new_id(): "二厂工会"}
    members = [fair.member() for _ in range(3)]
    units = [*homes, next(iter(homes))]
    await tell(
        fair.client,
        fair.tenant,
        *(unit(home, "/binhu/", name=name) for home, name in homes.items()),
        admitted(
            *(
                person(fair.tenant, m.person_id, unit_id=home)  # type: ignore[arg-type]
                for m, home in zip(members, units, strict=True)
            )
        ),
    )
    campaign = await quizzed(fair)
    await taken(fair, campaign, members[0], True, True, True)
    await taken(fair, campaign, members[1], True, True, True)
    await taken(fair, campaign, members[2], False, False, False)
    reward = await fair.rewarded(campaign, members[0])
    with clock.set_to(clock.now() + timedelta(days=1)):
        await fair.rewarded(campaign, members[1])
        await fair.client.post(f"/rewards/{reward['id']}/collect", fair.officer)
    await counted(fair, times=2)
    found = await statistics(fair, campaign)
    expected = {
        "joined": 3, "passed": 2, "failed": 1, "issued": 2, "booked": 0, "collected": 1, "cancelled": 0,
        "revoked": 0,
    }  # fmt: skip
    assert found["total"] == expected
    assert [(row["unit_name"], row["joined"], row["passed"], row["failed"]) for row in found["units"]] == [
        ("一厂工会", 2, 1, 1), ("二厂工会", 1, 1, 0),
    ]  # fmt: skip
    tomorrow = str(today() + timedelta(days=1))
    assert [(row["day"], row["joined"], row["issued"], row["collected"]) for row in found["days"]] == [
        (str(today()), 3, 1, 0), (tomorrow, 0, 1, 1),
    ]  # fmt: skip
    assert (await statistics(fair, campaign, since=tomorrow))["total"]["issued"] == 1
    assert (await statistics(fair, campaign, until=str(today())))["total"]["issued"] == 1


async def test_bookings_and_what_comes_back_are_counted(fair: Fair) -> None:
    campaign, _ = await bookable(fair, {"capacity": 5})
    members = [fair.member() for _ in range(3)]
    rewards = [await booked(fair, campaign, member) for member in members]
    await fair.client.post(f"/rewards/{rewards[0]['id']}/cancel", members[0])
    await fair.client.post(f"/rewards/{rewards[1]['id']}/revoke", fair.officer, json={"reason": "名单有误"})
    await counted(fair)
    found = await statistics(fair, campaign)
    assert found["total"] == {
        "joined": 3, "passed": 0, "failed": 0, "issued": 0, "booked": 3, "collected": 0, "cancelled": 1,
        "revoked": 1,
    }  # fmt: skip
    assert [row["unit_name"] for row in found["units"]] == ["单位未登记"]


async def test_a_campaign_nobody_joined_counts_nothing(fair: Fair) -> None:
    found = await statistics(fair, await fair.published())
    assert set(found["total"].values()) == {0} and found["days"] == found["units"] == []


@pytest.mark.feature("E.04")
async def test_the_workbook_has_every_day_and_unit_and_their_sum(fair: Fair) -> None:
    campaign = await fair.published(codes=5)
    for day in range(3):
        with clock.set_to(clock.now() + timedelta(days=day)):
            await fair.rewarded(campaign, fair.member())
    await counted(fair)
    path = f"/campaigns/{campaign}/statistics/export"
    answer = await fair.client.post(path, fair.officer)
    assert answer.status_code == 202, answer.text
    task = await ended(fair, answer.json()["id"])
    assert task["state"] == "done", task
    rows = await result_rows(fair, task["id"])
    assert rows[0][0] == "知识竞答"
    assert [row[0] for row in rows[2:]] == [*(str(today() + timedelta(days=n)) for n in range(3)), "合计"]
    assert all(isinstance(rows[-1][place], StoredNumber) and rows[-1][place] == "3" for place in (2, 5))
