"""What a union tells its people at the desk: a bulk message by two people, templates, a report and the link to it."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, answer, asks_for, desk, keep_picture, open_page, press, sign_in

pytestmark = [*WALK, pytest.mark.timeout(600)]
REPORT_SECONDS = 60


def test_a_bulk_message_takes_two_people(running: Running, browser: Browser, crowd: Crowd) -> None:
    assert crowd
    title = f"维护通知{int(time.time())}"
    with desk(browser) as proposer, desk(browser) as other:
        sign_in(running, proposer, "admin1")
        open_page(running, proposer, "bulk-messages/new")
        proposer.fill("input[name=title]", title)
        proposer.fill("textarea[name=text]", "{name}您好，{nobody}。")
        proposer.locator("input[name=channels][value=sms]").check()
        press(proposer, "估算人数和费用")
        expect(proposer.locator("form .problem")).to_contain_text("nobody")
        proposer.fill("textarea[name=text]", "{name}您好，本周六系统维护，电话 {hotline}。")
        press(proposer, "估算人数和费用")
        expect(proposer.locator(".letter")).to_contain_text("您好，本周六系统维护")
        expect(proposer.get_by_text("短信费用（元）")).to_be_visible()
        press(proposer, "提出，等待另一人同意")
        row = proposer.locator("tr", has_text=title)
        expect(row.get_by_role("button", name="撤回")).to_be_visible()
        expect(row.get_by_role("button", name="同意")).to_have_count(0)

        sign_in(running, other, "admin2")
        open_page(running, other, "bulk-messages")
        other.locator("tr", has_text=title).get_by_role("button", name="同意").click()
        expect(other.get_by_role("dialog")).to_contain_text("短信费用约")
        answer(other, "同意并发送")
        other.get_by_role("link", name=title).click()
        expect(other.locator("main h2 .mark")).to_have_text("已全部生成", timeout=60_000)
        told, expected = other.locator(".figures dd").first.inner_text().split(" / ")
        assert told == expected != "0"
        keep_picture(other, "bulk")


@contextmanager
def worker_at_rest(running: Running) -> Iterator[None]:
    """The worker does nothing meanwhile: what was begun stays as it is."""
    worker = running.processes["worker"]
    worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGCONT)


def propose(running: Running, page: Page, title: str) -> None:
    open_page(running, page, "bulk-messages/new")
    page.fill("input[name=title]", title)
    page.fill("textarea[name=text]", "{name}您好，本周日系统维护，电话 {hotline}。")
    page.locator("input[name=channels][value=inapp]").check()
    press(page, "估算人数和费用")
    press(page, "提出，等待另一人同意")
    page.locator("tr", has_text=title).wait_for()


def test_a_bulk_message_that_still_goes_out_is_stopped(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    assert crowd
    title = f"误发通知{int(time.time())}"
    with desk(browser) as proposer, desk(browser) as other:
        sign_in(running, proposer, "admin1")
        sign_in(running, other, "admin2")
        propose(running, proposer, title)
        open_page(running, other, "bulk-messages")
        with worker_at_rest(running):
            other.locator("tr", has_text=title).get_by_role("button", name="同意").click()
            answer(other, "同意并发送")
            other.get_by_role("link", name=title).click()
            expect(other.locator("main h2 .mark")).to_have_text("发送中")
            keep_picture(other, "bulk-going")
            press(other, "停止群发")
            dialog = other.get_by_role("dialog", name="停止群发")
            asks_for(dialog, "请输入“停止”")
            answer(other, "停止群发", words="停止")
            expect(other.locator("main h2 .mark")).to_have_text("已停止")
        expect(other.locator("main").get_by_role("button", name="停止群发")).to_have_count(0)
        other.reload()
        expect(other.locator(".figures dd").first).to_contain_text("0 / ")
        keep_picture(other, "bulk-stopped")


def test_a_template_is_previewed(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "admin2")
        open_page(running, page, "templates")
        page.fill("input[name=q]", "claims.payout_completed")
        page.locator("tbody").get_by_role("button", name="预览").first.click()
        shown = page.get_by_role("region", name="预览")
        expect(shown.locator(".letter")).not_to_be_empty()
        shown.locator("textarea[name=text]").fill("{name}，{nobody}")
        shown.get_by_role("button", name="预览").click()
        expect(shown.locator(".problem")).to_contain_text("nobody")
        shown.locator("textarea[name=text]").fill("{name}，款已到账。")
        shown.get_by_role("button", name="预览").click()
        expect(shown.locator(".letter")).to_contain_text("款已到账")


def test_a_report_is_subscribed_to_made_and_found_by_its_message(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "shenhe1")
        open_page(running, page, "reports")
        press(page, "订阅 互助保障月报")
        expect(page.get_by_text("已订阅")).to_be_visible()
        press(page, "立即生成 互助保障月报")
        answer(page, "立即生成", day="2026-01-15")
        deadline = time.monotonic() + REPORT_SECONDS
        link = page.get_by_role("link", name="打开报表").first
        while time.monotonic() < deadline and not link.is_visible():
            open_page(running, page, "inbox")
            page.wait_for_timeout(500)
        link.click()
        expect(page.locator("main h2 .mark")).to_have_text("已生成")
        run = page.url.rsplit("/", 1)[1]
        for button in ("下载 PDF", "下载 Excel"):
            with page.expect_download() as download:
                page.get_by_role("button", name=button).click()
            assert Path(download.value.path()).stat().st_size > 1000
        page.goto("about:blank")
        page.goto(f"{running.url}/console/reports/{run}")
        expect(page.locator("main h2 .mark")).to_have_text("已生成")
        assert page.url.endswith(f"#/{TENANT}/reports/{run}")
        keep_picture(page, "report")


def test_what_the_pack_leaves_out_is_not_on_the_menu(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "shenhe1")
        menu = page.get_by_role("navigation", name="菜单")
        expect(menu.get_by_role("link", name="参保申请")).to_be_visible()
        expect(menu.get_by_role("link", name="提前终止")).to_have_count(0)
