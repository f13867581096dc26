"""Something is booked on the phone, moved, collected at the counter by its number, and found again (E.04)."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from common.clock import BUSINESS_ZONE, today
from huzhu.demo.world import World

from .browser import WALK
from .conftest import PASSWORD, Crowd, Running
from .desk import PACK
from .phone import carry, go, lose_answer, phone, register, seen, watching

pytestmark = [*WALK, pytest.mark.timeout(600)]


def by_staff(running: Running, folder: Path, work: Callable[[World], Coroutine[Any, Any, Any]]) -> Any:
    async def done() -> Any:
        async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
            return await work(World(http, PACK, int(time.time()), PASSWORD, folder))

    # The browser's loop runs in this thread.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(done())).result()


def slot(days: int, hour: int, place: str) -> dict[str, Any]:
    begins = datetime.combine(today() + timedelta(days=days), datetime.min.time(), BUSINESS_ZONE) + timedelta(
        hours=hour
    )
    ends = begins + timedelta(hours=2)
    return {"starts_at": begins.isoformat(), "ends_at": ends.isoformat(), "place": place, "capacity": 5}


def offered(title: str) -> Callable[[World], Coroutine[Any, Any, str]]:
    """Offer goods at two times of two days."""

    async def work(world: World) -> str:
        admin = await world.staff("admin")
        body = {
            "title": title,
            "body": "先在线预约，再到服务中心领取。",
            "gives": "goods",
            "place": "区职工服务中心",
            "opens_on": f"{today()}",
            "closes_on": f"{today() + timedelta(days=9)}",
        }
        campaign = str((await admin.post("/api/activities/campaigns", body))["id"])
        slots = [slot(1, 9, "一楼大厅"), slot(2, 14, "二楼会议室")]
        await admin.post(f"/api/activities/campaigns/{campaign}/slots", {"slots": slots})
        await admin.post(f"/api/activities/campaigns/{campaign}/publish", {})
        return campaign

    return work


@pytest.mark.feature("E.04", "N.10")
def test_goods_are_booked_moved_and_collected(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    title = f"防暑包 {time.time_ns() % 10**6}"
    campaign = by_staff(running, tmp_path, offered(title))
    with phone(browser) as page:
        carry(running, page, register(running, crowd.take()))
        go(running, page, f"/activities/{campaign}")
        seen(page, "booking-times")
        lose_answer(page, "**/campaigns/*/bookings")
        first = page.locator("section", has_text="一楼大厅").get_by_role("button", name="预约")
        with watching(page, "POST", "/bookings") as sent:
            first.dblclick()
            expect(page.get_by_role("alert")).to_contain_text("连不上")
            first.click()
            page.get_by_role("button", name="改约时间").wait_for()
        assert len(sent) == 2 and len({one.headers["idempotency-key"] for one in sent}) == 1
        page.locator(".pass img").wait_for()
        expect(page.locator("main")).to_contain_text("一楼大厅")
        seen(page, "booked")
        page.get_by_role("button", name="改约时间").click()
        lose_answer(page, "**/rewards/*/move")
        page.get_by_role("button", name="改到此时间").dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        page.get_by_role("button", name="改到此时间").dblclick()
        expect(page.locator("section.card").first).to_contain_text("二楼会议室")
        page.reload()
        expect(page.locator("section.card").first).to_contain_text("二楼会议室")
        seen(page, "booking-moved")
        go(running, page, "/rewards")
        page.get_by_role("button", name="待发放", exact=True).click()
        expect(page.locator("article", has_text=title)).to_be_visible()
        page.locator("article", has_text=title).locator("a.reward").click()
        page.get_by_role("button", name="取消预约").click()
        lose_answer(page, "**/rewards/*/cancel")
        page.get_by_role("group").get_by_role("button", name="取消预约").click()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        page.reload()
        expect(page.locator("section.card").first).to_contain_text("已取消")
        expect(page.locator(".pass")).to_have_count(0)
        seen(page, "booking-cancelled")
        go(running, page, f"/activities/{campaign}")
        expect(page.get_by_role("button", name="预约").first).to_be_visible()
