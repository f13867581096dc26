"""The counter on a bad day (C.11, P.09): two windows, another's number."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from .browser import BUILT, CHROMIUM
from .conftest import Crowd, Running
from .desk import desk_in, open_page, sign_in, token_of
from .test_console_counter import claims_of, take_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
HARD = pytest.mark.feature("C.11", "P.09")
INTAKE = "**/api/claims/counter/claims"
DONE = "main .mark.success"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "paper.jpg"
    Image.effect_noise((900, 1200), time.time_ns() % 97 + 3).save(path)
    return path


@pytest.fixture
def counter(browser: Browser) -> Iterator[BrowserContext]:
    """The counter's own browser, whose windows share what it keeps."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield context
    context.close()


def at_the_counter(running: Running, page: Page) -> None:
    """Sign in and wait until the counter has what it needs without a network."""
    sign_in(running, page, "chushen1")
    open_page(running, page, "counter")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


@HARD
def test_two_windows_send_at_once_and_one_claim_is_made(
    running: Running, counter: BrowserContext, crowd: Crowd, picture: Path
) -> None:
    somebody = crowd.take()
    with desk_in(counter) as first, desk_in(counter) as second:
        at_the_counter(running, first)
        counter.set_offline(True)
        take_in(first, somebody, picture)
        sent: list[str] = []
        counter.on(
            "request",
            lambda one: (
                sent.append(one.url) if one.method == "POST" and one.url.endswith("/counter/claims") else None
            ),
        )
        counter.set_offline(False)
        open_page(running, second, "counter")
        for window in (first, second):
            window.evaluate("dispatchEvent(new Event('online'))")
        for window in (first, second):
            expect(window.locator(DONE)).to_have_count(1, timeout=90_000)
        assert len(sent) == 1, "one window sends, the other waits and finds it done"
        assert len(claims_of(running, token_of(first), somebody)) == 1


@HARD
def test_an_id_that_the_service_gave_to_another_is_taken_in_anew(
    running: Running, counter: BrowserContext, crowd: Crowd, picture: Path
) -> None:
    somebody = crowd.take()
    with desk_in(counter) as page:
        at_the_counter(running, page)
        asked: list[str] = []

        def strange(route: Route) -> None:
            asked.append(route.request.post_data_json["id"])
            if len(asked) > 1:
                route.fallback()
                return
            body = {"code": "claim.id_taken", "detail": "此编号已用于另一人的申请。", "status": 409}
            route.fulfill(status=409, json=body, content_type="application/problem+json")

        page.route(INTAKE, strange)
        take_in(page, somebody, picture)
        expect(page.locator(DONE)).to_have_count(1, timeout=90_000)
        assert len(set(asked)) == 2, "it is another application, and gets an id of its own"
        assert len(claims_of(running, token_of(page), somebody)) == 1
