"""An account's second factor at the desk: an authenticator is used, and taken off again."""

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from .browser import WALK
from .conftest import PASSWORD, Running
from .desk import answer, desk, open_page, press, sign_in

pytestmark = [*WALK, pytest.mark.timeout(600)]
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
