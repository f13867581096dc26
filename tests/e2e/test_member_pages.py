"""Every page of a member who is signed in, with something on it: looked at by axe on both widths in both type sizes."""

import time
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from common.clock import today
from huzhu.people.persons import Person, people

from .browser import WALK
from .conftest import Running
from .desk import TENANT
from .keeping import kept, member, page
from .phone import confirmed_first, go, raw, seen, token_of, visit

__all__ = ["kept", "member", "page"]
pytestmark = [*WALK, pytest.mark.timeout(600)]
PAGES = {
    "messages": "/messages",
    "me": "/me",
    "cover": "/cover",
    "payouts": "/payouts",
    "products": "/products",
    "product": "/products/three-in-one",
    "illnesses": "/products/three-in-one/illnesses",
    "services": "/services",
    "apply": "/apply",
    "apply-begin": "/apply/critical-illness",
    "claims": "/claims",
    "activities-mine": "/activities",
    "my-activities": "/rewards",
    "help": "/articles/list/help",
    "faq": "/articles/list/faq",
    "health": "/articles/list/health",
    "introductions": "/articles/list/introduction",
    "sample": "/articles/sample-pathology",
    "profile": "/me/profile",
    "documents": "/me/documents",
    "settings": "/me/settings",
    "security": "/me/security",
    "privacy": "/privacy",
    "contact": "/contact",
}


