"""The member app on a phone: the ways in, what wrong input gets, and that nothing typed is lost or cut off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .browser import SCREENS, WALK
from .conftest import Running
from .phone import phone

NARROW: ViewportSize = {"width": 320, "height": 640}
OPEN_PAGES = ("", "/sign-in", "/register", "/bind", "/recover", "/privacy", "/contact")

pytestmark = [*WALK, pytest.mark.timeout(900)]


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone; a picture is kept of where the test ended."""
    with phone(browser) as page:
        page.set_default_timeout(15_000)
        yield page
        SCREENS.mkdir(parents=True, exist_ok=True)
        name = request.node.originalname.removeprefix("test_")
        page.screenshot(path=SCREENS / f"member-{name}.png", full_page=True)


def opened(page: Page, running: Running, path: str) -> None:
    page.goto("about:blank")
    page.goto(f"{running.url}/m/#/wuxi{path}")
    page.wait_for_selector("h1")
    page.wait_for_load_state("networkidle")


def test_union_is_chosen_and_remembered(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/m/")
    # The other union of this platform has the same name; unions are listed in the order of their codes.
    page.get_by_text("无锡市职工互助互济会").last.click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert page.evaluate("location.hash") == "#/wuxi"
    page.goto("about:blank")
    page.goto(f"{running.url}/m/")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{running.url}/m/#/nowhere")
    expect(page.get_by_role("alert")).to_contain_text("nowhere")


def test_sign_in_says_what_is_wrong(running: Running, page: Page) -> None:
    opened(page, running, "/sign-in")
    page.get_by_label("手机号码").fill("123")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("手机号码").fill("13800000000")
    page.get_by_label("短信验证码").fill("000000")
    page.locator("form").get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").last).to_be_visible()
    assert "/sign-in" in page.evaluate("location.hash"), "nobody is signed in by a wrong code"


def test_register_page_keeps_what_was_typed(running: Running, page: Page) -> None:
    opened(page, running, "/register")
    page.get_by_label("姓名").fill("王芳")
    page.get_by_label("身份证号").fill("110101199003078515")
    page.get_by_label("手机号码").fill("13800000000")
    page.get_by_label("短信验证码").fill("000000")
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("隐私")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.get_by_role("alert")).not_to_contain_text("隐私")
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value("王芳")
    expect(page.get_by_label("手机号码")).to_have_value("13800000000")
    expect(page.get_by_label("短信验证码")).to_have_value("")
    expect(page.get_by_role("checkbox")).to_be_checked()


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_large_type_is_one_tap_where_one_begins(running: Running, page: Page, path: str) -> None:
    opened(page, running, path)
    page.get_by_role("button", name="大字版").click()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    page.get_by_role("button", name="标准版").click()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"


def test_offline_is_said_and_tried_again(running: Running, page: Page) -> None:
    opened(page, running, "/register")
    page.get_by_label("姓名").fill("王芳")
    page.context.set_offline(True)
    expect(page.locator(".offline")).to_be_visible()
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".offline")).to_have_count(0)
    expect(page.get_by_label("姓名")).to_have_value("王芳")


def test_own_pages_ask_to_sign_in_first(running: Running, page: Page) -> None:
    for path in ("/cover", "/apply", "/me/cards"):
        opened(page, running, path)
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        assert f"to=/wuxi{path}" in page.evaluate("decodeURIComponent(location.hash)")


@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
def test_nothing_is_cut_off_on_a_narrow_phone(running: Running, page: Page, large: bool) -> None:
    page.set_viewport_size(NARROW)
    opened(page, running, "")
    if large:
        page.get_by_role("button", name="大字版").click()
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    for path in OPEN_PAGES:
        opened(page, running, path)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} is wider than the phone"


def test_english_beside_chinese(running: Running, page: Page) -> None:
    opened(page, running, "")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    opened(page, running, "/register")
    expect(page.get_by_label("ID number")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_fields_have_names_for_screen_readers(running: Running, page: Page) -> None:
    for path in ("/sign-in", "/register", "/bind"):
        opened(page, running, path)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('input, select, textarea')]
                .filter((one) => !one.labels?.length && !one.ariaLabel && !one.hasAttribute('aria-labelledby'))
                .map((one) => one.name)"""
        )
        assert nameless == [], path
