"""A roster at a unit's desk: its check is watched, wrong cells are corrected in place, pages of a long list turned.

HUZHU_ROSTER_ROWS=100000 does the same with a whole city's roster and keeps its figures in build/roster-desk.json.
"""

import json
import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people import people
from huzhu.people.persons import Person
from huzhu.people.rosters import with_faults, write_rows

from ..conftest import ROOT
from .browser import WALK, browsers
from .conftest import Running
from .desk import PACK, TENANT, answer, desk, handler_signs_in, keep_picture, press

pytestmark = [*WALK, pytest.mark.timeout(1200)]
ROWS = int(os.environ.get("HUZHU_ROSTER_ROWS", "3000"))
EACH = 40
"""Every so many rows one has a wrong check digit."""
PATIENCE = 600_000 if ROWS > 10_000 else 45_000
PAGE = 50
"""Rows on a page of a list."""
FIRST_ROW = 4
"""Where the people of a sheet begin."""


class Measured:
    """What is kept of a large run."""

    def __init__(self, page: Page) -> None:
        self._page, self._begun = page, time.monotonic()
        self.figures: dict[str, float] = {"rows": ROWS}

    def until(self, name: str) -> None:
        """Keep how long it took since the last figure."""
        now = time.monotonic()
        self.figures[f"{name}_s"], self._begun = round(now - self._begun, 2), now

    def memory(self, name: str) -> None:
        """Keep what the page's script holds, and all of the browser's processes."""
        session = self._page.context.new_cdp_session(self._page)
        session.send("HeapProfiler.collectGarbage")
        heap = self._page.evaluate("performance.memory.usedJSHeapSize")
        self.figures[f"{name}_heap_mb"] = round(heap / 1e6, 1)
        self.figures[f"{name}_browser_mb"] = round(sum(p.memory_info().rss for p in browsers()) / 1e6)
        self.figures[f"{name}_nodes"] = self._page.evaluate("document.getElementsByTagName('*').length")

    def keep(self) -> None:
        path = ROOT / "build" / "roster-desk.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(self.figures, indent=1) + "\n", encoding="utf-8")


def write(path: Path, everybody: list[Person]) -> None:
    rows = [with_faults(one, "" if n % EACH else "id.checksum", seed=n) for n, one in enumerate(everybody)]
    rows[EACH] = with_faults(everybody[EACH])
    rows[EACH][0]["bank_name"] = "6217852010000000123"
    write_rows(path, rows)


@pytest.mark.feature("C.03", "C.04")
def test_a_long_roster_is_watched_paged_and_corrected(
    running: Running, browser: Browser, tmp_path: Path
) -> None:
    everybody = list(people(ROWS, seed=int(time.time()), youngest=20, oldest=50))
    wrong, roster = -(-ROWS // EACH), tmp_path / "roster.xlsx"
    write(roster, everybody)
    with desk(browser) as page:
        page.set_default_timeout(PATIENCE)
        handler_signs_in(running, page, str(PACK.demo.units[0].handler_mobile))
        page.goto(f"{running.url}/console/#/{TENANT}/orders")
        press(page, "新建")
        answer(page, "新建参保申请", submit="确认", product="three-in-one")
        page.get_by_role("heading", name="可参保人员（0）", exact=True).wait_for()
        measured = Measured(page)
        page.locator("input[name=roster]").set_input_files(roster)
        progress = page.get_by_role("status").filter(has_text="花名册检查")
        progress.wait_for()
        measured.until("first_progress")
        expect(progress).to_contain_text(f"{ROWS:,} / {ROWS:,}", timeout=PATIENCE)
        page.get_by_role("heading", name=f"不可参保人员（{wrong:,}）").wait_for()
        page.locator(".correcting").first.wait_for()
        measured.until("usable")
        measured.memory("usable")
        nothing_is_cut(page)
        keep_picture(page, "roster-long")
        pages(page, wrong, measured)
        corrected(page, everybody, wrong, measured)
        press(page, "删除申请")
        answer(page, "删除申请", words="删除")
        measured.until("deleted")
    if ROWS > 10_000:
        measured.keep()


def nothing_is_cut(page: Page) -> None:
    """One account number in the place of a bank does not put reasons and buttons of everybody out of sight."""
    card = page.locator("section.card", has_text="不可参保人员").last
    expect(card.locator(".reasons", has_text="开户行")).to_be_visible()
    for sheet in page.locator("section.people .sheet").all():
        over = sheet.evaluate("one => one.scrollWidth - one.clientWidth")
        assert over <= 0, f"{over} px of a list are out of sight"


def pages(page: Page, wrong: int, measured: Measured) -> None:
    """Turned forth to a last page and back; each row has its place in the sheet."""
    card = page.locator("section.card", has_text="不可参保人员").last
    turned = min(-(-wrong // PAGE) - 1, 5)
    for number in range(2, turned + 2):
        card.get_by_role("button", name="下一页").click()
        expect(card.get_by_text(f"第 {number} 页")).to_be_visible()
    measured.until(f"turned_{turned}_pages")
    expect(card.locator(".correcting").first).to_be_visible()
    for _ in range(turned):
        card.get_by_role("button", name="上一页").click()
    expect(card.get_by_text("第 1 页")).to_be_visible()
    measured.until(f"turned_{turned}_pages_back")


def corrected(page: Page, everybody: list[Person], wrong: int, measured: Measured) -> None:
    """A wrong number is typed anew in its row: that person can be insured, the others stay where they are."""
    card = page.locator("section.card", has_text="不可参保人员").last
    row = card.locator("tbody tr").first
    place = int(row.locator("td").nth(1).inner_text().split()[-2])
    somebody = everybody[place - FIRST_ROW]
    field = card.locator(".correcting input[name=document_number]").first
    field.fill(somebody.id_number[:-1] + ("0" if somebody.id_number[-1] != "0" else "1"))
    with page.expect_response(lambda said: said.request.method == "PATCH"):
        field.press("Enter")
    expect(field).to_have_value("")
    expect(card.locator(".reasons").first).to_contain_text("检验位应为")
    field.fill(somebody.id_number)
    field.press("Enter")
    page.get_by_role("heading", name=f"不可参保人员（{wrong - 1:,}）").wait_for()
    page.get_by_role("heading", name=f"可参保人员（{ROWS - wrong + 1:,}）", exact=True).wait_for()
    measured.until("corrected")
    in_quick_succession(page, everybody, wrong - 1)
    measured.until("two_more_corrected")
    measured.memory("corrected")
    keep_picture(page, "roster-corrected")


def in_quick_succession(page: Page, everybody: list[Person], wrong: int) -> None:
    """The next row is sent while the answer about the one before is on its way: neither key is passed over."""
    card = page.locator("section.card", has_text="不可参保人员").last
    for number in (2 * EACH, 3 * EACH):
        field = card.locator(f"tr:has-text('第 {number + FIRST_ROW} 行') + tr input[name=document_number]")
        field.fill(everybody[number].id_number)
        field.press("Enter")
    page.get_by_role("heading", name=f"不可参保人员（{wrong - 2:,}）").wait_for()
