"""What administrators do at the desk: a second factor, a pack by two people, invitations to claim, figures."""

import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from common.contracts.pack import read_text

from ..conftest import ROOT
from .browser import BUILT, CHROMIUM
from .conftest import PASSWORD, Running
from .desk import answer, desk, enrol_people, keep_picture, open_page, press, sign_in, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
USER = "caiwu2"


@pytest.mark.feature("D.01", "N.07")
def test_an_authenticator_is_used_and_taken_off_again(running: Running, browser: Browser) -> None:
    with desk(browser) as page, desk(browser) as other:
        sign_in(running, page, USER)
        open_page(running, page, "security")
        press(page, "启用")
        answer(page, "启用动态口令", password=PASSWORD)
        secret = page.locator("main code").inner_text()
        press(page, "我已添加，输入口令")
        answer(page, "确认动态口令", code=pyotp.TOTP(secret).now())
        page.get_by_text("请妥善保存恢复码").wait_for()
        codes = page.locator("main pre").inner_text().split()

        other.goto(f"{running.url}/console/#/wuxi/sign-in")
        other.fill("input[name=user_name]", USER)
        other.fill("input[name=password]", PASSWORD)
        other.get_by_role("button", name="下一步").click()
        other.get_by_text("请输入动态口令（或一个恢复码）").wait_for()
        other.fill("input[name=code]", "000000")
        other.get_by_role("button", name="登录").click()
        expect(other.locator("form .problem")).to_be_visible()
        other.fill("input[name=code]", codes[0])
        other.get_by_role("button", name="登录").click()
        other.get_by_role("navigation", name="菜单").wait_for()

        press(page, "停用")
        answer(page, "停用动态口令", password=PASSWORD, code=codes[1])
        page.get_by_text("未启用，登录时用短信验证码").wait_for()


@pytest.mark.feature("N.01", "P.03")
def test_a_pack_is_proposed_by_one_and_let_live_by_another(running: Running, browser: Browser) -> None:
    changed = read_text(ROOT / "tenants" / "wuxi.yaml").replace(
        "phone: 0510-82710015", f"phone: 0510-8271{time.time_ns() // 10**6 % 10000:04d}"
    )
    with desk(browser) as admin, desk(browser) as other:
        sign_in(running, admin, "admin1")
        open_page(running, admin, "pack")
        admin.fill("textarea[name=yaml]", changed)
        press(admin, "检查并提出")
        expect(admin.locator("main")).to_contain_text("待他人同意")
        press(admin, "同意生效")
        version = admin.get_by_role("dialog").inner_text().split("第 ")[1].split(" 版")[0]
        dialog = admin.get_by_role("dialog", name="同意新版本生效")
        dialog.locator("[name=words]").fill(version)
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_be_visible()
        sign_in(running, other, "admin2")
        open_page(running, other, "pack")
        press(other, "同意生效")
        answer(other, "同意新版本生效", words=version)
        until(
            other,
            lambda: open_page(running, other, "pack"),
            lambda: other.locator(".facts dd").first.inner_text() == version,
        )
        keep_picture(other, "pack-live")


@pytest.mark.feature("C.10")
def test_a_member_is_invited_to_claim(running: Running, browser: Browser) -> None:
    somebody = enrol_people(running, seed=time.time_ns() // 1000)[2]
    with desk(browser) as page:
        sign_in(running, page, "chushen1")
        open_page(running, page, "claims")
        press(page, "通知会员申请")
        dialog = page.get_by_role("dialog", name="通知会员申请")
        dialog.locator("[name=document_number]").fill("320200199001010000")
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem, .wrong").first).to_be_visible()
        answer(page, "通知会员申请", kind="critical-illness", document_number=somebody.id_number)
        expect(page.locator("main h2 .mark")).to_have_text("待上传")
        keep_picture(page, "claim-invited")


@pytest.mark.feature("C.07", "N.08")
def test_figures_are_shown_by_product_and_exported(running: Running, browser: Browser) -> None:
    enrol_people(running, seed=time.time_ns() // 1000)
    with desk(browser) as page:
        sign_in(running, page, "caiwu1")
        open_page(running, page, "statistics")
        until(
            page,
            lambda: open_page(running, page, "statistics"),
            lambda: page.locator(".figures dd").nth(1).inner_text() != "0",
        )
        page.locator("select[name=product_code]").select_option("three-in-one")
        page.wait_for_url("**product_code=three-in-one")
        page.reload()
        expect(page.locator("select[name=product_code]")).to_have_value("three-in-one")
        expect(page.locator("main canvas").first).to_be_visible()
        press(page, "导出")
        with page.expect_download(timeout=90_000) as download:
            page.get_by_role("button", name="下载结果").click(timeout=90_000)
        assert Path(download.value.path()).stat().st_size > 1000
        open_page(running, page, "dashboard")
        expect(page.locator(".figures dd").first).not_to_have_text("0")
        expect(page.locator("main canvas").first).to_be_visible()
        page.get_by_text("查看数据").first.click()
        expect(page.locator("details table").first).to_contain_text("%")
        keep_picture(page, "dashboard-figures")