ASKING = (
    *(
        "/cover",
        "/payouts",
        "/claims",
        "/messages",
        "/products",
        "/products/three-in-one",
        "/services",
        "/apply",
    ),
    *(
        "/apply/hospital",
        "/activities",
        "/rewards",
        "/articles/list/help",
        "/articles/sample-pathology",
        "/privacy",
    ),
    *(
        "/me/profile",
        "/me/cards",
        "/me/addresses",
        "/me/documents",
        "/me/applicants",
        "/me/settings",
        "/me/security",
    ),
)
"""Pages that ask a service for what they show."""
NOWHERE = (
    *(
        f"/{place}/01900000-0000-7000-8000-000000000000"
        for place in ("claims", "activities", "rewards", "articles")
    ),
    *(
        "/articles/nowhere",
        "/products/nowhere",
        "/apply/nowhere",
        "/claims/nowhere",
        "/articles/list/nowhere",
    ),
)
"""Addresses of what is not there, or no longer."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(path)
    return path


@pytest.mark.feature("C.13", "E.08")
def test_every_page_is_accessible_and_whole(running: Running, page: Page) -> None:
    faults: list[str] = []
    for name, path in PAGES.items():
        visit(page, path)
        faults += [f"{name}: {one}" for one in page.locator(".state[role=alert]").all_inner_texts()]
        try:
            seen(page, name)
        except AssertionError as found:
            faults.append(str(found))
    assert faults == [], "\n".join(faults)


@pytest.mark.feature("N.10")
def test_pages_say_what_is_wrong_and_load_again(running: Running, page: Page) -> None:
    """The service is away, then slow, then refuses, then there: each time the page says so and what to do."""
    for path in ASKING:
        page.route("**/api/**", lambda route: route.abort())
        visit(page, path)
        said = page.locator(".state[role=alert]").first
        expect(said, path).to_contain_text("连不上服务，请检查网络后重试")
        page.unroute("**/api/**")
        said.get_by_role("button", name="重试").click()
        expect(page.locator(".state[role=alert]"), path).to_have_count(0)
    held: list[Route] = []
    page.route("**/api/claims/kinds", lambda route: held.append(route))
    page.evaluate("to => { location.hash = to }", f"#/{TENANT}/apply/hospital")
    expect(page.get_by_text("正在加载")).to_be_visible()
    seen(page, "loading")
    refusal = {"code": "auth.not_permitted", "detail": "无权", "status": 403}
    for route in held:
        route.fulfill(status=403, json=refusal, content_type="application/problem+json")
    expect(page.locator(".state[role=alert]")).to_contain_text("没有开放这项功能")
    seen(page, "not-offered")
    page.unroute("**/api/claims/kinds")
    page.get_by_role("link", name="联系我们").click()
    expect(page.locator("a[href^='tel:0510-']")).to_be_visible()  # another test changes the pack
    page.context.set_offline(True)
    visit(page, "/cover")
    expect(page.get_by_text("网络不可用")).to_be_visible()
    seen(page, "offline")
    page.context.set_offline(False)


@pytest.mark.feature("N.10")
def test_what_is_not_there_says_so_and_where_to_go(running: Running, page: Page) -> None:
    for path in NOWHERE:
        visit(page, path)
        said = page.locator(".state")
        expect(said, path).to_be_visible()
        assert not raw(page), path
        expect(said.get_by_role("link", name="进入首页"), path).to_be_visible()
    seen(page, "nowhere")


@pytest.mark.feature("E.11")
def test_cards_and_addresses_are_added_changed_and_removed(
    running: Running, page: Page, member: Person
) -> None:
    go(running, page, "/me/addresses")
    page.get_by_role("button", name="添加").click()
    page.get_by_label("收件人").fill("王芳")
    page.get_by_label("手机号码").fill("13800000000")
    page.get_by_label("所在地区").fill("江苏省无锡市滨湖区")
    page.wait_for_timeout(400)
    page.reload()
    expect(page.get_by_label("收件人")).to_have_value("王芳")
    seen(page, "address-form")
    page.get_by_label("详细地址").fill("太湖大道1号")
    page.get_by_role("button", name="保存").dblclick()
    expect(page.locator("article")).to_have_count(1)
    page.get_by_role("button", name="修改").click()
    page.get_by_label("手机号码").fill("13800000001")
    page.get_by_label("详细地址").fill("太湖大道2号")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("article")).to_contain_text("太湖大道2号")
    page.reload()
    expect(page.locator("article")).to_have_count(1)
    seen(page, "addresses")
    page.get_by_role("button", name="删除").click()
    page.get_by_role("group", name="确定删除").get_by_role("button", name="删除").click()
    expect(page.locator("article")).to_have_count(0)

    go(running, page, "/me/cards")
    page.get_by_role("button", name="添加").click()
    page.get_by_label("开户银行").fill("无锡农村商业银行")
    page.get_by_label("银行卡号").fill("6222 0212 3456 7890 123")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("银行卡号").fill("6222 0212 3456 7890 128")
    save = page.get_by_role("button", name="保存")
    confirmed_first(running, page, member, lambda: save.dblclick(), path="**/members/me/bank-cards")
    expect(
        page.locator("article", has_text="0128").or_(page.locator("article", has_text="128"))
    ).to_be_visible()
    assert "6222021234567890128" not in page.inner_text("main").replace(" ", "")
    seen(page, "cards")


@pytest.mark.feature("B.04")
def test_frequent_applicants_are_added_changed_and_removed(
    running: Running, page: Page, picture: Path
) -> None:
    somebody = next(people(1, seed=int(time.time()) + 3))
    go(running, page, "/me/applicants")
    page.get_by_role("button", name="添加").click()
    page.get_by_label("姓名").fill(somebody.name)
    page.locator("select[name=relation]").select_option("spouse")
    page.get_by_label("证件号码").fill(somebody.id_number)
    page.get_by_label("银行卡号").fill(somebody.social_card)
    seen(page, "applicant-form")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("article")).to_have_count(1)
    page.get_by_role("button", name=f"修改 {somebody.name}").or_(
        page.get_by_role("button", name="修改")
    ).first.click()
    expect(page.get_by_label("证件号码")).to_have_value(somebody.id_number)
    page.locator("select[name=relation]").select_option("parent")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("article .pill").first).to_have_text("父母")
    page.get_by_role("button", name="证件照片").click()
    page.locator("input[type=file]:not([capture])").first.set_input_files(picture)
    expect(page.locator("article")).to_contain_text("身份证", timeout=30_000)
    page.locator("article p .pill").first.wait_for(timeout=30_000)
    seen(page, "applicants")
    go(running, page, "/me/documents")
    expect(page.locator("article")).to_have_count(0)
    go(running, page, "/me/applicants")
    page.locator("article .van-button--danger").click()
    page.get_by_role("group", name="确定删除").get_by_role("button", name="删除").click()
    expect(page.locator("article")).to_have_count(0)


@pytest.mark.feature("B.07", "B.08", "C.10", "C.12", "E.06")
def test_an_application_from_its_beginning_to_its_timeline(
    running: Running, page: Page, picture: Path
) -> None:
    go(running, page, "/apply/critical-illness")
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url("**/fill")
    page.get_by_role("link", name="看“病理报告").wait_for()
    page.locator("select[name=illness]").select_option(index=1)
    page.get_by_label("确诊时间").fill(f"{today():%Y-%m-%d}")
    page.get_by_label("医疗机构").fill("无锡市人民医院")
    for place in (0, 1):
        page.locator("input[type=file]:not([capture])").nth(place).set_input_files(picture)
        expect(page.locator(".thumbs li")).to_have_count(place + 1, timeout=30_000)
    expect(page.get_by_text("识别中")).to_have_count(0, timeout=120_000)
    seen(page, "claim-fill")
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("heading", name="材料清单").wait_for()
    seen(page, "claim-preview")
    page.get_by_role("button", name="提交申请").dblclick()
    page.get_by_role("heading", name="办理进度").wait_for()
    seen(page, "claim")
    go(running, page, "/claims")
    expect(page.locator("main a.card")).to_have_count(1)
    page.locator("select[name=product]").select_option("three-in-one")
    page.locator("select[name=year]").select_option(f"{today():%Y}")
    expect(page.locator("main a.card")).to_have_count(1)
    seen(page, "claims-found")
    page.locator("select[name=year]").select_option(f"{today().year - 2}")
    expect(page.get_by_text("没有符合条件的申请")).to_be_visible()
    found = httpx.get(
        f"{running.url}/api/claims/claims",
        headers={"X-Tenant": TENANT, "Authorization": f"Bearer {token_of(page)}"},
        trust_env=False,
    )
    assert len(found.json()["items"]) == 1


@pytest.mark.feature("B.05", "B.06")
def test_each_stay_has_its_papers_and_can_be_taken_out(running: Running, page: Page) -> None:
    go(running, page, "/apply/hospital")
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url("**/fill")
    page.locator("[name='stays.1.hospital']").fill("无锡市人民医院")
    page.get_by_role("button", name="添加住院信息").click()
    page.locator("[name='stays.2.hospital']").fill("江阴市人民医院")
    for stay in (1, 2):
        expect(page.get_by_role("heading", name=f"第 {stay} 次住院")).to_be_visible()
    expect(page.get_by_role("heading", name="上传材料")).to_have_count(2)
    seen(page, "claim-stays")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    page.reload()
    expect(page.locator("[name='stays.2.hospital']")).to_have_value("江阴市人民医院")
    page.get_by_role("button", name="删除这次住院").click()
    page.get_by_role("group").get_by_role("button", name="删除这次住院").click()
    expect(page.locator("[name='stays.2.hospital']")).to_have_count(0)
    expect(page.locator("[name='stays.1.hospital']")).to_have_value("无锡市人民医院")
    page.reload()
    expect(page.locator("[name='stays.1.hospital']")).to_have_value("无锡市人民医院")
    expect(page.locator("[name='stays.2.hospital']")).to_have_count(0)
