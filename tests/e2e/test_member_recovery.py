"""The old number or the whole phone is lost (E.02): another mobile, the account recovered, one account a member."""

import time

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person, people

from .browser import WALK
from .campus import UNION, Campus, bind_by_api, steer
from .conftest import Running
from .desk import code_for
from .phone import carry, go, lose_answer, phone, seen, until_sealed, visit, watching

pytestmark = [*WALK, pytest.mark.timeout(600), pytest.mark.feature("E.02")]


def a_new_number(more: int) -> str:
    return next(people(1, seed=int(time.time()) * 10 + more)).mobile


def code_to(running: Running, page: Page, mobile: str, label: str = "短信验证码") -> None:
    """Ask for the one code of the page, and type what came."""
    since = time.time()
    page.locator("form").get_by_role("button", name="获取验证码").click()
    page.get_by_label(label).fill(code_for(running, mobile, since=since, tenant=UNION))


def signs_in(running: Running, mobile: str) -> str:
    """Sign in through the API with a number; returns what the refusal is called, or nothing."""
    with httpx.Client(base_url=running.url, headers={"X-Tenant": UNION}, trust_env=False) as http:
        since = time.time()
        asked = {"purpose": "sign_in", "mobile": mobile, "account_kind": "member"}
        http.post("/api/identity/verification-codes", json=asked).raise_for_status()
        body = {"mobile": mobile, "code": code_for(running, mobile, since=since, tenant=UNION)}
        return str(http.post("/api/identity/sessions/member", json=body).json().get("code", ""))


def face(page: Page, *, passes: bool) -> None:
    """Go through one face verification."""
    agreed = page.get_by_role("checkbox")
    if not agreed.is_checked():
        agreed.check()
    page.get_by_role("button", name="开始人脸核验").or_(
        page.get_by_role("button", name="再试一次")
    ).dblclick()
    page.get_by_role("button", name="我已完成核验").dblclick()
    if not passes:
        expect(page.get_by_role("alert")).to_contain_text("还可以再试 2 次")


def test_the_old_number_is_gone_but_the_phone_is_not(
    running: Running, browser: Browser, campus: Campus
) -> None:
    somebody, other, new = campus.take(), campus.take(), a_new_number(1)
    bind_by_api(running, other)
    with phone(browser) as page:
        carry(running, page, bind_by_api(running, somebody), tenant=UNION)
        visit(page, "/me/security", tenant=UNION)
        page.get_by_role("button", name="修改手机号").click()
        page.get_by_label("原手机号已停用").click()
        expect(page.get_by_label("原手机验证码")).to_have_count(0)
        # Wrong: no number, a number without a code, a code that was not sent, another member's number.
        page.get_by_label("新手机号").fill("123")
        page.locator("form").get_by_role("button", name="获取验证码").click()
        expect(page.get_by_role("alert")).to_contain_text("手机号")
        page.get_by_label("新手机号").fill(new)
        page.get_by_label("新手机验证码").fill("000000")
        page.get_by_role("button", name="确定").click()
        expect(page.get_by_role("alert").last).to_contain_text("没有向该手机号发送过")
        page.get_by_label("新手机号").fill(other.mobile)
        code_to(running, page, other.mobile, "新手机验证码")
        page.get_by_role("button", name="确定").click()
        expect(page.get_by_role("alert").last).to_contain_text("已用于另一位会员的账号")
        seen(page, "mobile-of-another")
        page.get_by_label("新手机号").fill(new)
        until_sealed(page, "mobile-change", size=60)
        page.reload()
        expect(page.get_by_label("新手机号")).to_have_value(new)
        expect(page.get_by_label("原手机号已停用")).to_be_checked()
        code_to(running, page, new, "新手机验证码")
        page.get_by_role("button", name="确定").dblclick()
        page.get_by_role("heading", name="人脸核验").wait_for()
        expect(page.locator("h1")).to_have_text("修改手机号")
        steer(running, face="fail")
        face(page, passes=False)
        page.reload()
        page.get_by_role("heading", name="人脸核验").wait_for()
        seen(page, "mobile-face")
        steer(running, face="pass")
        face(page, passes=True)
        page.get_by_role("heading", name="手机号已修改").wait_for()
        seen(page, "mobile-moved")
        page.get_by_role("button", name="进入首页").click()
        visit(page, "/me/profile", tenant=UNION)
        expect(page.locator("main")).to_contain_text(new[-4:])
    assert signs_in(running, new) == ""
    assert signs_in(running, somebody.mobile) == "mobile.not_registered"


