"""A campus union in the browser: through its portal into both apps, binding by face or bank card, joining, dues."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from common.clock import today

from .browser import WALK
from .campus import (
    BANK_CARD,
    BY_CAS,
    UNION,
    WECHAT,
    WOMEN,
    Campus,
    begin_to_bind,
    by_the_chair,
    pay,
    steer,
    through_the_portal,
)
from .conftest import Running
from .desk import cut_off, desk, keep_picture, violations
from .phone import confirmed_first, go, lose_answer, phone, seen, until_sealed, watching

pytestmark = [*WALK, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What the phone keeps from test to test."""
    return {}


@pytest.mark.feature("A.01")
def test_a_member_comes_in_through_the_portal(running: Running, browser: Browser, campus: Campus) -> None:
    with phone(browser) as page:
        go(running, page, "/me/profile", tenant=UNION)
        seen(page, "portal-sign-in")

        def refuse(route: Route) -> None:
            back = httpx.URL(route.request.url).params["service"]
            route.fulfill(status=302, headers={"location": f"{back}&error=access_denied"})

        page.route("**/cas/login?*", refuse)
        page.get_by_role("button", name=BY_CAS).click()
        expect(page.get_by_role("alert")).to_contain_text("没有同意登录")
        assert page.evaluate("location.search") == "", "a portal's answer does not stay in the address"
        seen(page, "portal-refused")
        page.get_by_role("button", name="重新登录").click()
        page.unroute("**/cas/login?*")
        comes = campus.comes
        through_the_portal(
            page, subject="m1", name=comes.name, document_number=comes.id_number, mobile=comes.mobile
        )
        page.get_by_role("heading", name="服务", exact=True).wait_for()
        go(running, page, "/join", tenant=UNION)
        # Nothing is begun before the privacy statement was agreed to; then one is where one wanted to go.
        expect(page.get_by_role("status")).to_contain_text("同意后自动回到您要办理的事")
        seen(page, "consent-first")
        page.get_by_role("button", name="我已阅读并同意").click()
        expect(page.locator("article", has_text=WOMEN).get_by_role("button", name="填写申请")).to_be_visible()
        go(running, page, "/apply", tenant=UNION)
        expect(page.get_by_role("link", name="女职工特殊疾病互助金申请")).to_be_visible()
        page.context.clear_cookies()
        page.evaluate("localStorage.clear()")
        page.goto(f"{running.url}/m/?state={'x' * 20}&ticket=ST-1#/{UNION}/portal/cas")
        expect(page.get_by_role("alert")).to_contain_text("没有找到这次登录的记录")


@pytest.mark.feature("A.01")
def test_staff_come_in_through_the_portal(running: Running, browser: Browser, campus: Campus) -> None:
    with desk(browser) as page:
        page.goto(f"{running.url}/console/#/{UNION}/sign-in")
        through_the_portal(page, subject="nobody", name="路人")
        page.get_by_role("heading", name="没有登录成功").wait_for()
        expect(page.get_by_role("alert")).not_to_be_empty()
        assert violations(page) == [] and cut_off(page) <= 0
        keep_picture(page, "portal-refused")
        page.get_by_role("link", name="重新登录").click()
        through_the_portal(page, subject="office1", name="经晓", user_name="office1")
        page.get_by_role("navigation", name="菜单").wait_for()
        assert page.evaluate("location.search") == ""


