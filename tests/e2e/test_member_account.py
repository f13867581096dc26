"""A member's account on the phone: another mobile, settings, what the union has, signing out, giving it up."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person, people

from .browser import WALK
from .conftest import Crowd, Running
from .desk import code_for
from .keeping import kept, member, page
from .phone import ALL_KEPT, carry, go, phone, register, sealed, seen, until_sealed, visit

__all__ = ["kept", "member", "page"]
pytestmark = [*WALK, pytest.mark.timeout(600)]


@pytest.mark.feature("E.02", "E.11", "N.07")
def test_another_mobile_with_the_codes_of_both(running: Running, page: Page, member: Person) -> None:
    new = next(people(1, seed=int(time.time()) + 91)).mobile
    go(running, page, "/me/security")
    page.get_by_role("button", name="修改手机号").click()
    page.get_by_label("新手机号").fill("123")
    page.get_by_role("button", name="获取验证码").nth(1).click()
    expect(page.get_by_role("alert")).to_be_visible()
    since = time.time()
    page.get_by_role("button", name="获取验证码").nth(0).click()
    old_code = code_for(running, member.mobile, since=since)
    page.get_by_label("原手机验证码").fill(f"{(int(old_code) + 1) % 10**6:06d}")
    page.get_by_label("新手机号").fill(new)
    page.locator("form").get_by_role("button", name="获取验证码").last.click()
    page.get_by_label("新手机验证码").fill(code_for(running, new, since=since))
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("alert")).to_have_text(
        re.compile(r"^\s*原手机验证码：验证码不正确，还可以再试 4 次。\s*$")
    )
    seen(page, "mobile-change")
    # Where no face is checked the office changes a number that is gone: said before anything more is typed.
    page.get_by_label("原手机号已停用").click()
    expect(page.get_by_role("heading", name="联系我们")).to_be_visible()
    expect(page.get_by_label("新手机号")).to_have_count(0)
    page.get_by_label("原手机号已停用").click()
    page.get_by_label("原手机验证码").fill(old_code)
    page.get_by_label("新手机验证码").fill(code_for(running, new, since=since))
    page.get_by_role("button", name="确定").dblclick()
    expect(page.get_by_text("手机号已改为")).to_be_visible()
    visit(page, "/me/profile")
    expect(page.locator("main")).to_contain_text(new[-4:])
    page.get_by_role("button", name="导出我的个人信息").click()
    page.get_by_label("原因").fill("自己留存")
    page.get_by_role("button", name="提交").dblclick()
    expect(page.locator("main .pill")).to_have_count(1)
    seen(page, "profile-export")


@pytest.mark.feature("E.11")
def test_settings_are_kept(running: Running, page: Page) -> None:
    go(running, page, "/me/settings")
    box = page.locator("input[name=service_notices]")
    was = box.is_checked()
    with page.expect_response("**/members/me/preferences"):
        box.click()
    page.reload()
    expect(page.locator("input[name=service_notices]")).to_be_checked(checked=not was)


@pytest.mark.feature("E.02", "N.07")
def test_signing_out_leaves_nothing_on_the_phone(page: Page, member: Person) -> None:
    shown = "*" * 11 + member.id_number[-4:]
    visit(page, "/me/profile")
    expect(page.locator("main")).to_contain_text(shown)
    visit(page, "/me/addresses")
    page.get_by_role("button", name="添加").click()
    page.get_by_label("收件人").fill("不留下的人")
    until_sealed(page, "address", size=40)
    visit(page, "/me")
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("group").get_by_role("button", name="退出登录").click()
    page.get_by_role("button", name="登录", exact=True).wait_for()
    left = sealed(page)
    assert left == {"rows": [], "keys": []}
    kept = page.evaluate(ALL_KEPT)
    assert "session.wuxi" not in str(kept)
    assert all(word not in page.content() + str(kept) for word in (shown, member.mobile, "不留下的人"))
    page.go_back()
    page.get_by_role("button", name="登录", exact=True).wait_for()
    assert shown not in page.content() and "不留下的人" not in page.content(), "the way back shows nothing"


@pytest.mark.feature("E.02", "N.07")
def test_giving_the_link_up_needs_the_mobiles_code(running: Running, browser: Browser, crowd: Crowd) -> None:
    somebody = crowd.take()
    with phone(browser) as page:
        carry(running, page, register(running, somebody))
        visit(page, "/me/security")
        unlink(page)
        expect(page.get_by_role("alert")).to_be_visible()
        seen(page, "unlink-refused")
        since = time.time()
        page.get_by_role("button", name="获取验证码").last.click()
        page.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since))
        unlink(page)
        page.get_by_role("button", name="登录", exact=True).wait_for()
        assert sealed(page)["rows"] == []
        page.evaluate("location.hash = '#/wuxi/messages'")
        page.get_by_role("heading", name="登录").wait_for()


def unlink(page: Page) -> None:
    page.get_by_role("button", name="解除绑定").click()
    page.get_by_role("group", name="确定解除绑定").get_by_role("button", name="解除绑定").click()
