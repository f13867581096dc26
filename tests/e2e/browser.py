"""The browser of the page tests: one for each module, ended when it stands still, started again when it has died."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest
from playwright.sync_api import Browser, Error, Playwright

from ..conftest import ROOT

CHROMIUM = shutil.which("chromium")
SCREENS = ROOT / "build" / "screens"
BUILT = (ROOT / "web" / "apps" / "member" / "dist" / "index.html").is_file()
WALK = (
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
)
"""What marks every walk through pages: one after another, on the one platform of the run."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
]
STILL_SECONDS = 300.0
"""No test of a page takes that long; several calls of the driver would otherwise wait for a dead page for ever."""
DIED = "TargetClosedError|Connection closed"
"""What a test says whose browser has died: it is tried once more."""

FULL = """() => { const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function (...given) {
        if (!window.full) return put.apply(this, given)
        throw new DOMException('full', 'QuotaExceededError') }
    window.full = true }"""
"""Run on a page: from now on its stores have no room, until `window.full = false`."""


class Chromium:
    """A browser that can be had again after it has died."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None

    def open(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        return self._browser

    def close(self) -> None:
        if self._browser is not None:
            with suppress(Error):
                self._browser.close()


@contextmanager
def ended_when_still(seconds: float = STILL_SECONDS) -> Iterator[None]:
    """Kill this process's browsers after some seconds, so that whoever waits for a page gets an error."""
    ended = threading.Event()

    def watch() -> None:
        deadline = time.monotonic() + seconds
        while not ended.wait(max(0.0, deadline - time.monotonic())):
            for process in browsers():
                with suppress(psutil.Error):
                    process.kill()
            deadline = time.monotonic() + 10

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def browsers() -> list[psutil.Process]:
    """The browser processes below this one; those that ended and were not reaped are no more."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.name().startswith("chrom") and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
