"""The member app in English and large type: what the app itself says is in the language that was chosen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person

from .browser import BUILT, CHROMIUM
from .conftest import Crowd, Running
from .phone import carry, phone, register, visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
ENGLISH = ("", "/messages", "/me", "/cover", "/payouts", "/apply", "/claims", "/rewards", "/me/security")


@pytest.fixture(scope="module")
def member(crowd: Crowd) -> Person:
    return crowd.take()


@pytest.fixture
def page(running: Running, browser: Browser, member: Person) -> Iterator[Page]:
    with phone(browser) as page:
        carry(running, page, register(running, member))
        yield page


@pytest.mark.feature("N.09")
def test_the_app_speaks_english_and_large(running: Running, page: Page) -> None:
    """What the app itself says is English; what staff or packs wrote in Chinese only stays."""
    page.get_by_role("button", name="大字版").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Messages")).to_be_visible()
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    chinese: list[str] = []
    for path in ENGLISH:
        visit(page, path)
        for part in ("h1", "button", ".bar", ".tabs", ".state", ".hint", ".group-title", "dt"):
            for said in page.locator(f"{part}:visible").all_inner_texts():
                if any("\u4e00" <= one <= "\u9fff" for one in said.replace("中文", "")):
                    chinese.append(f"{path} {part}: {said}")
    visit(page, "")
    page.get_by_role("button", name="Standard type").click()
    page.get_by_role("button", name="中文").click()
    assert chinese == []
