"""Clauses of the feature rows that no other test shows by itself."""

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from common.clock import BUSINESS_ZONE, now, today

from .beijing import Beijing, member
from .test_staged_rosters import second, staged
from .world import World, id_number, person

__all__ = ["staged"]


@pytest.mark.feature("C.03", "N.02")
async def test_a_draft_has_a_number_of_date_time_and_serial(world: World, other: World) -> None:
    """Manual 002: 20221017093911177. A number comes once, later ones are greater, and each union counts its own."""
    before = now()
    numbers = [(await world.state(await world.order()))["number"] for _ in range(3)]
    foreign = (await other.state(await other.order()))["number"]
    after = now()
    assert all(re.fullmatch(r"\d{17}", number) for number in [*numbers, foreign])
    first, last = (moment.astimezone(BUSINESS_ZONE).strftime("%Y%m%d%H%M%S") for moment in (before, after))
    assert all(first <= number[:14] <= last for number in [*numbers, foreign])
    assert numbers == sorted(set(numbers)) and foreign.endswith("001")


@pytest.mark.feature("D.05")
async def test_what_was_reported_keeps_its_day(beijing: Beijing) -> None:
    await beijing.admit([member(1)])
    wanted = (today() + timedelta(days=5)).isoformat()
    order = await beijing.order(requested_start=wanted)
    await beijing.upload(order, [member(1)])
    await beijing.submit(order)
    seen = await beijing.state(order)
    headers = {"If-Match": f'"{seen["version"]}"'}
    body = {"requested_start": (today() + timedelta(days=9)).isoformat()}
    late = await beijing.client.send("PATCH", f"/orders/{order}", beijing.handler, json=body, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "order.wrong_state"), late.text
    assert (await beijing.state(order))["requested_start"] == wanted


@pytest.mark.feature("P.02")
async def test_a_second_person_accepts_all_and_the_invalid_come_back(staged: World) -> None:
    order = await staged.order()
    file = (await staged.upload(order, [person(1), person(2), person(6, mobile="12")])).json()["file"]
    path, other = f"/orders/{order}/roster/{file['id']}", second(staged)
    accepted: dict[str, Any] = (await staged.client.post(f"{path}/accept", other, json={"all": True})).json()
    assert (accepted["state"], accepted["accepted"], accepted["rejected"]) == ("done", 2, 1)
    assert (await staged.state(order))["insurable"] == 2
    sheet = openpyxl.load_workbook(
        io.BytesIO((await staged.client.get(f"{path}/result", other)).content)
    ).active
    assert sheet is not None
    numbers = [str(row[2]) for row in sheet.iter_rows(min_row=4, values_only=True) if row[2]]
    assert numbers == [id_number(6)]
