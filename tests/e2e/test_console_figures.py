"""Charts and sums at the desk say what the service says."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, desk, keep_picture, open_page, press, sign_in, token_of, until

pytestmark = [*WALK, pytest.mark.timeout(600)]


def asked(running: Running, page: Page, path: str) -> Any:
    """What a service answers whoever is signed in at a desk."""
    headers = {"X-Tenant": TENANT, "Authorization": f"Bearer {token_of(page)}"}
    answered = httpx.get(f"{running.url}/api{path}", headers=headers, trust_env=False)
    assert answered.status_code == 200, answered.text
    return answered.json()


def money_of(words: str) -> Decimal:
    return Decimal(words.replace(",", ""))


def drawn(page: Page) -> int:
    """How many points of a chart are not empty: a chart that was not drawn has none."""
    return int(
        page.locator("main canvas").first.evaluate(
            """one => { const { data } = one.getContext('2d').getImageData(0, 0, one.width, one.height)
                let count = 0; for (let i = 3; i < data.length; i += 4) if (data[i]) count += 1; return count }"""
        )
    )


@pytest.mark.feature("C.07", "N.08")
def test_figures_are_those_of_the_service_by_product_and_exported(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    assert crowd
    with desk(browser) as page:
        sign_in(running, page, "caiwu1")
        until(
            page,
            lambda: open_page(running, page, "statistics"),
            lambda: page.locator(".figures dd").nth(1).inner_text() != "0",
        )
        page.locator("select[name=product_code]").select_option("three-in-one")
        page.wait_for_url("**product_code=three-in-one")
        page.reload()
        expect(page.locator("select[name=product_code]")).to_have_value("three-in-one")
        sums = asked(running, page, "/claims/statistics?product_code=three-in-one")
        shown = page.locator(".figures dd")
        expect(shown.nth(1)).to_have_text(f"{sums['enrolled']:,}")
        assert money_of(shown.nth(0).inner_text()) == Decimal(sums["contributions"])
        assert money_of(shown.nth(2).inner_text()) == Decimal(sums["paid"])
        expect(page.locator("main canvas").first).to_be_visible()
        until(page, lambda: None, lambda: drawn(page) > 500)
        page.get_by_text("查看数据").first.click()
        rows = page.locator("details[open] tbody tr")
        series = asked(running, page, "/claims/statistics/series?product_code=three-in-one")["months"]
        last = rows.last.locator("td")
        assert rows.count() == len(series)
        assert money_of(last.nth(1).inner_text()) == Decimal(series[-1]["contributions"])
        keep_picture(page, "statistics-figures")
        press(page, "导出")
        with page.expect_download(timeout=90_000) as download:
            page.get_by_role("button", name="下载结果").click(timeout=90_000)
        assert Path(download.value.path()).stat().st_size > 1000
        dashboard(running, page)


def dashboard(running: Running, page: Page) -> None:
    open_page(running, page, "dashboard")
    summary = asked(running, page, "/enrollment/statistics/summary")
    expect(page.locator(".figures dd").nth(1)).to_have_text(f"{summary['covered']:,}")
    expect(page.locator("main canvas").first).to_be_visible()
    until(page, lambda: None, lambda: drawn(page) > 500)
    for details in page.get_by_text("查看数据").all():
        details.click()
    expect(page.locator("details table").first).to_contain_text(re.compile("%|未申报"))
    found = asked(running, page, "/enrollment/statistics/participation?product=three-in-one&limit=20")
    assert page.locator("details").first.locator("tbody tr").count() == len(found["items"])
    keep_picture(page, "dashboard-figures")
