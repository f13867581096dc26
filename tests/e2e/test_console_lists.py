"""What every list of the desk keeps: its filter in the address, also after a reload."""

import pytest
from playwright.sync_api import Browser, Page

from .browser import WALK
from .conftest import Running
from .desk import desk, sign_in

pytestmark = [*WALK, pytest.mark.timeout(600)]
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
            page.reload()  # so that nothing of the page before stands there
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