@pytest.mark.feature("E.01", "E.02", "N.10")
def test_binding_by_face_then_by_bank_card(
    running: Running, browser: Browser, campus: Campus, kept: dict[str, Any]
) -> None:
    steer(running, face="fail", card="pass")
    with phone(browser) as page:
        begin_to_bind(running, page, campus.binds)
        seen(page, "bind-face")
        page.reload()
        for left in (2, 1, 0):
            if left == 2:
                page.get_by_role("checkbox").check()
            page.get_by_role("button", name="开始人脸核验" if left == 2 else "再试一次").dblclick()
            page.get_by_role("button", name="我已完成核验").dblclick()
            if left:
                expect(page.get_by_role("alert")).to_contain_text(f"还可以再试 {left} 次")
        page.get_by_role("heading", name="银行卡四要素核验").wait_for()
        page.get_by_role("heading", name="联系我们").wait_for()
        seen(page, "bind-other-ways")
        page.get_by_label("银行卡号").fill(BANK_CARD)
        page.get_by_role("button", name="核验", exact=True).click()
        page.get_by_role("heading", name="绑定成功").wait_for()
        seen(page, "bound")
        page.get_by_role("button", name="进入首页").click()
        for name, path in {"join": "/join", "dues": "/dues", "condolence": "/apply/condolence"}.items():
            go(running, page, path, tenant=UNION)
            expect(page.locator(".state[role=alert]")).to_have_count(0)
            seen(page, name)
        with phone(browser) as other:
            # From now on the mini-program opens the account.
            other.goto(f"{running.url}/m/#wechat={UNION}.{WECHAT}")
            other.get_by_role("heading", name="服务", exact=True).wait_for()
            assert WECHAT not in other.evaluate("location.href")
        kept["storage"] = page.context.storage_state()


COVER = "/api/enrollment/applications?status=submitted"
CLAIMS = "/api/claims/claims?status=in_review"


@pytest.mark.feature("A.04", "A.05", "A.06", "A.07", "N.10")
def test_joining_by_form_preview_and_chair_until_it_is_paid(
    running: Running, browser: Browser, campus: Campus, kept: dict[str, Any]
) -> None:
    """After the binding above: the form, what is wrong in it, a reload, its preview, a lost answer, the chair."""
    with phone(browser, kept["storage"]) as page:
        go(running, page, "/join", tenant=UNION)
        join(running, page, campus)


def join(running: Running, page: Page, campus: Campus) -> None:
    lost = lose_answer(page, "**/api/enrollment/applications")
    with watching(page, "POST", "/api/enrollment/applications") as sent:
        page.get_by_role("button", name="填写申请").first.dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        page.get_by_role("button", name="填写申请").first.dblclick()
        page.get_by_label("工号").wait_for()
    assert [one.headers["idempotency-key"] for one in sent] == lost * 2, "one application"
    page.get_by_label("工号").fill("20190077")
    page.get_by_label("份数").fill("9")
    expect(page.locator("main")).to_contain_text("健康告知")
    page.get_by_role("button", name="保存并预览").click()
    expect(page.locator(".van-field__error-message")).to_have_text("不能大于 3。")
    page.get_by_label("份数").fill("3")
    page.get_by_role("button", name="保存并预览").click()
    expect(page.locator(".problem")).to_contain_text("本人确认健康告知内容属实：此项必填")
    expect(page.get_by_text("还有内容要补齐")).to_be_visible()
    page.get_by_role("button", name="返回修改").click()
    page.get_by_label("份数").fill("9")
    page.locator("select[name=healthy]").select_option("yes")
    seen(page, "join-form")
    page.get_by_role("button", name="保存并预览").click()
    expect(page.locator(".van-field__error-message")).to_have_text("不能大于 3。")
    page.get_by_label("份数").fill("2")
    expect(page.locator(".hint", has_text=re.compile(r"^\s*已保存"))).to_be_visible()
    page.reload()
    expect(page.get_by_label("份数")).to_have_value("2")
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("heading", name="预览").wait_for()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_disabled()
    expect(page.get_by_text("请先阅读并勾选上面的健康告知")).to_be_visible()
    page.get_by_role("checkbox").check()
    expect(page.get_by_text("请先阅读并勾选")).to_have_count(0)
    seen(page, "join-preview")
    lose_answer(page, "**/api/enrollment/applications/*/submit")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    expect(page.get_by_role("alert")).to_contain_text("连不上")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    page.get_by_role("heading", name="办理进度").wait_for()
    seen(page, "join-submitted")
    by_the_chair(running, campus, COVER, ("return", {"reason": "请核对份数"}))
    page.reload()
    expect(page.locator("p.wrong")).to_have_text("退回原因：请核对份数")
    expect(page.locator("h2 .pill")).to_have_text("已退回，请修改")
    expect(page.locator(".timeline li").first).to_contain_text("已退回")
    seen(page, "join-returned")
    page.get_by_label("份数").fill("1")
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("h2 .pill")).to_have_text("待审批")
    by_the_chair(running, campus, COVER, ("approve", {"opinion": "同意"}))
    page.reload()
    pay(running, page, "payment")


