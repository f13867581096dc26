"""The console in a test: how somebody signs in, answers its one dialog, and what every page must keep."""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from common.contracts.pack import load_pack
from huzhu.demo import claiming, enrolment
from huzhu.demo.caller import code_in, epoch
from huzhu.demo.claiming import MEMBER
from huzhu.demo.world import PEOPLE, World
from huzhu.people.persons import Person

from ..conftest import ROOT
from .conftest import PASSWORD, Running

TENANT = "wuxi"
PACK = load_pack(ROOT / "tenants" / "wuxi.yaml")
SMS_SECONDS = 30.0
ANSWER_SECONDS = 60.0
REACHED_SECONDS = 60.0
SCREENS = ROOT / "build" / "screens"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
STAFF = {
    "shenhe1": "13861700001",
    "caiwu1": "13861700003",
    "caiwu2": "13861700004",
    "chushen1": "13861700005",
    "chushen2": "13861700006",
    "fuhe1": "13861700007",
    "fuhe2": "13861700008",
    "baogao1": "13861700009",
    "zhidan1": "13861700010",
    "fangxing1": "13861700011",
    "admin1": "13861700012",
    "admin2": "13861700013",
}

ENROLMENT = tuple(step for _, step in enrolment.STEPS)


def code_for(running: Running, mobile: str, *, since: float, tenant: str = TENANT) -> str:
    """Return the code that the sandbox's phone received after `since`."""
    deadline = time.monotonic() + SMS_SECONDS
    while time.monotonic() < deadline:
        answer = httpx.get(
            f"{running.url}/api/notify/sandbox/messages",
            params={"mobile": mobile},
            headers={"X-Tenant": tenant},
            trust_env=False,
        )
        for message in answer.json()["items"]:
            if epoch(message["sent_at"]) >= since and (code := code_in(message["text"])):
                return code
        time.sleep(0.2)
    raise AssertionError(f"no code came to {mobile[:3]}****")


