"""Renewal at a unit's desk (row C.08): who expires, the message of the 1st, the list edited and handed in."""

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from enrollment.orders.rules import last_day, months_later
from huzhu.demo.caller import Caller
from huzhu.people import people
from huzhu.people.persons import Person
from huzhu.people.rosters import with_faults, write_rows

from ..conftest import ROOT
from .browser import WALK
from .campus import let
from .conftest import Running
from .desk import (
    PACK,
    TENANT,
    answer,
    desk,
    handler_signs_in,
    keep_picture,
    open_page,
    press,
    sign_in,
    token_of,
    until,
)

pytestmark = [*WALK, pytest.mark.timeout(600)]
PRODUCT = "three-in-one"
OWN = PACK.demo.units[0]
WORDS = "请登录系统办理续保"
FIRST_ROW, NUMBER, MOBILE = 4, 3, 6
"""Where the people of an exported list begin, and the columns of their ID number and mobile."""
NEW_MOBILE = "13900000001"


@dataclass
class Desks:
    """The windows of a unit and of those who decide about its orders."""

    running: Running
    handler: Page
    reviewer: Page
    finance: Page
    admin: Page

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path)

    def done(self, order: str) -> None:
        """The handler sees the order done."""
        until(
            self.handler,
            lambda: self.go(self.handler, order),
            lambda: self.handler.locator("main h2 .mark").inner_text() == "已完成",
        )


@pytest.fixture
def desks(running: Running, browser: Browser) -> Iterator[Desks]:
    with ExitStack() as windows:
        handler, *staff = [windows.enter_context(desk(browser)) for _ in range(4)]
        handler_signs_in(running, handler, str(OWN.handler_mobile))
        for page, user in zip(staff, ("shenhe1", "caiwu1", "admin1"), strict=True):
            sign_in(running, page, user)
        yield Desks(running, handler, *staff)


def roster_of(folder: Path, everybody: list[Person]) -> Path:
    path = folder / "carried.xlsx"
    write_rows(path, (with_faults(one) for one in everybody))
    return path


def carry_over(desks: Desks, roster: Path, *, starts_on: date) -> str:
    """The union's staff hands in running cover of the old system; the address of the order."""

    async def done(admin: Caller) -> dict[str, Any]:
        units = await admin.get(
            "/api/identity/units", params={"credit_code": OWN.credit_code, "status": "approved"}
        )
        body = {"unit_id": units["items"][0]["id"], "product": PRODUCT, "starts_on": starts_on.isoformat()}
        made = await admin.post("/api/enrollment/carried-orders", {**body, "source": "原业务系统导出"})
        path = f"/api/enrollment/orders/{made['id']}"
        taken = await admin.upload(f"{path}/roster", roster.read_bytes(), name=roster.name)
        assert taken["order"]["not_insurable"] == 0, taken
        return dict(await admin.post(f"{path}/submit", {}))

    submitted = let(desks.running, token_of(desks.admin), done, tenant=TENANT)
    return f"orders/{submitted['id']}"


def is_passed(desks: Desks, order: str, *, starts_on: date) -> None:
    """The reviewer sees from when the cover is, and passes it; the unit sees it done."""
    desks.go(desks.reviewer, order)
    main = desks.reviewer.locator("main")
    expect(main.locator("h2")).to_contain_text("原系统在保人员转入")
    expect(main).to_contain_text(f"自 {starts_on} 起的保障转入本系统")
    expect(main.locator(".facts")).to_contain_text(f"{starts_on} 起")
    keep_picture(desks.reviewer, "order-carried")
    press(desks.reviewer, "通过")
    answer(desks.reviewer, "审核通过")
    desks.done(order)


def first_comes(running: Running, first: date) -> None:
    """Let the worker's jobs of the 1st run, as at its noon."""
    command = [sys.executable, "-m", "tests.e2e.first_of_month", str(PACK.tenant.id), first.isoformat()]
    subprocess.run(command, cwd=ROOT, env=running.environment, check=True, timeout=120)


def is_told(desks: Desks, first: date, *, people: int, ends_on: date) -> None:
    """One message to the handler's phone; the list of that month says when."""
    first_comes(desks.running, first)
    told = let(desks.running, "", lambda phone: phone.sms(str(OWN.handler_mobile), WORDS), tenant=TENANT)
    assert f"{OWN.name}有{people}名职工的" in told and f"即将到期（最早{ends_on}，最晚{ends_on}）" in told, (
        told
    )
    page = desks.handler
    page.fill("input[name=month]", f"{first:%Y-%m}")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator("main .card").first).to_contain_text(f"{people} 人即将到期 · 短信提醒已于 {first}")
    expect(page.locator("main tbody tr")).to_have_count(people)
    keep_picture(page, "renewals-told")