@pytest.mark.feature("A.05")
def test_dues_by_salary_band_are_paid(running: Running, browser: Browser, kept: dict[str, Any]) -> None:
    """A bill of two months, made once, paid, with its receipt's number."""
    with phone(browser, kept["storage"]) as page:
        go(running, page, "/dues", tenant=UNION)
        for place in range(2):
            page.locator("input[name=period]:enabled").nth(place).check()
        page.locator("input[name=wage]").fill("6000")
        until_sealed(page, "dues", size=60)
        page.reload()
        expect(page.locator("input[name=wage]")).to_have_value("6000")
        expect(page.locator("input[name=period]:checked")).to_have_count(2)
        lose_answer(page, "**/dues/bills")
        page.get_by_role("button", name="生成账单").dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        # The bill was made; after a reload it stands there once, and its months are not ticked again.
        page.reload()
        page.get_by_role("button", name="去缴费").wait_for()
        expect(page.locator("section article.card")).to_have_count(1)
        expect(page.get_by_role("button", name="生成账单")).to_be_disabled()
        expect(page.locator("section article.card")).to_contain_text("40.00 元")
        seen(page, "dues-bill")
        pay(running, page, "dues-payment")
        go(running, page, "/dues", tenant=UNION)
        expect(page.locator("section article.card")).to_contain_text("收据号")
        with page.expect_download() as receipt:
            page.get_by_role("button", name="打开、打印收据").click()
        assert Path(receipt.value.path()).read_bytes().startswith(b"%PDF")
        seen(page, "dues-paid")


@pytest.mark.feature("A.02", "A.04")
def test_only_what_one_may_use_is_offered(running: Running, browser: Browser, kept: dict[str, Any]) -> None:
    """By department and words; what is for women only says so to a man, before he types anything."""
    with phone(browser, kept["storage"]) as page:
        go(running, page, "/services", tenant=UNION)
        page.locator("select[name=department]").select_option("校工会")
        page.locator("input[name=q]").fill("慰问")
        page.get_by_role("button", name="搜索").click()
        expect(page.locator("main a.card")).to_have_count(1)
        page.locator("input[name=q]").fill("女职工")
        page.get_by_role("button", name="搜索").click()
        expect(page.get_by_text("没有符合条件的事项")).to_be_visible()
        seen(page, "services-none")
        go(running, page, "/join", tenant=UNION)
        expect(page.locator("article", has_text=WOMEN)).to_contain_text("只限女性")
        go(running, page, "/apply", tenant=UNION)
        women = page.locator("article.card", has_text="女职工特殊疾病互助金申请")
        expect(women).to_contain_text("只限女性")
        seen(page, "apply-not-for-me")
        go(running, page, "/apply/women-special", tenant=UNION)
        expect(page.locator(".problem")).to_contain_text("只限女性")
        expect(page.get_by_role("button", name="开始填写")).to_have_count(0)
        go(running, page, "/products/women-special", tenant=UNION)
        page.get_by_role("link", name="所列疾病（5 种）").click()
        expect(page.locator("li", has_text="原发性乳腺癌")).to_contain_text("每份 10,000.00 元")
        expect(page.locator("li", has_text="女性原位癌")).to_contain_text("轻度")
        seen(page, "illnesses")


HEIR_NUMBER = "110108200503121225"


