"""The member app in a test: a phone with somebody signed in, and what every page must keep."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from huzhu.people.persons import Person

from .conftest import Running
from .desk import SCREENS, TENANT, code_for, cut_off, violations

PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
EVERY_WAY = os.environ.get("HUZHU_LOOK") == "all"
"""Every page by axe in all four ways (two widths, two type sizes); otherwise in the two that differ most."""
expect.set_options(timeout=30_000)


@contextmanager
def phone(browser: Browser, storage: Any = None) -> Iterator[Page]:
    """A phone, with what it kept from before; fails at the end if a script or a policy of the page failed."""
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", has_touch=True, accept_downloads=True, storage_state=storage
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: (
            faults.append(said.text)
            if said.type == "error" and "Failed to load resource" not in said.text
            else None
        ),
    )
    try:
        yield page
        assert faults == []
    finally:
        context.close()


def sign_in(running: Running, page: Page, somebody: Person, *, tenant: str = TENANT) -> None:
    """Sign a member in by the code that comes to their mobile."""
    page.goto(f"{running.url}/m/#/{tenant}/sign-in")
    page.get_by_label("手机号码").fill(somebody.mobile)
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since, tenant=tenant))
    page.locator("form").get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("heading", name="服务", exact=True).wait_for()


def go(running: Running, page: Page, path: str, *, tenant: str = TENANT) -> None:
    """Go to a page by its address, afresh, and wait until it stands."""
    page.goto("about:blank")
    page.goto(f"{running.url}/m/#/{tenant}{path}")
    page.wait_for_selector("h1")
    page.wait_for_load_state("networkidle")


def visit(page: Page, path: str, *, tenant: str = TENANT) -> None:
    """Go to another page within the app, and wait until it shows what it has."""
    page.evaluate("to => { location.hash = to }", f"#/{tenant}{path}")
    page.wait_for_function(
        """to => location.hash === to && document.querySelector('h1, .banner')
            && !document.body.innerText.includes('正在加载')""",
        arg=f"#/{tenant}{path}",
    )


def seen(page: Page, name: str) -> None:
    """Keep a picture of the page; nothing is cut off and axe finds nothing, on both widths in both type sizes."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"member-{name}.png", full_page=True)
    found: list[str] = []
    for size, large in ((PHONE, False), (PHONE, True), (NARROW, False), (NARROW, True)):
        page.set_viewport_size(size)
        page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
        place = f"{name}, {size['width']} px, {'large' if large else 'standard'}"
        if cut_off(page) > 0:
            found.append(f"{place}: cut off")
        if EVERY_WAY or (size is NARROW) == large:
            found += [f"{place}: {one}" for one in violations(page)]
    page.screenshot(path=SCREENS / f"member-{name}-large.png", full_page=True)
    page.evaluate("document.documentElement.classList.remove('large-type')")
    page.set_viewport_size(PHONE)
    assert found == []


def token_of(page: Page, *, tenant: str = TENANT) -> str:
    """Return the access token of whoever is signed in."""
    kept = page.evaluate(f"JSON.parse(localStorage.getItem('huzhu.member.session.{tenant}'))")
    return str(kept["tokens"]["access_token"])
