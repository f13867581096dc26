"""The console as its users walk it: staff through the queues, a handler from registration to the profile."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people import units

from .browser import WALK
from .conftest import Running
from .desk import STAFF, TENANT, code_for, cut_off, desk, keep_picture, sign_in
from .phone import ALL_KEPT, sealed

REVIEWER, CHECKER = "shenhe1", "chushen1"

pytestmark = [*WALK, pytest.mark.timeout(300)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with desk(browser) as page:
        yield page


def visit(page: Page, link: str, heading: str) -> None:
    """Open a page by the menu; it loads without a problem, and its picture is kept."""
    page.get_by_role("navigation", name="菜单").get_by_role("link", name=link, exact=True).click()
    page.get_by_role("heading", name=heading, level=2).first.wait_for()
    page.wait_for_selector("main table.grid, main .empty")
    expect(page.locator("main .problem")).to_have_count(0)
    assert cut_off(page) <= 0, f"{link}: nothing is cut off at the side"
    keep_picture(page, page.url.rsplit("/", 1)[-1].split("?")[0])


def test_reviewer_opens_the_queues(running: Running, page: Page) -> None:
    sign_in(running, page, REVIEWER)
    visit(page, "单位审核", "单位审核")
    page.select_option("select[name=status]", "under_review")
    page.wait_for_url("**/units?status=under_review")
    page.reload()
    expect(page.locator("select[name=status]")).to_have_value("under_review")
    visit(page, "参保申请", "参保申请")
    visit(page, "参保记录", "参保记录")
    visit(page, "入会办理", "入会办理")
    visit(page, "会员查询", "会员查询")
    page.fill("input[name=name]", "张三")
    page.get_by_role("button", name="查询").click()
    page.wait_for_selector("main table.grid, main .empty")
    assert "name=" not in page.url, "what names a person is not in the address"
    expect(page.get_by_role("navigation", name="菜单").get_by_role("link", name="支付批次")).to_have_count(0)


def test_checker_opens_the_claims(running: Running, page: Page) -> None:
    sign_in(running, page, CHECKER)
    visit(page, "理赔待办", "理赔待办")
    visit(page, "理赔案件", "理赔案件")


def test_handler_registers_a_unit(running: Running, page: Page) -> None:
    unit = next(units(1, seed=int(time.time())))
    page.goto(f"{running.url}/console/#/{TENANT}/sign-in?as=handler")
    page.get_by_role("link", name="注册单位").click()
    page.fill("input[name=name]", unit.name)
    page.fill("input[name=credit_code]", unit.credit_code[:-1] + "I")
    page.fill("input[name=mobile]", unit.mobile)
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("验证码已发送到").wait_for()
    page.fill("input[name=code]", code_for(running, unit.mobile, since=since))
    page.get_by_role("button", name="注册", exact=True).click()
    page.locator("#wrong-credit_code").wait_for()
    page.reload()
    expect(page.locator("input[name=name]")).to_have_value(unit.name)
    page.fill("input[name=credit_code]", unit.credit_code)
    page.fill("input[name=code]", code_for(running, unit.mobile, since=since))
    page.get_by_role("button", name="注册", exact=True).click()
    page.get_by_role("heading", name="单位资料").wait_for()
    expect(page.locator(".steps li")).to_have_count(3)
    expect(page.locator(".steps li.current")).to_have_count(1)
    page.fill("input[name=handler_name]", "夏武")
    page.get_by_role("button", name="打开承诺书").click()
    page.locator("[role=timer]").wait_for()
    assert page.locator("input[name=agreed]").is_disabled(), "the letter must be read first"
    page.evaluate("localStorage.clear()")
    keep_picture(page, "unit")


@pytest.mark.feature("N.07")
def test_signing_out_leaves_nothing_at_the_desk(running: Running, page: Page) -> None:
    sign_in(running, page, REVIEWER)
    visit(page, "会员查询", "会员查询")
    page.fill("input[name=name]", "不留下的人")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_selector("input[name=user_name]")
    kept = page.evaluate(ALL_KEPT)
    assert "access_token" not in str(kept) and STAFF[REVIEWER] not in str(kept)
    assert sealed(page)["rows"] == []
    page.go_back()
    page.wait_for_selector("input[name=user_name]")
    assert "不留下的人" not in page.content() + str(kept), "the way back shows nothing"
