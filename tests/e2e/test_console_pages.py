"""Every page of the desk as each role finds it: it loads, nothing is cut off, axe finds nothing, in both type sizes."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from .browser import WALK
from .conftest import Running
from .desk import cut_off, desk, keep_picture, open_page, sign_in, violations
from .large_type import too_small
from .phone import EVERY_WAY

pytestmark = [*WALK, pytest.mark.timeout(900)]
ROLES = ("admin1", "shenhe1", "caiwu1", "chushen1", "fuhe1", "baogao1", "zhidan1", "fangxing1")
OPEN_PAGES = ("sign-in", "sign-in?as=handler", "register", "invitation", "reset", "guide")
DESK: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 700}
FURTHER = {
    "admin1": ("contents/new",),
    "chushen1": ("counter/new",),
}


def judged(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page that stands, on a desk and on a narrow phone, in both type sizes."""
    wrong: list[str] = []
    for size, viewport in (("desk", DESK), ("narrow", NARROW)):
        page.set_viewport_size(viewport)
        for large in (False, True):
            page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
            where = f"{name} {size}{' large' if large else ''}"
            if (pixels := cut_off(page)) > 0:
                wrong.append(f"{where}: wider than the window by {pixels}")
            if large and size == "desk":
                wrong += [f"{where}: {one}" for one in too_small(page)]
            # The two ways that differ most; HUZHU_LOOK=all looks in all four.
            if EVERY_WAY or (size == "narrow") == large:
                wrong += [f"{where}: {one}" for one in violations(page)]
    page.evaluate("document.documentElement.classList.remove('large-type')")
    page.set_viewport_size(DESK)
    return wrong


@pytest.mark.feature("N.09")
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(running: Running, browser: Browser, role: str) -> None:
    with desk(browser) as page:
        sign_in(running, page, role)
        links = page.eval_on_selector_all("nav.menu a", "all => all.map((a) => a.hash.split('/').pop())")
        assert len(links) > 5
        wrong = judged(page, "home")
        for link in (*links, *FURTHER.get(role, ())):
            open_page(running, page, link)
            expect(page.locator("main .quiet", has_text="正在加载")).to_have_count(0)
            wrong += [f"{link}: {one}" for one in page.locator("main .problem").all_inner_texts()]
            wrong += judged(page, link)
            keep_picture(page, link.replace("/", "-"))
        assert wrong == []


@pytest.mark.feature("N.09")
def test_every_page_before_signing_in(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        wrong: list[str] = []
        page.goto(f"{running.url}/console/#/?choose")
        page.get_by_role("link", name="无锡市职工互助互济会").first.wait_for()
        wrong += judged(page, "choose")
        page.get_by_role("button", name="English").click()
        page.get_by_role("link", name="Wuxi").first.wait_for()
        page.get_by_role("button", name="中文").click()
        for path in OPEN_PAGES:
            page.goto("about:blank")
            page.goto(f"{running.url}/console/#/wuxi/{path}")
            page.locator("h1").wait_for()
            wrong += judged(page, path)
            keep_picture(page, path.split("?")[0])
        assert wrong == []
        page.goto(f"{running.url}/console/#/wuxi/sign-in?as=handler")
        page.get_by_role("link", name="办理指南").click()
        page.get_by_text("单位经办人参保操作指南").click()
        expect(page.get_by_text("每月 1 日系统列出前 30 天")).to_be_visible()


@pytest.mark.feature("N.09")
def test_on_a_phone_the_menu_is_folded(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "fangxing1")
        page.set_viewport_size(NARROW)
        open_page(running, page, "batches")
        expect(page.get_by_role("heading", name="支付批次", level=2)).to_be_in_viewport()
        menu = page.get_by_role("navigation", name="菜单")
        expect(menu).to_be_hidden()
        unfold = page.get_by_role("button", name="菜单")
        unfold.click()
        expect(unfold).to_have_attribute("aria-expanded", "true")
        assert cut_off(page) <= 0 and violations(page) == []
        keep_picture(page, "menu-narrow")
        menu.get_by_role("link", name="待复核事项").click()
        expect(page.get_by_role("heading", name="待复核事项", level=2)).to_be_in_viewport()
        expect(menu).to_be_hidden()


@pytest.mark.feature("N.09")
def test_the_desk_by_keyboard_and_in_english(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "shenhe1")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        open_page(running, page, "units")
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('input, select, textarea')]
                .filter((one) => !one.labels?.length && !one.ariaLabel).map((one) => one.name)"""
        )
        assert nameless == []
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Units", level=2)).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "en"
        assert violations(page) == []
        page.get_by_role("button", name="Large type").click()
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "18px"
        page.reload()
        expect(page.get_by_role("button", name="Standard type")).to_be_visible()


@pytest.mark.feature("N.09")
def test_large_type_reaches_tables_and_dialogs(running: Running, browser: Browser) -> None:
    """Buttons of rows, fields of dialogs: one rule for all, whatever size Element Plus gives them."""
    with desk(browser) as page:
        sign_in(running, page, "admin1")
        open_page(running, page, "staff")
        row = page.locator("tbody tr").first.get_by_role("button", name="修改")
        assert (row.bounding_box() or {"height": 0})["height"] < 30, "small in the usual type"
        page.get_by_role("button", name="大字版").click()
        expect(page.get_by_role("navigation", name="菜单")).to_be_hidden()
        assert too_small(page) == []
        row.click()
        page.get_by_role("dialog").wait_for()
        assert too_small(page) == []
        keep_picture(page, "staff-dialog-large")
        page.get_by_role("dialog").get_by_role("button", name="取消").click()
        page.get_by_role("button", name="菜单").click()
        page.get_by_role("link", name="内容", exact=True).click()
        page.get_by_role("heading", name="内容", level=2).wait_for()
        assert too_small(page) == []
