"""Renewal: the list of the 1st, messages at noon, export and upload again (row C.08)."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from common import clock
from common.clock import BUSINESS_ZONE
from common.ids import new_id
from enrollment.carried.rules import first_possible
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.rules import last_day
from enrollment.policies.ending import end_all
from enrollment.policies.models import Policy
from enrollment.policies.repository import PolicyRepository
from enrollment.renewals.jobs import list_renewals, tell_renewals
from enrollment.renewals.rules import month_of

from .carrying import CARRY, carried
from .covers import Wanted, ending, put, staff
from .world import PRODUCT, World, id_number, person

JOB = Any


def first_of_next_month() -> date:
    return month_of(month_of(clock.today()) + timedelta(days=32))


FIRST = first_of_next_month()


@contextmanager
def at(day: date, hour: int, minute: int = 0) -> Iterator[None]:
    with clock.set_to(
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=BUSINESS_ZONE).astimezone(UTC)
    ):
        yield


async def run(world: World, job: JOB) -> None:
    await job(world.client.context, world.tenant.id)


async def listed(world: World, **query: str) -> list[dict[str, Any]]:
    month = f"{FIRST:%Y-%m}"
    answer = await world.client.get("/renewals", world.handler, params={"month": month, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.feature("C.08")
async def test_the_list_of_the_first_covers_30_days_before_and_10_after(world: World) -> None:
    days = [-11, -10, -1, 0, 29, 30, 31]
    await put(world, [ending(n, FIRST + timedelta(days=shift)) for n, shift in enumerate(days, 1)])
    assert await listed(world) == []
    with at(FIRST, 0, 1):
        await run(world, list_renewals)
        await run(world, list_renewals)
    ends = sorted(date.fromisoformat(item["ends_on"]) for item in await listed(world))
    assert ends == [FIRST + timedelta(days=shift) for shift in (-10, -1, 0, 29, 30)]
    summary = await world.client.get("/renewals/summary", world.handler, params={"month": f"{FIRST:%Y-%m}"})
    assert (summary.json()["people"], summary.json()["listed"]) == (5, True)
    assert id_number(2) not in str(await listed(world))


@pytest.mark.feature("C.08")
async def test_who_renewed_or_left_is_hidden_and_the_list_is_kept(world: World) -> None:
    ids = await put(world, [ending(n, FIRST + timedelta(days=5)) for n in (1, 2, 3)])
    with at(FIRST, 1):
        await run(world, list_renewals)
    assert len(await listed(world)) == 3
    starts = FIRST + timedelta(days=6)
    await put(world, [Wanted(1, starts, starts + timedelta(days=364), term=2)])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        policy = await PolicyRepository(session, world.tenant.id).find(Policy, ids[1], lock=True)
        assert policy is not None
        await end_all(session, [policy], on=clock.today())
    assert [item["id"] for item in await listed(world)] == [str(ids[2])]
    with at(first_of_next_month() + timedelta(days=40), 1):
        assert [item["id"] for item in await listed(world)] == [str(ids[2])]


@pytest.mark.feature("C.08")
async def test_handlers_are_told_at_noon_once_each(world: World, emitted: Any) -> None:
    other_unit, idle_unit = new_id(), new_id()
    await world.tell_units(
        [world.unit(unit_id=other_unit, handler_account_id=new_id()), world.unit(unit_id=idle_unit)]
    )
    await put(world, [ending(n, FIRST + timedelta(days=n)) for n in (1, 2, 3)])
    await put(
        world, [ending(9, FIRST, unit_id=other_unit), ending(10, FIRST + timedelta(60), unit_id=idle_unit)]
    )
    with at(FIRST, 1):
        await run(world, list_renewals)
        await run(world, tell_renewals)
    assert [e for e in await emitted() if e.type == "enrollment.policy_expiring.v1"] == []
    with at(FIRST, 11, 59):
        await run(world, tell_renewals)
    assert [e for e in await emitted() if e.type == "enrollment.policy_expiring.v1"] == []
    with at(FIRST, 12, 0):
        await run(world, tell_renewals)
        await run(world, tell_renewals)
    with at(FIRST + timedelta(days=1), 9):
        await run(world, tell_renewals)
    told = [e.data for e in await emitted() if e.type == "enrollment.policy_expiring.v1"]
    assert {d["unit_id"]: sum(g["people"] for g in d["groups"]) for d in told} == {
        str(world.unit_id): 3, str(other_unit): 1
    }  # fmt: skip
    assert len(told) == 2
    mine = next(d for d in told if d["unit_id"] == str(world.unit_id))
    assert mine["handler_account_id"] == str(world.handler.id)
    assert mine["groups"][0]["first_ends_on"] == (FIRST + timedelta(days=1)).isoformat()


@pytest.mark.feature("C.08")
async def test_a_unit_whose_people_have_all_renewed_is_not_told(world: World, emitted: Any) -> None:
    await put(world, [ending(1, FIRST)])
    with at(FIRST, 1):
        await run(world, list_renewals)
    await put(world, [Wanted(1, FIRST + timedelta(days=1), FIRST + timedelta(days=365), term=2)])
    with at(FIRST, 12, 1):
        await run(world, tell_renewals)
    assert [e for e in await emitted() if e.type == "enrollment.policy_expiring.v1"] == []


@pytest.mark.feature("C.08")
async def test_the_export_is_edited_and_handed_in_as_a_renewal(world: World) -> None:
    today = clock.today()
    await put(world, [ending(n, today) for n in (1, 2, 3)])
    await run(world, list_renewals)
    params = {"product": PRODUCT, "month": f"{month_of(today):%Y-%m}"}
    answer = await world.client.get("/renewals/export", world.handler, params=params)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert [row[2].value for row in sheet.iter_rows(min_row=4, max_row=6)] == [
        id_number(n) for n in (1, 2, 3)
    ]
    sheet.delete_rows(6)
    sheet.cell(row=4, column=6).value = "13900000001"
    edited = io.BytesIO()
    book.save(edited)
    order = await world.order()
    uploaded = await world.upload_file(order, edited.getvalue())
    assert uploaded.status_code in (200, 202), uploaded.text
    assert uploaded.json()["order"]["insurable"] == 2, uploaded.text


@pytest.mark.feature("C.08", "P.10")
async def test_who_gets_cover_in_mid_month_that_ends_soon_stands_on_the_list_at_once(world: World) -> None:
    await run(world, list_renewals)
    mover = world.client.mint.actor(world.tenant, *CARRY)
    for began, people in ((first_possible(clock.today(), 12), (1, 2)), (clock.today(), (3,))):
        await carried(world, mover, world.unit_id, [person(n) for n in people], starts_on=began.isoformat())
    month = {"month": f"{clock.today():%Y-%m}"}
    summary = (await world.client.get("/renewals/summary", world.handler, params=month)).json()
    assert (summary["people"], summary["groups"][0]["last_ends_on"]) == (2, clock.today().isoformat())
    await run(world, list_renewals)
    items = (await world.client.get("/renewals", world.handler, params=month)).json()["items"]
    assert [item["ends_on"] for item in items] == [clock.today().isoformat()] * 2, "nobody stands there twice"


@pytest.mark.feature("C.08")
async def test_a_renewal_says_the_days_of_its_policies_not_of_its_payment(world: World) -> None:
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    await put(world, [ending(n, today) for n in (1, 2)])
    renewal = await world.paid([person(1)])
    mixed = await world.paid([person(2), person(3)])
    await run(world, issue_policies)
    last = last_day(tomorrow, 12).isoformat()
    one, both = await world.state(renewal), await world.state(mixed)
    assert (one["cover_from"], one["cover_until"]) == (tomorrow.isoformat(), last)
    assert (both["cover_from"], both["cover_until"]) == (today.isoformat(), last)
    assert (one["cover_varies"], both["cover_varies"]) == (False, True)
    assert one["starts_on"] == today.isoformat(), "the day of the payment stays what it was"


@pytest.mark.feature("C.08", "C.05")
async def test_who_decides_on_a_renewal_reads_when_it_is_to_begin(world: World) -> None:
    today, tomorrow = clock.today().isoformat(), (clock.today() + timedelta(days=1)).isoformat()
    await put(world, [ending(1, clock.today())])
    order = await world.order()

    async def expected() -> tuple[str, str]:
        state = await world.state(order)
        return state["expected_start"], state["expected_latest"]

    assert await expected() == (today, today)
    await world.upload(order, [person(1)])
    assert await expected() == (tomorrow, tomorrow), (
        "the day after the running term, not the day of the payment"
    )
    await world.upload(order, [person(2)])
    assert await expected() == (today, tomorrow)


@pytest.mark.feature("C.08")
async def test_whose_list_it_is(world: World, other: World) -> None:
    await put(world, [ending(1, FIRST)])
    with at(FIRST, 1):
        await run(world, list_renewals)
    params = {"month": f"{FIRST:%Y-%m}"}
    assert (await world.client.get("/renewals", params=params)).status_code == 401
    nobody = staff(world, "audit.read")
    assert (await world.client.get("/renewals", nobody, params=params)).status_code == 403
    assert (await world.client.get("/renewals", other.handler, params=params)).json()["items"] == []
    elsewhere = staff(world, "enrollment.policy.read", org_path="/xishan/")
    assert (await world.client.get("/renewals", elsewhere, params=params)).json()["items"] == []
    here = staff(world, "enrollment.policy.read", "enrollment.export", org_path="/binhu/")
    assert len((await world.client.get("/renewals", here, params=params)).json()["items"]) == 1
    whole = await world.client.get("/renewals/export", here, params=params | {"product": PRODUCT})
    assert (whole.status_code, whole.json()["code"]) == (422, "renewal.unit_needed")
    empty = await world.client.get("/renewals/export", other.handler, params=params | {"product": PRODUCT})
    assert (empty.status_code, empty.json()["code"]) == (404, "renewal.nobody")
    wrong = await world.client.get("/renewals", world.handler, params={"month": "2026-13"})
    assert wrong.status_code == 422


@pytest.mark.feature("C.08")
@pytest.mark.parametrize("month", ["2026-13", "2026-1", "jetzt", "1999-01"])
async def test_a_month_that_is_none_is_refused(world: World, month: str) -> None:
    for path in ("/renewals", "/renewals/summary"):
        assert (await world.client.get(path, world.handler, params={"month": month})).status_code == 422
    export = {"month": month, "product": PRODUCT}
    assert (await world.client.get("/renewals/export", world.handler, params=export)).status_code == 422
