"""A claim from the queue to the bank at the desks: decided by three, paid in a batch by two, failed, paid again."""

import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from huzhu.demo.claiming import bank_result

from .browser import BUILT, CHROMIUM
from .conftest import Running
from .desk import answer, desk, enrol_people, keep_picture, open_page, press, sign_in, until
from .test_console_counter import take_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
REFUSED = "账号户名不符"


def refused_by_the_bank(batch_file: bytes) -> bytes:
    """The bank's answer when the account's name does not fit, on every line."""
    text = bank_result(batch_file).decode("gb18030")
    return text.replace(",成功,,", f",失败,{REFUSED},").encode("gb18030")


def take_a_claim_in(running: Running, page: Page, folder: Path) -> str:
    """Take a critical illness in at the counter; returns the claim's page."""
    somebody = enrol_people(running, seed=time.time_ns() // 1000)[3]
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
        expect(dialog.get_by_role("button", name="确定")).to_be_disabled()
        expect(dialog.get_by_label("病理报告（检查报告单）")).to_be_visible()
        dialog.get_by_role("button", name="取消").click()
        expect(dialog).to_be_hidden()
        keep_picture(page, "claim")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="同意")).to_contain_text("15,000.00")
    answer(page, "同意", opinion="材料齐全")
    page.get_by_role("heading", name="理赔").first.wait_for()


def prepare(running: Running, maker: Page) -> str:
    """Make a batch of what waits, unless the union's schedule has just done so; returns its page."""
    open_page(running, maker, "batches?status=prepared")
    if maker.locator("main tbody tr").count() == 0:
        press(maker, "制单")
        dialog = maker.get_by_role("dialog", name="新建支付批次")
        dialog.get_by_role("button", name="确定").click()
        until(
            maker,
            lambda: open_page(running, maker, "batches?status=prepared"),
            lambda: maker.locator("main tbody tr").count() > 0,
        )
    maker.locator("main tbody a").first.click()
    maker.get_by_role("heading", name="支付批次").wait_for()
    confirm = maker.locator("main").get_by_role("button", name="确认", exact=True)
    maker.get_by_text("制单").first.wait_for()
    if confirm.count():
        confirm.click()
        answer(maker, "确认批次")
    expect(maker.locator("main").get_by_role("button", name="复核放行")).to_have_count(0)
    return maker.url.split("#/wuxi/")[1]


def pay(running: Running, maker: Page, releaser: Page, folder: Path, *, fails: bool) -> None:
    """Prepared by one, released by another who types the sum, answered by the bank."""
    address = prepare(running, maker)
    open_page(running, releaser, address)
    press(releaser, "复核放行")
    dialog = releaser.get_by_role("dialog", name="复核放行")
    total = dialog.locator("label.field span").last.inner_text().split("“")[1].split("”")[0]
    expect(dialog.get_by_role("button", name="确定")).to_be_disabled()
    answer(releaser, "复核放行", words=total)
    open_page(running, maker, address)
    with maker.expect_download() as download:
        press(maker, "银行文件 csv")
    data = Path(download.value.path()).read_bytes()
    result = folder / f"result-{fails}.csv"
    result.write_bytes(refused_by_the_bank(data) if fails else bank_result(data))
    press(maker, "导入回盘")
    maker.get_by_role("dialog").locator("input[name=file]").set_input_files(result)
    answer(maker, "导入银行回盘")
    expect(maker.locator("main h2 .mark")).to_have_text("已回盘")
    expect(maker.locator("main tbody tr").first).to_contain_text(REFUSED if fails else "成功")
    keep_picture(maker, "batch-failed" if fails else "batch")


def fund(running: Running, finance: Page, approver: Page) -> None:
    """A grant is posted by hand by two people, so that the fund can pay."""
    memo = f"财政补助{time.time_ns() // 10**6}"
    open_page(running, finance, "proposals")
    press(finance, "手工凭证")
    answer(
        finance,
        "手工凭证",
        debit="bank",
        credit="grants",
        amount="40000.00",
        booked_on=f"{today():%Y-%m-%d}",
        memo=memo,
    )
    open_page(running, approver, "proposals?state=proposed")
    approver.locator("tr", has_text=memo).get_by_role("button", name="同意").click()
    answer(approver, "同意", opinion="已核对拨款通知")


@pytest.mark.feature("C.10", "C.11", "N.03", "N.05", "P.03")
def test_a_claim_from_the_counter_to_the_bank(running: Running, browser: Browser, tmp_path: Path) -> None:
    with desk(browser) as page, desk(browser) as maker, desk(browser) as releaser, desk(browser) as finance:
        sign_in(running, page, "chushen1")
        address = take_a_claim_in(running, page, tmp_path)
        press(page, "同意")
        dialog = page.get_by_role("dialog", name="同意")
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_contain_text("另一位同事")
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

        sign_in(running, maker, "zhidan1")
        sign_in(running, releaser, "fangxing1")
        sign_in(running, finance, "caiwu1")
        fund(running, finance, releaser)
        pay(running, maker, releaser, tmp_path, fails=True)
        open_page(running, maker, "payouts?status=failed")
        maker.get_by_text(REFUSED).first.wait_for()
        keep_picture(maker, "payouts-failed")
        failed = maker.locator("main tbody tr").count()
        for _ in range(failed):
            press(maker, "重新支付")
            answer(maker, "重新支付")
        expect(maker.locator("main tbody tr")).to_have_count(0)
        pay(running, maker, releaser, tmp_path, fails=False)

        open_page(running, maker, "payouts?status=paid")
        press(maker, "登记退汇")
        answer(maker, "登记退汇", reversed_on=f"{today():%Y-%m-%d}", reason="账号已注销")
        open_page(running, releaser, "proposals?state=proposed")
        releaser.locator("tr", has_text="账号已注销").get_by_role("button", name="驳回").click()
        answer(releaser, "驳回", opinion="银行未退回")
        keep_picture(releaser, "proposals")


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