@contextmanager
def desk_in(context: BrowserContext) -> Iterator[Page]:
    """A page of a desk; fails at the end if a script or a policy of the page failed."""
    page = context.new_page()
    page.set_default_timeout(45_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield page
    assert faults == []


@contextmanager
def desk(browser: Browser) -> Iterator[Page]:
    """A desk with a window of its own."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True
    )
    try:
        with desk_in(context) as page:
            yield page
    finally:
        context.close()


def sign_in(
    running: Running,
    page: Page,
    user: str,
    *,
    password: str = PASSWORD,
    mobile: str = "",
    tenant: str = TENANT,
    entrance: str = "sign-in",
) -> None:
    """Sign a member of staff in by password and code."""
    page.goto(f"{running.url}/console/#/{tenant}/{entrance}")
    page.fill("input[name=user_name]", user)
    page.fill("input[name=password]", password)
    since = time.time()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", code_for(running, mobile or STAFF[user], since=since, tenant=tenant))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("navigation", name="菜单").wait_for()


def handler_signs_in(running: Running, page: Page, mobile: str, *, tenant: str = TENANT) -> None:
    """Sign a handler in by SMS; asked for again where another test has had a code for the number within a minute."""
    page.goto(f"{running.url}/console/#/{tenant}/sign-in?as=handler")
    page.fill("input[name=mobile]", mobile)
    for tries_left in (2, 1, 0):
        since = time.time()
        page.get_by_role("button", name="获取验证码").click()
        try:
            page.fill("input[name=code]", code_for(running, mobile, since=since, tenant=tenant))
            break
        except AssertionError:
            if not tries_left:
                raise
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("navigation", name="菜单").wait_for()


def open_page(running: Running, page: Page, path: str, *, tenant: str = TENANT) -> None:
    """Go to a page by its address, afresh, and wait until it stands."""
    page.goto("about:blank")
    page.goto(f"{running.url}/console/#/{tenant}/{path}")
    page.locator("main h2").first.wait_for()
    page.wait_for_load_state("networkidle")


def until(page: Page, act: Callable[[], object], reached: Callable[[], bool]) -> None:
    """Do something again until a state is reached."""
    deadline = time.monotonic() + REACHED_SECONDS
    while True:
        act()
        if reached():
            return
        assert time.monotonic() < deadline, page.inner_text("main")[:2000]
        page.wait_for_timeout(500)


def press(page: Page, name: str) -> None:
    """Press a button of the page's body."""
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


_JUDGED: set[str] = set()


def judge_dialog(page: Page, title: str) -> None:
    """The first time that a dialog is seen axe looks at it, in both type sizes, where HUZHU_LOOK=all."""
    if os.environ.get("HUZHU_LOOK") != "all" or title in _JUDGED:
        return
    _JUDGED.add(title)
    found = []
    for large in (True, False):
        page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
        found += [f"{title}{' large' if large else ''}: {one}" for one in violations(page, "[role=dialog]")]
    assert found == []


def asks_for(dialog: Locator, sentence: str) -> None:
    """The open dialog is sent too early: it says what is missing, at its field, and stays."""
    dialog.get_by_role("button", name="确定", exact=True).click()
    expect(dialog.locator(".wrong")).to_contain_text([sentence])


def answer(page: Page, title: str, /, *, submit: str = "确定", words: str = "", **values: object) -> None:
    """Fill the open dialog and send it; it closes when the service has taken it."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.wait_for()
    judge_dialog(page, title)
    for name, value in values.items():
        field = dialog.locator(f"[name='{name}']")
        if isinstance(value, bool):
            field.set_checked(value)
        elif isinstance(value, list):
            for box in field.all():
                box.set_checked(box.input_value() in value)
        elif isinstance(value, dict):
            field.set_input_files(value)  # type: ignore[arg-type]
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    if words:
        dialog.locator("[name=words]").fill(words)
    dialog.get_by_role("button", name=submit, exact=True).click()
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and dialog.is_visible():
        refused = dialog.locator(".problem").all_inner_texts()
        assert refused == [], f"{title}: {refused}"
        page.wait_for_timeout(100)
    expect(dialog).to_be_hidden(timeout=ANSWER_SECONDS * 1000)


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the page to be looked at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"console-{name}.png", full_page=True)


def violations(page: Page, within: str = "html") -> list[str]:
    """Return what axe finds, by rule with the first places. The page's policy lets no script be added."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # What fades in has not its colours yet; what turns for ever is not waited for.
    page.evaluate(
        """async () => { await Promise.race([new Promise((done) => setTimeout(done, 1000)),
            Promise.allSettled(document.getAnimations().map((one) => one.finished))]) }"""
    )
    found = page.evaluate(
        """async ([rules, within]) => (await axe.run(within, {runOnly: rules})).violations.map(
            (one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' | ')}`)""",
        [RULES, within],
    )
    return list(found)


def cut_off(page: Page) -> int:
    """Return by how many pixels the page is wider than its window, once its charts have taken their new size."""
    for _ in range(20):
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if width <= 0:
            break
        page.wait_for_timeout(100)
    return int(width)


def token_of(page: Page, *, tenant: str = TENANT) -> str:
    """Return the access token of whoever is signed in on a page."""
    kept = page.evaluate(f"JSON.parse(localStorage.getItem('huzhu.console.session.{tenant}'))")
    return str(kept["tokens"]["access_token"])


def enrol_people(running: Running, *, seed: int, size: int = PEOPLE) -> list[Person]:
    """Bring a unit's people under cover through the API, and return them."""

    async def go() -> list[Person]:
        async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
            with tempfile.TemporaryDirectory() as folder:
                world = World(http, PACK, seed, PASSWORD, Path(folder), size=size)
                for step in ENROLMENT:
                    await step(world)
                return world.people[: world.facts["insurable"]]

    # The browser's loop runs in this thread.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(go())).result()


def register_member(running: Running, *, seed: int) -> Person:
    """Bring a unit under cover and bind the app to one of its people; returns that person."""

    async def go() -> Person:
        async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
            with tempfile.TemporaryDirectory() as folder:
                world = World(http, PACK, seed, PASSWORD, Path(folder))
                for step in (*ENROLMENT, claiming.register_member):
                    await step(world)
                return world.people[MEMBER]

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(go())).result()
