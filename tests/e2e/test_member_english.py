"""The member app in English and large type: only names and what the union itself wrote stay Chinese, nothing is cut."""

import re
import time
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Request, Response, expect

from .browser import WALK
from .campus import UNION, Campus, bind_by_api
from .conftest import Crowd, Running
from .desk import TENANT, cut_off
from .phone import NARROW, carry, go, phone, raw, register, visit

pytestmark = [*WALK, pytest.mark.timeout(600), pytest.mark.feature("N.09")]
HAN = re.compile(r"[\u3400-\u9fff，。、：；（）《》？！]+")
OPEN = ("/sign-in", "/bind", "/recover", "/register", "/contact", "/privacy")
ALL = (
    *(
        "",
        "/messages",
        "/me",
        "/cover",
        "/payouts",
        "/products",
        "/services",
        "/apply",
        "/claims",
        "/activities",
    ),
    *(
        "/rewards",
        "/articles/list/announcement",
        "/articles/list/help",
        "/articles/list/faq",
        "/articles/list/health",
    ),
    *(
        "/articles/list/news",
        "/articles/list/introduction",
        "/articles/list/sample",
        "/me/profile",
        "/me/cards",
    ),
    *(
        "/me/addresses",
        "/me/documents",
        "/me/applicants",
        "/me/settings",
        "/me/security",
        "/contact",
        "/privacy",
    ),
)
WUXI = (
    *ALL,
    "/products/three-in-one",
    "/apply/critical-illness",
    "/apply/hospital",
    "/articles/sample-pathology",
)
BIT = (
    *ALL,
    "/join",
    "/dues",
    "/apply/condolence",
    "/apply/critical-illness",
    "/products/critical-illness",
    "/products/women-special/illnesses",
)
NAMES = {"name", "holder", "unit_name", "person_name", "bank_name", "recipient"}
"""Of an answer's values these may be Chinese on an English page: names of people, units and banks."""
WRITTEN = {"title", "text", "body", "place", "excerpt"}
WRITERS = ("notify/messages", "activities/campaigns", "notify/home", "notify/articles?kind=announcement")
"""So may what the union wrote before anybody chose a language, or in one language only: messages sent, activities,
announcements of its staff."""


class Said:
    """What the answers of the services hold: where each Chinese value came from, and which of them are names."""

    def __init__(self, page: Page) -> None:
        self.names: set[str] = set()
        self.others: dict[str, str] = {}
        self._heard: list[Response] = []
        self._open: set[Request] = set()
        page.on("response", lambda one: self._heard.append(one))
        page.on("request", lambda one: self._open.add(one) if "/api/" in one.url else None)
        page.on("requestfinished", lambda one: self._open.discard(one))
        page.on("requestfailed", lambda one: self._open.discard(one))

    def begins(self) -> None:
        """Forget what an earlier document asked for: its answers do not come."""
        self._open.clear()

    def settled(self, page: Page) -> None:
        """Wait until nothing is asked for any more that was asked since `begins`."""
        deadline = time.monotonic() + 20
        while True:
            page.wait_for_timeout(50)
            if not self._open:
                return
            assert time.monotonic() < deadline, f"not answered: {[one.url for one in self._open]}"

    def _read(self) -> None:
        while self._heard:
            response = self._heard.pop()
            if "/api/" not in response.url or "json" not in response.headers.get("content-type", ""):
                continue
            with suppress(Error):  # a page that was left has no answers any more
                self._note(response.json(), "", response.url.split("/api/")[1])

    def _note(self, value: Any, key: str, path: str) -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                self._note(one, name, path)
        elif isinstance(value, list):
            for one in value:
                self._note(one, key, path)
        elif isinstance(value, str) and HAN.search(value):
            if key in NAMES or (key in WRITTEN and path.startswith(WRITERS)):
                self.names.add(value)
            self.others[value] = f"“{key}” of {path}"

    def strange(self, text: str) -> list[str]:
        """Return the lines with Chinese that is no name, and where each came from."""
        self._read()
        lines = [one.strip() for one in text.replace("中文", "").splitlines() if HAN.search(one)]
        return [f"{line} ← {self._source(line)}" for line in lines if HAN.search(self._without_names(line))]

    def _without_names(self, line: str) -> str:
        # A long text stands there in part, or in several lines.
        if any(line.rstrip("…") in name for name in self.names):
            return ""
        for name in sorted(self.names, key=len, reverse=True):
            line = line.replace(name, "")
        return line

    def _source(self, line: str) -> str:
        return next((at for one, at in self.others.items() if line in one or one in line), "the app itself")


def in_english(page: Page, said: Said, paths: tuple[str, ...], *, tenant: str) -> list[str]:
    """Go to pages at 320 px in large type; return what is not English, raw or cut off."""
    found: list[str] = []
    page.set_viewport_size(NARROW)
    said.begins()
    for path in paths:
        visit(page, path, tenant=tenant)
        said.settled(page)
        found += [f"{path}: {one}" for one in said.strange(page.inner_text("#app"))]
        labels = page.locator("[aria-label]").evaluate_all(
            "all => all.map((one) => one.ariaLabel).join('\\n')"
        )
        holders = page.locator("[placeholder]").evaluate_all(
            "all => all.map((one) => one.placeholder).join('\\n')"
        )
        found += [f"{path} (label): {one}" for one in said.strange(f"{labels}\n{holders}")]
        found += [f"{path}: raw {one}" for one in raw(page)]
        if cut_off(page) > 0:
            found.append(f"{path}: cut off")
    return found


def test_every_page_of_a_union_that_registers(running: Running, browser: Browser, crowd: Crowd) -> None:
    with phone(browser) as page:
        said = Said(page)
        carry(running, page, register(running, crowd.take()))
        page.get_by_role("button", name="大字版").click()
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("link", name="Messages")).to_be_visible()
        page.reload()
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
        found = in_english(page, said, WUXI, tenant=TENANT)
        assert found == [], "\n".join(found)


def test_every_page_of_a_union_where_one_binds_joins_and_pays(
    running: Running, browser: Browser, campus: Campus
) -> None:
    with phone(browser) as page:
        said = Said(page)
        go(running, page, "", tenant=UNION)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("link", name="Messages")).to_be_visible()
        found = in_english(page, said, OPEN, tenant=UNION)
        carry(running, page, bind_by_api(running, campus.take()), tenant=UNION)
        found += in_english(page, said, BIT, tenant=UNION)
        assert found == [], "\n".join(found)
