"""Records: search, cursor pages, exports, what ends in a month, a member's own cover (rows C.06, D.12, B.10, E.05)."""

import asyncio
import io
import time
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from common import clock
from common.auth import ActorKind
from common.consumer import Worker
from common.ids import new_id
from common.tasks.worker import TaskWorker
from enrollment.people import export

from .covers import Wanted, ending, put, staff
from .world import PRODUCT, World, id_number, person

TODAY = clock.today()


def years(serial: int, starts: date, **more: Any) -> Wanted:
    return Wanted(serial, starts, starts + timedelta(days=364), **more)


async def found(world: World, actor: Any = None, **search: Any) -> list[dict[str, Any]]:
    answer = await world.client.post("/policies/search", actor or world.handler, json=search)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.feature("C.06")
async def test_search_by_everything(world: World) -> None:
    await put(world, [years(1, date(2023, 5, 1)), years(1, date(2024, 5, 1), term=2), years(2, TODAY)])
    everybody = await found(world)
    assert [p["starts_on"] for p in everybody] == [TODAY.isoformat(), "2024-05-01", "2023-05-01"]
    newest = everybody[0]
    cases: list[tuple[dict[str, Any], int]] = [
        ({"year": 2023}, 1), ({"year": 2019}, 0), ({"product": PRODUCT}, 3),
        ({"order_number": newest["order_number"]}, 1), ({"policy_number": newest["number"]}, 1),
        ({"document_number": id_number(1)}, 2), ({"document_number": id_number(1).lower()}, 2),
        ({"name": person(2)["name"]}, 1), ({"name": "王小明"}, 0), ({"state": "in_force"}, 1),
        ({"state": "expired"}, 2), ({"starts_from": "2024-01-01", "starts_until": "2024-12-31"}, 1),
        ({"ends_until": "2024-04-29"}, 1),
        ({"unit_id": str(world.unit_id)}, 3), ({"unit_id": str(new_id())}, 0), ({"year": 2024, "state": "in_force"}, 0),
    ]  # fmt: skip
    for search, count in cases:
        assert len(await found(world, **search)) == count, search
    wrong = await world.client.post("/policies/search", world.handler, json={"colour": "red"})
    assert wrong.status_code == 422


@pytest.mark.feature("C.06")
@pytest.mark.feature("D.09")
async def test_a_search_that_can_find_nothing_says_so(world: World) -> None:
    digit = next(d for d in "0123456789" if d != id_number(1)[-1])
    for search, code in (
        ({"product": "other"}, "search.product_unknown"),
        ({"document_number": id_number(1)[:12]}, "search.number_incomplete"),
        ({"document_number": id_number(1)[:17] + digit}, "search.number_wrong"),
        ({"starts_from": "2026-02-01", "starts_until": "2026-01-31"}, "search.span_reversed"),
    ):
        for path in ("/policies/search", "/policies/export", "/policies/exports", "/orders/found"):
            named = search if path != "/orders/found" or "starts_from" not in search else {
                "created_from": "2026-02-01", "created_until": "2026-01-31"
            }  # fmt: skip
            answer = await world.client.post(path, world.handler, json=named)
            assert (answer.status_code, answer.json()["code"]) == (422, code), (path, answer.text)
            assert id_number(1)[:10] not in answer.text
    for number in ("E12345678", "H12345678", "12345678"):
        assert await found(world, document_number=number) == []
    reader = world.client.mint.actor(world.tenant, "enrollment.statistics.read")
    unknown = await world.client.get("/statistics/summary?product=other", reader)
    assert unknown.json()["code"] == "search.product_unknown"
    orders = await world.client.get("/orders?product=other", world.handler)
    assert orders.json()["code"] == "search.product_unknown"


