"""Records at the desk (C.06) and the settlement file of the medical insurance (C.09): found, exported, paid."""

import csv
import io
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from huzhu.people import people
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import desk, keep_picture, open_page, sign_in, until

pytestmark = [*WALK, pytest.mark.timeout(600)]
PATIENCE = 90_000


def search(page: Page, **given: str) -> None:
    """Fill what is searched by, and ask."""
    page.get_by_role("button", name="重置").click()
    for name, value in given.items():
        field = page.locator(f".filters [name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name="查询", exact=True).click()
    page.wait_for_load_state("networkidle")


@pytest.mark.feature("C.06")
def test_records_are_found_by_person_order_product_and_year_and_exported(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    somebody = crowd.take()
    with desk(browser) as page:
        sign_in(running, page, "shenhe1")
        open_page(running, page, "records")
        expect(page.locator("select[name=year]")).to_have_value(f"{today():%Y}")
        search(page, document_number=somebody.id_number)
        rows = page.locator("main tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(f"{somebody.name[0]}*")
        assert somebody.id_number not in page.inner_text("main table") and somebody.id_number not in page.url
        order = rows.locator("td", has_text=" 元").inner_text().splitlines()[0]
        search(page, name=somebody.name, product="three-in-one", year=f"{today():%Y}", state="in_force")
        expect(rows.filter(has_text=order)).to_have_count(1)
        search(page, document_number=somebody.id_number, year=f"{today().year + 1}")
        expect(rows).to_have_count(1)  # the cover has days in that year too
        search(page, document_number=somebody.id_number, year=f"{today().year - 1}")
        expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
        search(page, order_number=order)
        expect(rows.first).to_contain_text(order)
        assert rows.count() > 1, "everybody of the order"
        page.reload()
        expect(page.locator("input[name=order_number]")).to_have_value(order)
        expect(rows.first).to_contain_text(order)
        keep_picture(page, "records-found")
        found = rows.count()
        page.locator("main").get_by_role("button", name="导出查询结果").click()
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name="下载结果").click(timeout=PATIENCE)
        written = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), read_only=True).active
        cells = [[cell for cell in row if cell is not None] for row in written.iter_rows(values_only=True)]
        assert sum(order in row for row in cells) >= min(found, 50)


def settlements(*lines: tuple[Person, str]) -> bytes:
    """A file of the medical insurance: each line a stay of today of 9,000 yuan, 3,000 of them paid in cash."""
    day = f"{today():%Y-%m-%d}"
    rows = [
        {
            "line_id": f"YB{number}", "id_number": one.id_number, "name": one.name, "hospital": "无锡市人民医院",
            "admission_date": day, "discharge_date": day, "settled_on": day, "receipt_number": number[-10:],
            "total_cost": "9000.00", "pooled_paid": "6000.00", "other_paid": "0.00", "account_paid": "0.00",
            "cash_paid": "3000.00",
        }
        for one, number in lines
    ]  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def send(page: Page, name: str, data: bytes) -> None:
    page.locator("input[name=feed]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_text("已接收，正在后台读取").wait_for()


@pytest.mark.feature("C.09")
def test_a_settlement_file_is_read_paid_by_rules_and_who_is_not_found_is_shown(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    covered, stamp = crowd.take(), str(time.time_ns() // 10**6)
    stranger = next(people(1, seed=int(time.time()) + 5))
    data = settlements((covered, f"{stamp}1"), (stranger, f"{stamp}2"))
    first, again = f"结算{stamp}.csv", f"结算{stamp}-重发.csv"
    with desk(browser) as page:
        sign_in(running, page, "chushen1")
        open_page(running, page, "feed")
        send(page, first, data)
        row = page.locator("tbody tr", has_text=first)
        row.get_by_role("link").wait_for()
        address = str(row.get_by_role("link").get_attribute("href")).split("/wuxi/")[1]
        decided = page.locator("tbody tr", has_text=f"YB{stamp}1").get_by_role("link", name="查看案件")
        until(page, lambda: open_page(running, page, address), lambda: decided.count() == 1)
        lost = page.locator("tbody tr", has_text=f"YB{stamp}2")
        assert stranger.id_number not in page.inner_text("main")
        expect(lost.locator(".mark")).to_be_visible()
        keep_picture(page, "feed-file")
        decided.click()
        page.get_by_role("heading", name="金额是怎么算出来的").wait_for()
        expect(page.locator("main .facts")).to_contain_text("自动")
        keep_picture(page, "claim-from-feed")
        open_page(running, page, "feed")
        send(page, again, data)
        repeated = page.locator("tbody tr", has_text=again)
        until(
            page,
            lambda: open_page(running, page, "feed"),
            lambda: repeated.locator(".mark", has_text="已读").count() == 1,
        )
        expect(repeated.locator("td").nth(5)).to_have_text("2")
        keep_picture(page, "feed")
