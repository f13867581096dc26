"""A new version of the pack at the desk: proposed by one administrator, let live by another."""

import time

import pytest
from playwright.sync_api import Browser, expect

from common.contracts.pack import read_text

from ..conftest import ROOT
from .browser import WALK
from .conftest import Running
from .desk import answer, desk, keep_picture, open_page, press, sign_in, until

pytestmark = [*WALK, pytest.mark.timeout(600)]


@pytest.mark.feature("N.01", "P.03")
def test_a_pack_is_proposed_by_one_and_let_live_by_another(running: Running, browser: Browser) -> None:
    changed = read_text(ROOT / "tenants" / "wuxi.yaml").replace(
        "phone: 0510-82710015", f"phone: 0510-8271{time.time_ns() // 10**6 % 10000:04d}"
    )
    with desk(browser) as admin, desk(browser) as other:
        sign_in(running, admin, "admin1")
        open_page(running, admin, "pack")
        line = 1 + changed.split("\n").index(
            next(one for one in changed.split("\n") if one.startswith("registration:"))
        )
        admin.fill("textarea[name=yaml]", changed.replace("\nregistration:", "\nregistratoin:", 1))
        press(admin, "检查并提出")
        faults = admin.locator("form .problem li")
        faults.filter(has_text=f"第 {line} 行").filter(has_text="registratoin").wait_for()
        assert all("行" in one and len(one) > 12 for one in faults.all_inner_texts())
        keep_picture(admin, "pack-faults")
        admin.fill("textarea[name=yaml]", changed)
        press(admin, "检查并提出")
        expect(admin.locator("main")).to_contain_text("待他人同意")
        changes = admin.get_by_role("heading", name="版改了什么")
        version = changes.inner_text().split("第 ")[1].split(" 版")[0]
        # Who proposed it may take it back; letting it live is for another.
        expect(admin.get_by_role("button", name="撤回")).to_be_visible()
        expect(admin.get_by_role("button", name="同意生效")).to_have_count(0)
        sign_in(running, other, "admin2")
        open_page(running, other, "pack")
        row = other.locator("table tr", has_text="0510-8271")
        expect(row).to_contain_text("电话")
        keep_picture(other, "pack-changes")
        press(other, "同意生效")
        answer(other, "同意新版本生效", words=version)
        until(
            other,
            lambda: open_page(running, other, "pack"),
            lambda: other.locator(".facts dd").first.inner_text() == version,
        )
        keep_picture(other, "pack-live")