@pytest.mark.feature("C.06")
async def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    await put(world, [years(n, date(2024, 1, 1) + timedelta(days=n // 3)) for n in range(1, 24)])
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        answer = (await world.client.get("/policies", world.handler, params=params)).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 23


async def done(world: Any, worker: Worker, task: str, actor: Any = None) -> dict[str, Any]:
    """Work until a task is over; return how it stands."""
    running = asyncio.create_task(TaskWorker(worker.context, worker.tasks, poll_seconds=0.05).run())
    deadline = time.monotonic() + 60
    state: dict[str, Any] = {"state": "queued"}
    while state["state"] in ("queued", "running") and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        state = (await world.client.get(f"/tasks/{task}", actor or world.handler)).json()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return state


@pytest.mark.feature("C.06")
async def test_export_in_the_background_with_progress_and_link(world: World, worker: Worker) -> None:
    await put(world, [years(n, date(2024, 1, 1)) for n in range(1, 6)] + [years(9, date(2022, 1, 1))])
    asked = await world.client.post("/policies/exports", world.handler, json={"year": 2024})
    assert asked.status_code == 202, asked.text
    task = asked.json()["id"]
    state = await done(world, worker, task)
    assert (state["state"], state["done"], state["total"]) == ("done", 5, 5), state
    file = await world.client.get(f"/tasks/{task}/result", world.handler)
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("工单编号", "保单号", "参保单位", "姓名")
    assert {row[4] for row in rows[1:]} == {id_number(n) for n in range(1, 6)}
    assert [(rows[0][place], {row[place] for row in rows[1:]}) for place in (9, 10)] == [
        ("份数", {1}),
        ("参保金额（元）", {120}),
    ], "numbers, which a spreadsheet sums"
    assert (await world.client.get(f"/tasks/{task}/result", world.reviewer)).status_code in (403, 404)


@pytest.mark.feature("C.03")
async def test_people_of_a_large_order_are_exported_in_the_background(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await world.order()
    await world.upload(order, [person(1), person(2), person(3, mobile="1")])
    path = f"/orders/{order}/people/export"
    monkeypatch.setattr(export, "LIMIT", 1)
    large = await world.client.get(path, world.handler)
    assert (large.status_code, large.json()["code"]) == (422, "people.export_too_large")
    assert (await world.client.get(f"{path}?insurable=false", world.handler)).status_code == 200
    asked = await world.client.post(f"{path}s?insurable=false", world.handler)
    assert asked.status_code == 202, asked.text
    state = await done(world, worker, asked.json()["id"])
    assert (state["state"], state["done"], state["total"]) == ("done", 1, 1), state
    file = await world.client.get(f"/tasks/{state['id']}/result", world.handler)
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    assert any("手机号不正确" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    reader = staff(world, "enrollment.order.read")
    assert (await world.client.post(f"{path}s", reader)).status_code == 403
    assert (await world.client.post(f"{path}s")).status_code == 401


@pytest.mark.feature("D.12")
async def test_what_ends_in_a_chosen_month_and_its_export(world: World) -> None:
    await put(world, [ending(n, date(2027, 2, day)) for n, day in ((1, 1), (2, 28))])
    await put(world, [ending(3, date(2027, 1, 31)), ending(4, date(2027, 3, 1))])
    params = {"month": "2027-02"}
    answer = await world.client.get("/policies/expiring", world.handler, params=params)
    assert sorted(item["ends_on"] for item in answer.json()["items"]) == ["2027-02-01", "2027-02-28"]
    file = await world.client.get("/policies/expiring/export", world.handler, params=params)
    rows = list(openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 3
    assert (
        await world.client.get("/policies/expiring", world.handler, params={"month": "2027-2"})
    ).status_code == 422
    assert (await world.client.get("/policies/expiring", world.handler)).status_code == 422
    reader = staff(world, "enrollment.policy.read")
    assert (await world.client.get("/policies/expiring/export", reader, params=params)).status_code == 403


@pytest.mark.feature("B.10")
@pytest.mark.feature("E.05")
@pytest.mark.feature("C.12")
async def test_a_members_own_cover_of_four_years_or_all(world: World) -> None:
    starts = [TODAY - timedelta(days=365 * n) for n in range(1, 8)]
    await put(world, [years(1, day, term=8 - n) for n, day in enumerate(starts)] + [years(2, TODAY)])
    keys = world.tenant.keys
    member = world.client.mint.actor(
        world.tenant, "enrollment.policy.read", kind=ActorKind.MEMBER,
        person_id=keys.person_id("resident_id", id_number(1)),
    )  # fmt: skip
    every = (await world.client.get("/policies/mine", member)).json()["items"]
    assert [p["starts_on"] for p in every] == [day.isoformat() for day in starts]
    four = (await world.client.get("/policies/mine?years=4", member)).json()["items"]
    assert [p["starts_on"] for p in four] == [day.isoformat() for day in starts[:5]]
    assert all(date.fromisoformat(p["ends_on"]) >= TODAY.replace(year=TODAY.year - 4) for p in four)
    assert (await world.client.get("/policies/mine?product=other", member)).json()["items"] == []
    assert (await world.client.get("/policies/mine?years=0", member)).status_code == 422
    assert id_number(1) not in str(every)
    stranger = world.client.mint.actor(world.tenant, "enrollment.policy.read", kind=ActorKind.MEMBER)
    assert (await world.client.get("/policies/mine", stranger)).json()["items"] == []
    assert (await world.client.get("/policies/mine")).status_code == 401


async def test_whose_records_they_are(world: World, other: World) -> None:
    await put(world, [years(1, TODAY)])
    assert (await world.client.post("/policies/search", json={})).status_code == 401
    assert (await world.client.post("/policies/exports", json={})).status_code == 401
    nobody = staff(world, "audit.read")
    assert (await world.client.post("/policies/search", nobody, json={})).status_code == 403
    assert (await world.client.post("/policies/exports", nobody, json={})).status_code == 403
    assert await found(other) == []
    elsewhere = staff(world, "enrollment.policy.read", org_path="/xishan/")
    assert await found(world, elsewhere) == []
    assert len(await found(world, staff(world, "enrollment.policy.read", org_path="/binhu/"))) == 1


@pytest.mark.feature("C.06")
async def test_a_year_shows_every_cover_that_has_a_day_in_it(world: World) -> None:
    terms = {
        1: date(2024, 12, 1),
        2: date(2025, 1, 1),
        3: date(2025, 12, 31),
        4: date(2026, 1, 1),
        5: date(2023, 12, 31),
    }
    await put(world, [years(n, day) for n, day in terms.items()])

    async def found(**search: Any) -> set[str]:
        answer = await world.client.post("/policies/search", world.handler, json=search)
        return {item["starts_on"] for item in answer.json()["items"]}

    assert await found(year=2025) == {"2024-12-01", "2025-01-01", "2025-12-31"}
    assert await found(year=2024) == {"2024-12-01", "2023-12-31"}
    assert await found(year=2027) == set()