def edited(page: Page, folder: Path, *, leaves: Person) -> Path:
    """Export the list, take one off, give the first another mobile."""
    with page.expect_download() as download:
        press(page, "导出续保名单")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book.worksheets[0]
    numbers = [row[NUMBER - 1].value for row in sheet.iter_rows(min_row=FIRST_ROW)]
    sheet.delete_rows(FIRST_ROW + numbers.index(leaves.id_number))
    sheet.cell(row=FIRST_ROW, column=MOBILE).value = NEW_MOBILE
    path = folder / "renewal.xlsx"
    book.save(path)
    return path


def papers(folder: Path) -> dict[str, Path]:
    voucher, paper = folder / "voucher.jpg", folder / "paper.pdf"
    Image.new("RGB", (600, 800), "white").save(voucher)
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(str(paper))
    return {"voucher": voucher, "papers": paper}


def hand_in(desks: Desks, roster: Path, *, people: int) -> str:
    """Upload the list as a new order and submit it; its address."""
    page = desks.handler
    page.locator("main").get_by_role("link", name="参保申请").click()
    press(page, "新建")
    answer(page, "新建参保申请", submit="确认", product=PRODUCT)
    page.locator("input[name=roster]").set_input_files(roster)
    page.get_by_role("heading", name=f"可参保人员（{people}）", exact=True).wait_for()
    expect(page.get_by_text("没有不可参保人员")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"{NEW_MOBILE[:3]}****{NEW_MOBILE[-4:]}")
    address = page.url.split(f"#/{TENANT}/")[1]
    press(page, "提交")
    answer(page, "提交参保申请", submit="提交")
    return address


def pay(desks: Desks, order: str, folder: Path) -> None:
    """Reviewed, paid with voucher and papers, confirmed by finance, done."""
    desks.go(desks.reviewer, order)
    press(desks.reviewer, "通过")
    answer(desks.reviewer, "审核通过")
    desks.go(desks.handler, order)
    press(desks.handler, "付款")
    for name, path in papers(folder).items():
        desks.handler.get_by_role("dialog").locator(f"input[name={name}]").set_input_files(path)
    answer(desks.handler, "付款确认", submit="提交")
    desks.go(desks.finance, order)
    press(desks.finance, "确认到账")
    answer(desks.finance, "确认到账")
    desks.done(order)


@pytest.mark.feature("C.08", "D.12", "P.10")
def test_cover_that_ends_is_shown_told_and_renewed(desks: Desks, tmp_path: Path) -> None:
    first = months_later(today().replace(day=1), 1)
    ends_on = first - timedelta(days=1)
    began = first.replace(year=first.year - 1)
    everybody = list(people(3, seed=int(time.time()), youngest=25, oldest=50))
    page = desks.handler
    carried = carry_over(desks, roster_of(tmp_path, everybody), starts_on=began)
    is_passed(desks, carried, starts_on=began)

    desks.go(page, "renewals")
    listed = page.locator("main tbody tr")
    expect(listed).to_have_count(3)
    expect(listed.first).to_contain_text(f"{ends_on}")
    expect(page.locator("main .card").first).to_contain_text("3 人即将到期")
    keep_picture(page, "renewals")
    is_told(desks, first, people=3, ends_on=ends_on)
    desks.go(page, f"expiring?month={ends_on:%Y-%m}")
    expect(page.locator("main tbody tr")).to_have_count(3)

    desks.go(page, f"renewals?month={first:%Y-%m}")
    roster = edited(page, tmp_path, leaves=everybody[2])
    order = hand_in(desks, roster, people=2)
    pay(desks, order, tmp_path)
    expect(page.locator("main .facts")).to_contain_text(f"{first} — {last_day(first, 12)}")
    keep_picture(page, "order-renewed")
    for month in (ends_on, first):
        desks.go(page, f"renewals?month={month:%Y-%m}")
        expect(listed).to_have_count(1)
        expect(listed).to_contain_text(everybody[2].id_number[-4:])
    keep_picture(page, "renewals-left")
