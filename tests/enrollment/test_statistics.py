"""Counts kept in the transactions equal a scan after whatever happened (row N.08)."""

import asyncio
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from common import clock
from common.contracts.pack.eligibility import Participation
from common.ids import new_id
from common.testing import Pump
from enrollment.policies.ending import end_all
from enrollment.policies.models import Policy
from enrollment.policies.repository import PolicyRepository
from enrollment.statistics.models import DayCount, Headcount
from enrollment.statistics.repository import COUNTS, StatisticRepository
from enrollment.statistics.rules import (
    Issued,
    changes_of_end,
    changes_of_issued,
    participation_met,
    rate_of,
    together,
)

from .covers import Wanted, put, staff
from .world import PRODUCT, World, id_number, person

TODAY = clock.today()
READ = "enrollment.statistics.read"
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


async def counters(world: World) -> dict[Any, Any]:
    """All counters that are not zero, and the members by unit."""
    async with world.client.context.db.transaction(world.tenant.id) as session:
        rows = (
            await session.execute(select(DayCount).where(DayCount.tenant_id == world.tenant.id))
        ).scalars()
        found: dict[Any, Any] = {
            (row.unit_id, row.product_code, row.day): tuple(getattr(row, name) for name in COUNTS)
            for row in rows
        }
        heads = await session.execute(select(Headcount).where(Headcount.tenant_id == world.tenant.id))
        found |= {row.unit_id: (row.members,) for row in heads.scalars()}
    return {place: values for place, values in found.items() if any(values)}


async def recounted(world: World) -> dict[Any, Any]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await StatisticRepository(session, world.tenant.id).rebuild()
    return await counters(world)


@pytest.mark.feature("N.08")
@pytest.mark.parametrize("seed", [11, 12])
async def test_counters_equal_a_scan_after_random_operations(world: World, seed: int) -> None:
    chance = random.Random(seed)
    units = [world.unit_id, new_id(), new_id()]
    await world.tell_units([world.unit(unit_id=unit) for unit in units])
    version = dict.fromkeys(range(20), 0)
    alive: list[Any] = []

    async def enrol() -> None:
        serial = chance.randrange(10_000)
        starts = TODAY + timedelta(days=chance.randrange(-400, 60))
        unit, shares = chance.choice(units), chance.randint(1, 3)
        wanted = Wanted(serial, starts, starts + timedelta(days=364), unit_id=unit, shares=shares)
        alive.extend(await put(world, [wanted]))

    async def leave() -> None:
        if not alive:
            return
        policy_id = alive.pop(chance.randrange(len(alive)))
        async with world.client.context.db.transaction(world.tenant.id) as session:
            policy = await PolicyRepository(session, world.tenant.id).find(Policy, policy_id, lock=True)
            if policy is not None and policy.status == "in_force":
                day = policy.starts_on + timedelta(days=chance.randrange(-3, 360))
                if day < policy.ends_on:
                    await end_all(session, [policy], on=day)

    async def move() -> None:
        n = chance.randrange(20)
        version[n] += 1
        state = chance.choice(["confirmed", "confirmed", "new", "left"])
        unit = chance.choice([*units, None])
        fact = world.person_fact(id_number(n), "王芳", version=version[n], state=state, unit_id=unit)
        await world.tell_persons([fact, fact])

    for _ in range(60):
        await chance.choice([enrol, enrol, leave, move])()
    kept = await counters(world)
    assert kept and kept == await recounted(world)


@pytest.mark.feature("N.08")
async def test_counters_hold_when_many_change_them_at_once(world: World) -> None:
    units = [new_id() for _ in range(3)]
    ends = TODAY + timedelta(days=360)
    wanted = [Wanted(n, TODAY - timedelta(days=n % 5), ends, unit_id=units[n % 3]) for n in range(1, 25)]
    await asyncio.gather(*(put(world, [item]) for item in wanted))
    kept = await counters(world)
    assert sum(values[0] for values in kept.values() if len(values) > 1) == 24
    assert kept == await recounted(world)


@pytest.mark.feature("N.08")
@pytest.mark.feature("C.07")
async def test_an_order_counts_its_people_and_its_money(world: World, pump: Pump) -> None:
    await world.paid([person(n) for n in range(1, 4)])
    await pump.settle()
    reader = staff(world, READ)
    summary = (await world.client.get("/statistics/summary", reader)).json()
    assert (summary["person_times"], summary["covered"]) == (3, 3)
    assert (summary["contributed"], summary["received"], summary["refunded"]) == ("360.00", "360.00", "0.00")
    series = (await world.client.get("/statistics/series?by=month", reader)).json()["items"]
    assert [(row["key"], row["received"]) for row in series] == [(f"{TODAY:%Y-%m}", "360.00")]
    by_unit = (await world.client.get("/statistics/series?by=unit", reader)).json()["items"]
    assert [(row["title"], row["person_times"]) for row in by_unit] == [("无锡测试机械有限公司", 3)]
    by_product = (await world.client.get("/statistics/series?by=product", reader)).json()["items"]
    assert [row["key"] for row in by_product] == [PRODUCT]
    kept = await counters(world)
    assert kept == await recounted(world)


