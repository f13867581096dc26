"""A browser that stands still is ended, and whoever waits for it gets an error instead of waiting for ever."""

import pytest
from playwright.sync_api import Browser, Error

from .browser import CHROMIUM, Chromium, browsers, ended_when_still

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("platform"),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
]


def test_a_page_that_stands_still_ends_and_the_next_test_has_a_browser(
    chromium: Chromium, browser: Browser
) -> None:
    page = browser.new_page()
    with pytest.raises(Error), ended_when_still(1.0):
        page.evaluate("new Promise(() => {})")
    again = chromium.open().new_page()
    assert again.evaluate("1 + 1") == 2 and browsers()
    again.close()
