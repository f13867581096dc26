"""Time to a usable page of the web apps: first load in Chromium, beside a bare client asking for the same.

The browser begins with an empty cache each time. The baseline asks for everything that the page asked for, over one
connection and one after another: what is left above it is the browser, the scripts and the way they are loaded.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
from playwright.async_api import Browser, async_playwright

from .entry import Entry
from .platform import started

NAMES = (("web.member_usable_ms", "ms"), ("web.console_usable_ms", "ms"))
TRIES = 5
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PAGES = {
    "web.member_usable_ms": ("/m/#/wuxi", ".modules a", {"width": 390, "height": 844}),
    "web.console_usable_ms": (
        "/console/#/wuxi/sign-in",
        "input[name=user_name]",
        {"width": 1280, "height": 900},
    ),
}


async def usable_ms(
    browser: Browser, address: str, usable: str, size: dict[str, int]
) -> tuple[float, list[str]]:
    """Open a page with an empty cache; return the time until it can be used and what it asked for."""
    context = await browser.new_context(viewport=size, locale="zh-CN", service_workers="block")  # type: ignore[arg-type]
    try:
        page = await context.new_page()
        asked: list[str] = []
        page.on("requestfinished", lambda request: asked.append(request.url))
        began = time.perf_counter()
        await page.goto(address, wait_until="commit")
        await page.wait_for_selector(usable, timeout=60_000)
        taken = (time.perf_counter() - began) * 1000
        return taken, [url for url in asked if url.startswith("http")]
    finally:
        await context.close()


async def bare_ms(addresses: list[str]) -> float:
    """Fetch the same without a browser."""
    async with httpx.AsyncClient(trust_env=False, timeout=30, headers={"X-Tenant": "wuxi"}) as http:
        began = time.perf_counter()
        for address in addresses:
            (await http.get(address)).raise_for_status()
        return (time.perf_counter() - began) * 1000


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield both apps' entries."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("no browser: install chromium (make browser)")
    folder = Path(tempfile.mkdtemp(prefix="huzhu-bench-"))
    try:
        async with started(folder / "home") as platform, async_playwright() as playwright:
            await platform.until_announced()
            browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            try:
                for name, (path, usable, size) in PAGES.items():
                    yield await _page(browser, platform.url + path, usable, size, name)
            finally:
                await browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _page(browser: Browser, address: str, usable: str, size: dict[str, int], name: str) -> Entry:
    await usable_ms(browser, address, usable, size)  # the server's files are warm
    times, bare, asked = [], [], list[str]()
    for _ in range(TRIES):
        taken, asked = await usable_ms(browser, address, usable, size)
        times.append(taken)
        bare.append(await bare_ms(asked))
    note = f"first load, empty cache, median of {TRIES}; baseline: the same {len(asked)} requests by a bare client"
    return Entry(name, statistics.median(times), "ms", baseline=statistics.median(bare), note=note)
