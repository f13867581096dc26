"""The desks of the other unions, as each of their staff finds them: pages load, nothing is cut, nothing raw is shown.

A quarter of an hour's look, so only where HUZHU_LOOK=all; the pictures are kept as console-<union>-<who>-<page>.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from common.contracts.pack import TenantPack, load_pack
from huzhu.operator import Operator, load_tenant

from ..conftest import ROOT, Parts
from .browser import WALK
from .conftest import PASSWORD, Running
from .desk import desk, keep_picture, open_page, sign_in
from .phone import EVERY_WAY
from .test_console_pages import judged

pytestmark = [
    *WALK,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not EVERY_WAY, reason="every desk of every union: HUZHU_LOOK=all"),
]
UNIONS = ("bit", "zhejiang", "beijing")
PACKS = {code: load_pack(ROOT / "tenants" / f"{code}.yaml") for code in UNIONS}
RAW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}|undefined|NaN|\[object|\bnull\b")


def one_of_each_role(pack: TenantPack) -> list[str]:
    """Of several who hold the same roles one is enough."""
    found = {tuple(one.roles): one.username for one in reversed(pack.demo.staff)}
    return sorted(found.values())


JUDGED: set[tuple[str, str]] = set()
"""Pages of a union that axe has looked at: for the next role they differ in what they hold only."""
STAFF = [(code, user) for code, pack in PACKS.items() for user in one_of_each_role(pack)]


def raw_words(page: Page) -> list[str]:
    """Return what no person should read."""
    return RAW.findall(page.inner_text("main"))


@pytest.fixture(scope="module")
def loaded(running: Running, parts: Parts) -> Running:
    """The platform with these unions as well."""

    async def load(path: Path) -> None:
        async with Operator(running.url, "ops1", parts.home.secrets["platform_operator_1"]) as operator:
            await load_tenant(operator, path, demo_password=PASSWORD)

    with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread
        for code in UNIONS:
            beside.submit(lambda path=ROOT / "tenants" / f"{code}.yaml": asyncio.run(load(path))).result()
    return running


def mobile_of(pack: TenantPack, user: str) -> str:
    return next(str(person.mobile) for person in pack.demo.staff if person.username == user)


@pytest.mark.parametrize(("union", "user"), STAFF)
def test_every_desk_of_a_union(loaded: Running, browser: Browser, union: str, user: str) -> None:
    with desk(browser) as page:
        sign_in(loaded, page, user, mobile=mobile_of(PACKS[union], user), tenant=union)
        links = page.eval_on_selector_all("nav.menu a", "all => all.map((a) => a.hash.split('/').pop())")
        wrong: list[str] = []
        for link in links:
            open_page(loaded, page, link, tenant=union)
            expect(page.locator("main .quiet", has_text="正在加载")).to_have_count(0)
            wrong += [f"{link}: {one}" for one in page.locator("main .problem").all_inner_texts()]
            wrong += [f"{link}: {one}" for one in raw_words(page)]
            keep_picture(page, f"{union}-{user}-{link.replace('/', '-')}")
            if (union, link) not in JUDGED:
                wrong += judged(page, link)
                JUDGED.add((union, link))
        assert wrong == []
