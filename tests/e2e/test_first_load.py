"""What the apps ask a phone or a desk to load before the first page can be used."""

import gzip

import httpx
import pytest
from playwright.sync_api import Browser

from .browser import WALK
from .conftest import Running

pytestmark = [*WALK, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("path", "usable", "most_kb"),
    [("/m/#/wuxi", ".modules a", 150), ("/console/#/wuxi/sign-in", "input[name=user_name]", 450)],
    ids=["member", "console"],
)
def test_first_load_is_small(
    running: Running, browser: Browser, path: str, usable: str, most_kb: int
) -> None:
    """At most so much script, gzipped; charts are loaded by the pages that show one."""
    context = browser.new_context(service_workers="block")
    try:
        page = context.new_page()
        scripts: set[str] = set()
        page.on("request", lambda one: scripts.add(one.url) if one.resource_type == "script" else None)
        page.goto(f"{running.url}{path}")
        page.locator(usable).first.wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
    finally:
        context.close()
    assert scripts
    texts = {url: httpx.get(url, trust_env=False).content for url in scripts}
    assert sum(len(gzip.compress(text)) for text in texts.values()) <= most_kb * 1024
    assert not any(b"zrender" in text for text in texts.values())