def fill(page: Page, somebody: Person, mobile: str, *, name: str = "") -> None:
    page.get_by_label("姓名").fill(name or somebody.name)
    page.get_by_label("证件号码").fill(somebody.id_number)
    page.get_by_label("新手机号").or_(page.get_by_label("手机号码")).fill(mobile)


def test_number_and_phone_are_both_gone(running: Running, browser: Browser, campus: Campus) -> None:
    somebody, nobody, new = campus.take(), campus.take(), a_new_number(2)
    with phone(browser) as old, phone(browser) as page:
        carry(running, old, bind_by_api(running, somebody), tenant=UNION)
        go(running, page, "/sign-in", tenant=UNION)
        page.get_by_role("button", name="手机号和设备都换了").click()
        page.get_by_role("heading", name="找回账户").wait_for()
        seen(page, "recover-form")
        # Nothing typed, then another name than the registered one, then somebody who has no account.
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("alert").first).to_be_visible()
        fill(page, somebody, new, name="某某某")
        code_to(running, page, new)
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("alert")).to_contain_text("姓名")
        fill(page, nobody, new)
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("alert")).to_contain_text("还没有绑定账号")
        seen(page, "recover-nobody")
        expect(page.get_by_role("link", name="去绑定会员")).to_be_visible()
        fill(page, somebody, new)
        until_sealed(page, "recover", size=110)
        code = page.get_by_label("短信验证码").input_value()
        page.reload()
        expect(page.get_by_label("证件号码")).to_have_value(somebody.id_number)
        page.get_by_label("短信验证码").fill(code)
        lose_answer(page, "**/api/identity/bindings/recover")
        with watching(page, "POST", "/bindings/recover") as sent:
            page.get_by_role("button", name="下一步").dblclick()
            expect(page.get_by_role("alert")).to_contain_text("连不上")
            page.get_by_role("button", name="下一步").dblclick()
            page.get_by_role("heading", name="人脸核验").wait_for()
        assert len(sent) == 2 and len({one.headers["idempotency-key"] for one in sent}) == 1
        page.reload()
        expect(page.locator("h1")).to_have_text("找回账户")
        steer(running, face="pass")
        face(page, passes=True)
        page.get_by_role("heading", name="账户已找回").wait_for()
        seen(page, "recovered")
        page.get_by_role("button", name="进入首页").click()
        page.get_by_role("heading", name="服务", exact=True).wait_for()
        # The old phone is signed out and says so.
        old.evaluate("to => { location.hash = to }", f"#/{UNION}/me/profile")
        expect(old.get_by_text("登录已过期")).to_be_visible()
    assert signs_in(running, new) == ""


def test_a_second_account_for_one_member_is_told_of_the_first(
    running: Running, browser: Browser, campus: Campus
) -> None:
    somebody, new = campus.take(), a_new_number(3)
    bind_by_api(running, somebody)
    with phone(browser) as page:
        go(running, page, "/bind", tenant=UNION)
        fill(page, somebody, new)
        page.get_by_role("checkbox").check()
        code_to(running, page, new)
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("alert")).to_contain_text("一个会员只能绑定一个账号")
        seen(page, "bound-elsewhere")
        page.get_by_role("link", name="去找回原账户").click()
        page.get_by_role("heading", name="找回账户").wait_for()
        expect(page.get_by_label("新手机号")).to_be_visible()
