"""The pages of a local run in a real browser: what they show, on a desk and on a phone, without script errors."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from .browser import BUILT, CHROMIUM, SCREENS
from .conftest import Running

SIZES = {"desk": (1280, 900), "phone": (390, 844)}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
]


@pytest.fixture(params=sorted(SIZES))
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    # A refused request is the page's to show; a script, a policy or an asset of the page itself must not fail.
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            faults.append(f"{answer.status} {answer.url}")
            if answer.status >= 400 and "/api/" not in answer.url
            else None
        ),
    )
    yield page
    page_name = request.node.originalname.removeprefix("test_")
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{page_name}-{request.param}.png", full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert overflow <= 0, "nothing is cut off at the side"
    assert faults == []


def test_first_page(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/")
    assert page.locator("h1").inner_text() == "Huzhu 互助"
    assert page.get_by_role("link", name="沙箱").is_visible()
    assert page.locator("tbody tr").count() > 20, "the demo accounts of the four unions"


def test_sandbox_page(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/sandbox/")
    page.wait_for_selector(".message, .empty")
    page.fill("#mobile", "13800000000")
    page.get_by_role("button").click()
    page.wait_for_selector(".empty")
    page.fill("#tenant", "nobody")
    page.get_by_role("button").click()
    page.wait_for_selector(".problem")
    page.goto(f"{running.url}/sandbox/")
    page.wait_for_selector(".message, .empty")


needs_web = pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)")


@needs_web
def test_member_app_opens(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/m/")
    page.get_by_text("无锡市职工互助互济会", exact=False).first.click()
    page.get_by_role("button", name="登录").click()
    page.fill("input[name=mobile]", "13800000000")
    page.get_by_role("button", name="获取验证码").click()
    page.wait_for_selector(".problem, .note")


@needs_web
def test_console_opens(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/console/")
    page.get_by_text("无锡市职工互助互济会", exact=False).first.click()
    page.fill("input[name=user_name]", "nobody")
    page.fill("input[name=password]", "Wrong-Password-1")
    page.get_by_role("button", name="下一步").click()
    page.wait_for_selector(".problem")
