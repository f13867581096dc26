"""The counter on a bad day (C.11, P.09): two windows, a window closed on the way, another's number, a full disk."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from common.clock import today

from .browser import FULL, WALK
from .conftest import Crowd, Running
from .desk import desk_in, keep_picture, open_page, sign_in, token_of
from .test_console_counter import claims_of, take_in

pytestmark = [*WALK, pytest.mark.timeout(600)]
HARD = pytest.mark.feature("C.11", "P.09")
INTAKE = "**/api/claims/counter/claims"
DONE = "main .mark.success"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "paper.jpg"
    # What is taken in is handed in once its papers were read: nothing on this one takes long to read.
    Image.new("RGB", (900, 1200), "white").save(path)
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
            expect(window.locator(DONE)).to_have_count(1, timeout=180_000)
        assert len(sent) == 1, "one window sends, the other waits and finds it done"
        assert len(claims_of(running, token_of(first), somebody)) == 1


@HARD
def test_a_window_closed_on_the_way_goes_on_in_the_next(
    running: Running, counter: BrowserContext, crowd: Crowd, picture: Path
) -> None:
    somebody = crowd.take()
    with desk_in(counter) as first:
        at_the_counter(running, first)
        taken: list[str] = []

        def swallow(route: Route) -> None:
            # The service has it; the window is closed before the answer comes.
            route.fetch()
            taken.append(route.request.headers["idempotency-key"])

        counter.route(INTAKE, swallow)
        take_in(first, somebody, picture)
        deadline = time.monotonic() + 60
        while not taken and time.monotonic() < deadline:
            first.wait_for_timeout(50)
        assert taken
        first.close()
    counter.unroute(INTAKE)
    with desk_in(counter) as second:
        again: list[str] = []
        second.on(
            "request",
            lambda one: (
                again.append(one.headers["idempotency-key"])
                if one.url.endswith("/counter/claims") and one.method == "POST"
                else None
            ),
        )
        open_page(running, second, "counter")
        until_done(second)
        assert set(again) == set(taken), "the same action under the same key"
        assert len(claims_of(running, token_of(second), somebody)) == 1


def until_done(page: Page) -> None:
    """Wait until what waited was taken in, read and handed in; what the list says instead is told."""
    try:
        expect(page.locator(DONE)).to_have_count(1, timeout=180_000)
    except AssertionError as late:
        raise AssertionError(page.inner_text("main")) from late


@HARD
def test_a_full_disk_is_said_and_nothing_typed_is_lost(
    running: Running, counter: BrowserContext, crowd: Crowd, picture: Path
) -> None:
    somebody = crowd.take()
    with desk_in(counter) as page:
        at_the_counter(running, page)
        page.get_by_role("link", name="新受理").click()
        page.select_option("select[name=kind]", "critical-illness")
        page.fill("input[name=name]", somebody.name)
        page.fill("input[name=document_number]", somebody.id_number)
        page.evaluate(FULL)
        page.locator("input[name=pathology]").set_input_files(picture)
        expect(page.get_by_role("alert")).to_contain_text("存储空间")
        keep_picture(page, "counter-full")
        page.evaluate("window.full = false")
        page.locator("select[name=illness]").select_option(index=1)
        page.fill("input[name=diagnosed_on]", f"{today():%Y-%m-%d}")
        page.fill("input[name=hospital]", "无锡市人民医院")
        for paper in ("pathology", "discharge-record"):
            page.locator(f"input[name={paper}]").set_input_files(picture)
        expect(page.get_by_role("button", name="移除")).to_have_count(2)
        expect(page.locator("input[name=name]")).to_have_value(somebody.name)
        page.get_by_role("button", name="保存并提交").click()
        page.get_by_role("heading", name="柜面受理").wait_for()
        until_done(page)


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
        expect(page.locator(DONE)).to_have_count(1, timeout=180_000)
        assert len(set(asked)) == 2, "it is another application, and gets an id of its own"
        assert len(claims_of(running, token_of(page), somebody)) == 1