@pytest.mark.feature("N.08")
async def test_participation_by_unit_beside_the_rule(world: World) -> None:
    people = [world.person_fact(id_number(n), "王芳") for n in range(1, 11)]
    await world.tell_persons(people)
    await put(world, [Wanted(n, TODAY, TODAY + timedelta(days=364)) for n in range(1, 8)])
    reader = staff(world, READ)
    asked = {"product": PRODUCT}
    body = (await world.client.get("/statistics/participation", reader, params=asked)).json()
    # The register of this union knows nobody but those who were enrolled: 7 of 10 would say nothing.
    assert (body["members"], body["covered"], body["rate"]) == (0, 0, None)
    assert (body["unknown_units"], body["unknown_covered"], body["items"][0]["rate"]) == (1, 7, None)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await StatisticRepository(session, world.tenant.id).declare(world.unit_id, 20)
    body = (await world.client.get("/statistics/participation", reader, params=asked)).json()
    assert (body["members"], body["covered"], Decimal(body["rate"])) == (20, 7, Decimal("0.35"))
    assert (body["unknown_units"], body["unknown_covered"]) == (0, 0)
    unit = body["items"][0]
    assert (unit["members"], unit["covered"], unit["unit_name"]) == (20, 7, "无锡测试机械有限公司")
    tomorrow_last_year = {"product": PRODUCT, "on": (TODAY - timedelta(days=1)).isoformat()}
    before = await world.client.get("/statistics/participation", reader, params=tomorrow_last_year)
    assert before.json()["covered"] == 0
    unknown = await world.client.get("/statistics/participation", reader, params={"product": "nothing"})
    assert unknown.status_code == 404


@pytest.mark.feature("N.08")
async def test_whose_statistics_they_are_and_who_counts_anew(world: World, other: World) -> None:
    await put(world, [Wanted(1, TODAY, TODAY + timedelta(days=364))])
    assert (await world.client.get("/statistics/summary")).status_code == 401
    assert (await world.client.get("/statistics/summary", staff(world, "audit.read"))).status_code == 403
    for actor, count in (
        (staff(world, READ), 1), (staff(other, READ), 0), (staff(world, READ, org_path="/xishan/"), 0),
        (staff(world, READ, org_path="/binhu/"), 1),
    ):  # fmt: skip
        body = (await world.client.get("/statistics/summary", actor)).json()
        assert (body["person_times"], body["covered"]) == (count, count)
    assert (await world.client.post("/statistics/rebuild")).status_code == 401
    assert (await world.client.post("/statistics/rebuild", staff(world, READ))).status_code == 403
    rebuilt = await world.client.post("/statistics/rebuild", staff(world, "events.replay"))
    assert rebuilt.json() == {"covered": 1, "members": 0}


@given(DAYS, st.integers(1, 1000), st.integers(-5, 1100), DAYS)
def test_the_sum_of_changes_says_who_is_covered(starts: date, length: int, left: int, day: date) -> None:
    ends = starts + timedelta(days=length)
    unit = new_id()
    changes = changes_of_issued([Issued(unit, "p", 1, 1, Decimal(120), starts, ends)], on=starts)
    ended_on = max(starts - timedelta(days=1), starts + timedelta(days=left))
    last = ends
    if ended_on < ends:
        last = ended_on
        end = changes_of_end(
            unit_id=unit, product_code="p", starts_on=starts, ends_on=ends, ended_on=ended_on
        )
        for place, change in end.items():
            together(changes, place, change)
    covered = sum(change.covered for place, change in changes.items() if place.day <= day)
    assert covered == (1 if starts <= day <= last else 0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_group_enrolment_needs_its_share_and_everybody_of_a_small_unit(covered: int, members: int) -> None:
    rule = Participation(share=Decimal("0.8"), everyone_below=100)
    met = participation_met(rule, covered=covered, members=members)
    rate = rate_of(covered, members)
    if members == 0:
        assert met is (covered > 0) and rate is None
    elif members < 100:
        assert met is (covered >= members)
    else:
        assert rate is not None and met is (covered * 10 >= members * 8)
        assert met is (rate >= Decimal("0.8"))
