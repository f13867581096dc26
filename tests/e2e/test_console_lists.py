"""What every list of the desk keeps: its filter in the address, keys from row to row, one page of rows at a time."""

import pytest
from playwright.sync_api import Browser, Page, expect

from .browser import BUILT, CHROMIUM
from .conftest import Running
from .desk import desk, enrol_people, open_page, sign_in, violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
FILTER = "main form.filters select"


def chosen_anew(page: Page) -> tuple[str, str]:
    """Choose the last option of a list's first choice; returns its name and value."""
    choice = page.locator(FILTER).first
    name = str(choice.get_attribute("name"))
    value = str(choice.locator("option").last.get_attribute("value"))
    choice.select_option(value)
    return name, value


@pytest.mark.feature("N.09")
def test_every_list_keeps_its_filter_in_the_address(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "chushen1")
        links = page.eval_on_selector_all("nav.menu a", "all => all.map((a) => a.hash.split('/').pop())")
        tried, wrong = 0, []
        for link in links:
            page.evaluate("to => { location.hash = to }", f"#/wuxi/{link}")
            page.locator("main h2").first.wait_for()
            page.wait_for_load_state("networkidle")
            if page.locator(FILTER).count() == 0 or page.locator(f"{FILTER} >> nth=0 >> option").count() < 2:
                continue
            tried += 1
            name, value = chosen_anew(page)
            page.wait_for_function("name => location.hash.includes(`${name}=`)", arg=name)
            page.reload()
            page.locator(FILTER).first.wait_for()
            page.wait_for_load_state("networkidle")
            if page.locator(FILTER).first.input_value() != value:
                wrong.append(f"{link}: {name}={value} is not chosen after a reload")
        assert wrong == [] and tried >= 4


@pytest.mark.feature("N.09")
def test_a_list_is_walked_by_keys(running: Running, browser: Browser) -> None:
    enrol_people(running, seed=4_200_001)
    with desk(browser) as page:
        sign_in(running, page, "shenhe1")
        open_page(running, page, "orders")
        page.locator("main tbody tr").first.wait_for()
        page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="本页快捷键")
        for title in ("下一行", "上一行", "到查询条件", "显示本页快捷键"):
            expect(keys.get_by_text(title, exact=True)).to_be_visible()
        for large in (False, True):
            page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
            assert violations(page) == []
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        page.evaluate("document.activeElement.blur()")
        first = page.locator("main tbody tr").first.locator("a")
        page.keyboard.press("j")
        expect(first).to_be_focused()
        page.keyboard.press("/")
        expect(page.locator("main input[name=number]")).to_be_focused()
        page.keyboard.type("j?")
        expect(page.locator("main input[name=number]")).to_have_value("j?")
        page.locator("main input[name=number]").fill("")
        first.focus()
        number = first.inner_text()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=f"参保申请 {number}")).to_be_visible()
