"""The member app in a test: a phone with somebody signed in, and what every page must keep."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Request, Route, ViewportSize, expect

from huzhu.demo.caller import Caller
from huzhu.people.persons import Person

from .conftest import Running
from .desk import SCREENS, TENANT, code_for, cut_off, violations

PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
EVERY_WAY = os.environ.get("HUZHU_LOOK") == "all"
"""Every page by axe in all four ways (two widths, two type sizes); otherwise in the two that differ most."""
RAW = re.compile(
    r"(?:apply|member|mine|activity|common|step|photo)\.[a-zA-Z_.]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}|undefined|NaN|\[object"
)
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


def register(running: Running, somebody: Person, *, tenant: str = TENANT) -> dict[str, Any]:
    """Register a person under cover through the API, and return the tokens."""

    async def registered() -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=running.url, timeout=60, trust_env=False) as http:
            member, since = Caller(http, tenant), time.time() - 1
            privacy = await member.get("/api/identity/privacy-statement")
            asked = {"purpose": "bind", "mobile": somebody.mobile, "account_kind": "member"}
            await member.post("/api/identity/verification-codes", asked)
            body = {
                "name": somebody.name,
                "id_number": somebody.id_number,
                "mobile": somebody.mobile,
                "code": await member.sms_code(somebody.mobile, since=since),
                "consent": {"version": privacy["version"]},
            }
            answer = await member.post("/api/identity/members/register", body)
            tokens: dict[str, Any] = answer["tokens"]
            return tokens

    # The browser's loop runs in this thread.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(registered())).result()


def carry(running: Running, page: Page, tokens: dict[str, Any], *, tenant: str = TENANT) -> None:
    """Have a phone signed in with tokens that somebody got through the API."""
    page.goto(f"{running.url}/m/")
    kept = {"tokens": tokens, "expiresAt": (time.time() + tokens["expires_in"]) * 1000}
    page.evaluate(
        "([name, kept]) => localStorage.setItem(name, JSON.stringify(kept))",
        [f"huzhu.member.session.{tenant}", kept],
    )
    go(running, page, "", tenant=tenant)
    page.locator("nav.modules").first.wait_for()


def confirmed_first(
    running: Running,
    page: Page,
    somebody: Person,
    press: Callable[[], None],
    *,
    path: str,
    tenant: str = TENANT,
) -> None:
    """Press what changes where money goes, long after the sign-in: the app asks for a code, and goes on with it."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.method != "POST" or asked:
            route.fallback()
            return
        asked.append(route.request.headers.get("idempotency-key", ""))
        refusal = {"code": "auth.confirmation_needed", "detail": "请先确认", "status": 403}
        route.fulfill(status=403, json=refusal, content_type="application/problem+json")

    page.route(path, refuse)
    press()
    sheet = page.get_by_role("dialog", name="确认是您本人")
    sheet.get_by_label("短信验证码").fill("000000")
    sheet.get_by_role("button", name="确定").click()
    expect(sheet.get_by_role("alert")).to_contain_text("没有向该手机号发送过")
    seen(page, "confirm-it-is-you")
    since = time.time()
    sheet.get_by_role("button", name="获取验证码").click()
    sheet.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since, tenant=tenant))
    end = path.removeprefix("**")
    with page.expect_request(lambda sent: sent.method == "POST" and sent.url.endswith(end)) as sent:
        sheet.get_by_role("button", name="确定").dblclick()
    assert [sent.value.headers.get("idempotency-key")] == asked, "the same action goes on"
    expect(sheet).to_have_count(0)
    page.unroute(path)


@contextmanager
def watching(page: Page, method: str, end: str) -> Iterator[list[Request]]:
    """The requests of a method whose path ends so."""
    found: list[Request] = []

    def note(request: Request) -> None:
        if request.method == method and request.url.split("?")[0].endswith(end):
            found.append(request)

    page.on("request", note)
    try:
        yield found
    finally:
        page.remove_listener("request", note)


def lose_answer(page: Page, pattern: str, method: str = "POST") -> list[str]:
    """The service does it and the answer is lost, once; returns the key that was sent."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != method or lost:
            route.fallback()
            return
        lost.append(route.request.headers.get("idempotency-key", ""))
        route.fetch()
        route.abort()

    page.route(pattern, lose)
    return lost


SEALED = """() => new Promise((found) => { indexedDB.open('huzhu-sealed').onsuccess = (opened) => {
    const taken = opened.target.result.transaction(['rows', 'keys'])
    const [rows, keys] = [taken.objectStore('rows').getAll(), taken.objectStore('keys').getAll()]
    taken.oncomplete = () => found({
        rows: rows.result.map((one) => [one.whose, one.name, new TextDecoder().decode(one.data), one.data.byteLength]),
        keys: keys.result.map((one) => one.extractable) }) } })"""

ALL_KEPT = """async () => [{...localStorage}, {...sessionStorage}, document.cookie, await Promise.all(
    (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((one) => one.url)))]"""
"""What a page has kept, but for the sealed store; of caches the addresses."""


def sealed(page: Page) -> dict[str, Any]:
    """Return what lies sealed on the phone: each draft by owner, name, bytes and size; may a key be taken out?"""
    kept: dict[str, Any] = page.evaluate(SEALED)
    return kept


def until_sealed(page: Page, name: str, *, size: int) -> None:
    """Wait until a draft lies in the sealed store with all that was typed: it is at least so many bytes then."""
    deadline = time.monotonic() + 20
    while not any(one[1] == name and one[3] >= size for one in sealed(page)["rows"]):
        assert time.monotonic() < deadline, "the draft was not sealed"
        page.wait_for_timeout(50)


@contextmanager
def kept_phone(running: Running, browser: Browser, somebody: Person, kept: dict[str, Any]) -> Iterator[Page]:
    """A member's phone that keeps its session from test to test; the first time they register."""
    with phone(browser, kept.get("storage")) as page:
        if kept:
            go(running, page, "")
        else:
            carry(running, page, register(running, somebody))
        kept["storage"] = page.context.storage_state()
        yield page
        kept["storage"] = page.context.storage_state()


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
        """to => document.querySelector('#app').__vue_app__.config.globalProperties.$route.fullPath === to
            && document.querySelector('h1, .banner') && !/正在加载|Loading…/.test(document.body.innerText)""",
        arg=f"/{tenant}{path}",
    )


def raw(page: Page) -> list[str]:
    """Return what no person should read: names of sentences, ids, values of the machine."""
    return RAW.findall(page.inner_text("#app"))


def seen(page: Page, name: str) -> None:
    """Keep a picture; nothing raw is shown, nothing cut off, axe finds nothing, on both widths in both type sizes."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    # The head of a page that is scrolled down would stand in the middle of its picture.
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SCREENS / f"member-{name}.png", full_page=True)
    found = [f"{name}: {one}" for one in raw(page)]
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
    assert found == [], "\n".join(found)


def token_of(page: Page, *, tenant: str = TENANT, kind: str = "access_token") -> str:
    """Return a token of whoever is signed in."""
    kept = page.evaluate(f"JSON.parse(localStorage.getItem('huzhu.member.session.{tenant}'))")
    return str(kept["tokens"][kind])
