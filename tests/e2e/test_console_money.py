"""Claims and money at the desks: a claim decided by three people, an account of a fund changed by two."""

import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import answer, asks_for, desk, keep_picture, open_page, press, sign_in
from .test_console_counter import take_in

pytestmark = [*WALK, pytest.mark.timeout(900)]


def take_a_claim_in(running: Running, page: Page, folder: Path, somebody: Person) -> str:
    """Take a critical illness in at the counter; returns the claim's page."""
    picture = folder / "paper.jpg"
    Image.new("RGB", (600, 800), "white").save(picture)
    open_page(running, page, "counter")
    take_in(page, somebody, picture)
    expect(page.locator("main .mark.success")).to_have_count(1, timeout=90_000)
    page.get_by_role("link", name="查看案件").first.click()
    page.get_by_role("heading", name="办理过程").wait_for()
    return page.url.split("#/wuxi/")[1]


def decide(running: Running, page: Page, address: str, *, first: bool = False) -> None:
    """Agree at the node of whoever is signed in, by keys; the amount is explained beside the papers."""
    open_page(running, page, address)
    page.get_by_role("heading", name="金额是怎么算出来的").wait_for()
    page.locator(".paper img").first.wait_for()
    if first:
        page.keyboard.press("r")
        dialog = page.get_by_role("dialog", name="退回补正")
        page.keyboard.type("病理报告看不清")
        expect(dialog.get_by_label("原因")).to_have_value("病理报告看不清")
        dialog.get_by_label("原因").fill("")
        asks_for(dialog, "请填写原因。")
        expect(dialog.get_by_label("病理报告（检查报告单）")).to_be_visible()
        dialog.get_by_role("button", name="取消").click()
        expect(dialog).to_be_hidden()
        keep_picture(page, "claim")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="同意")).to_contain_text("15,000.00")
    answer(page, "同意", opinion="材料齐全")
    page.get_by_role("heading", name="理赔").first.wait_for()


@pytest.mark.feature("C.10", "C.11", "N.03")
def test_a_claim_is_decided_by_three_people(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    with desk(browser) as page:
        sign_in(running, page, "chushen1")
        address = take_a_claim_in(running, page, tmp_path, crowd.take())
        # Who took it in does not decide it, and is told so before anything is written.
        expect(page.locator("main")).to_contain_text("须由另一位同事办理当前环节")
        expect(page.locator("main").get_by_role("button", name="同意", exact=True)).to_have_count(0)
        for user in ("chushen2", "fuhe1", "baogao1"):
            page.goto("about:blank")
            page.goto(f"{running.url}/console/#/wuxi/sign-in")
            page.evaluate("localStorage.clear()")
            page.reload()
            sign_in(running, page, user)
            decide(running, page, address, first=user == "chushen2")
        open_page(running, page, address)
        expect(page.locator("main h2 .mark")).to_have_text("已通过")
        keep_picture(page, "claim-decided")


@pytest.mark.feature("N.05", "P.03")
def test_an_account_of_a_fund_is_changed_by_two_people(running: Running, browser: Browser) -> None:
    number = f"3200{time.time_ns() // 10**6:015d}"
    with desk(browser) as finance, desk(browser) as other:
        sign_in(running, finance, "caiwu1")
        open_page(running, finance, "proposals")
        wanted = {
            "holder": "无锡市职工互助互济会",
            "bank": "江苏银行无锡分行",
            "number": number,
            "why": "换行",
        }
        press(finance, "变更基金账户")
        answer(finance, "变更基金账户", **wanted)
        proposed = finance.locator("tr", has_text="江苏银行无锡分行").filter(has_text="待复核")
        expect(proposed.get_by_role("button", name="同意")).to_have_count(0)
        press(finance, "变更基金账户")
        dialog = finance.get_by_role("dialog", name="变更基金账户")
        for name, value in wanted.items():
            dialog.locator(f"[name={name}]").fill(value)
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_contain_text("已有待复核的申请")
        dialog.get_by_role("button", name="取消").click()
        proposed.get_by_role("button", name="撤回").click()
        answer(finance, "撤回")
        expect(proposed).to_have_count(0)
        press(finance, "变更基金账户")
        answer(finance, "变更基金账户", **wanted)
        sign_in(running, other, "fangxing1")
        open_page(running, other, "proposals?state=proposed")
        row = other.locator("tr", has_text="江苏银行无锡分行")
        row.get_by_role("button", name="同意").click()
        answer(other, "同意", opinion="已核对银行回执")
        expect(row).to_have_count(0)