@pytest.mark.feature("A.03", "A.06", "A.07", "B.02", "B.04")
def test_condolence_is_asked_for_a_member_who_has_died(
    running: Running, browser: Browser, campus: Campus, kept: dict[str, Any]
) -> None:
    """By a relative: who, consent, a short text in place of a certificate, the heir who is paid, the chair."""
    dead = campus.comes
    with phone(browser, kept["storage"]) as page:
        go(running, page, "/me/applicants", tenant=UNION)
        page.get_by_role("button", name="添加").click()
        page.get_by_label("姓名").fill(dead.name)
        page.locator("select[name=relation]").select_option("spouse")
        page.get_by_label("证件号码").fill(dead.id_number)
        page.get_by_role("button", name="保存").click()
        expect(page.locator("article")).to_have_count(1)
        go(running, page, "/apply/condolence", tenant=UNION)
        page.get_by_role("button", name="代人申请").click()
        page.locator("select[name=frequent]").select_option(index=1)
        expect(page.locator("input[name=behalf_number]")).to_have_value(dead.id_number)
        expect(page.locator("select[name=relation]"), "as on file").to_have_value("spouse")
        page.get_by_role("button", name="开始填写").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.locator("input[name=behalf_consent]").check()
        seen(page, "apply-for-another")
        page.get_by_role("button", name="开始填写").dblclick()
        page.wait_for_url("**/fill")
        page.locator("select[name=reason]").select_option("member-death")
        page.get_by_label("发生日期").fill(today().isoformat())
        page.get_by_label("情况说明").fill("1970 年 1 月 2 日出生，")
        page.get_by_role("button", name="保存并预览").click()
        page.get_by_role("heading", name="材料清单").wait_for()
        seen(page, "condolence-missing")
        expect(page.get_by_role("button", name="提交申请")).to_be_disabled()
        page.get_by_role("button", name="返回修改").click()
        page.get_by_label("情况说明").fill(f"1970 年 1 月 2 日出生，{today():%Y 年 %m 月 %d 日}离世。")
        heir = {"name": dead.name, "document_number": dead.id_number, "card_number": BANK_CARD}
        for name, value in heir.items():
            page.locator(f"input[name='payee.{name}']").fill(value)
        page.locator("select[name='payee.relation']").select_option("child")
        page.get_by_role("button", name="保存收款人").click()
        expect(page.locator(".van-field__error-message")).to_have_text(["请填写开户银行"])
        page.locator("input[name='payee.bank_name']").fill("中国工商银行")
        page.get_by_role("button", name="保存收款人").click()
        expect(page.locator(".van-field__error-message")).to_have_count(2)
        expect(page.get_by_text("这是已去世的被保障人本人的证件号码")).to_be_visible()
        page.locator("input[name='payee.name']").fill("郑小雨")
        page.locator("input[name='payee.document_number']").fill(HEIR_NUMBER)
        page.locator("input[name='payee.mobile']").fill("13912345678")
        expect(page.get_by_label("收款银行卡")).to_have_count(0)
        page.get_by_role("button", name="保存收款人").click()
        expect(page.locator(".told")).to_contain_text("郑小雨")
        seen(page, "condolence-fill")
        page.get_by_role("button", name="保存并预览").click()
        page.get_by_role("heading", name="材料清单").wait_for()
        paid = page.locator("section.payee")
        for words in ("郑**", "法定继承人", "子女", "139****5678", "中国工商银行"):
            expect(paid).to_contain_text(words)
        expect(page.get_by_text("收款银行卡")).to_have_count(0)
        seen(page, "condolence-preview")
        submit = page.get_by_role("button", name="提交申请")
        confirmed_first(
            running, page, campus.binds, lambda: submit.dblclick(), path="**/submit", tenant=UNION
        )
        page.get_by_role("heading", name="办理进度").wait_for()
        by_the_chair(
            running,
            campus,
            CLAIMS,
            ("decisions", {"node": "chair", "action": "agree", "opinion": "同意慰问"}),
        )
        page.reload()
        expect(page.get_by_text("同意慰问")).to_be_visible()
        seen(page, "condolence-agreed")
