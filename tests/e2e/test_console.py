"""The console as its users walk it: staff through the queues, a handler from registration to the profile."""

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.demo.caller import code_in, epoch
from huzhu.people import units

from .browser import BUILT, CHROMIUM, SCREENS
from .conftest import PASSWORD, Running

TENANT = "wuxi"
SMS_SECONDS = 20.0
REVIEWER, REVIEWER_MOBILE = "shenhe1", "13861700001"
CHECKER, CHECKER_MOBILE = "chushen1", "13861700005"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desk; fails at the end if a script, a policy or an asset of the page failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []


def code_for(running: Running, mobile: str, *, since: float) -> str:
    """Return the code that the sandbox's phone received after `since`."""
    deadline = time.monotonic() + SMS_SECONDS
    while time.monotonic() < deadline:
        answer = httpx.get(
            f"{running.url}/api/notify/sandbox/messages",
            params={"mobile": mobile},
            headers={"X-Tenant": TENANT},
            trust_env=False,
        )
        for message in answer.json()["items"]:
            if epoch(message["sent_at"]) >= since and (code := code_in(message["text"])):
                return code
        time.sleep(0.2)
    raise AssertionError(f"no code came to {mobile[:3]}****")


def sign_in(running: Running, page: Page, *, user: str, mobile: str) -> None:
    page.goto(f"{running.url}/console/#/{TENANT}/sign-in")
    page.fill("input[name=user_name]", user)
    page.fill("input[name=password]", PASSWORD)
    since = time.time()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", code_for(running, mobile, since=since))
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="您好，请选择要办理的业务").wait_for()


def visit(page: Page, link: str, heading: str) -> None:
    """Open a page by the menu; it loads without a problem, and its picture is kept."""
    page.get_by_role("navigation", name="菜单").get_by_role("link", name=link, exact=True).click()
    page.get_by_role("heading", name=heading, level=2).first.wait_for()
    page.wait_for_selector("main table.grid, main .empty")
    expect(page.locator("main .problem")).to_have_count(0)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{link}: nothing is cut off at the side"
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"console-{page.url.rsplit('/', 1)[-1].split('?')[0]}.png", full_page=True)


def test_reviewer_opens_the_queues(running: Running, page: Page) -> None:
    sign_in(running, page, user=REVIEWER, mobile=REVIEWER_MOBILE)
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
    sign_in(running, page, user=CHECKER, mobile=CHECKER_MOBILE)
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
    page.screenshot(path=SCREENS / "console-unit.png", full_page=True)
