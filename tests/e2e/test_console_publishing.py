"""What a union publishes: an announcement and a quiz with codes, made at the desk, found and won on the phone."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from common.clock import today
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Running
from .desk import (
    SCREENS,
    TENANT,
    answer,
    code_for,
    cut_off,
    desk,
    keep_picture,
    open_page,
    press,
    register_member,
    sign_in,
    violations,
)

pytestmark = [*WALK, pytest.mark.timeout(600)]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def member(running: Running) -> Person:
    """One for each test: the next code for a number comes after a minute only."""
    return register_member(running, seed=time.time_ns() // 1000)


def phone_of(running: Running, browser: Browser, somebody: Person) -> Page:
    """A phone on which a member is signed in."""
    page = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True).new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{running.url}/m/#/{TENANT}/sign-in")
    page.get_by_label("手机号码").fill(somebody.mobile)
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since))
    page.locator("form").get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("heading", name="服务", exact=True).wait_for()
    return page


def go(page: Page, running: Running, path: str) -> None:
    page.goto("about:blank")
    page.goto(f"{running.url}/m/#/{TENANT}{path}")
    page.wait_for_selector("h1")
    page.wait_for_load_state("networkidle")


def seen(page: Page, name: str) -> None:
    """A page of the phone: a picture is kept, nothing is cut off, axe finds nothing, in both type sizes."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"member-{name}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 640})
    for large in (False, True):
        page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
        assert cut_off(page) <= 0, f"{name}, large={large}"
        assert violations(page) == [], f"{name}, large={large}"
    page.evaluate("document.documentElement.classList.remove('large-type')")
    page.set_viewport_size(PHONE)


@pytest.mark.feature("B.11", "E.03", "E.09")
def test_an_announcement_is_written_published_and_read(
    running: Running, browser: Browser, member: Person
) -> None:
    title = f"关于互助保障服务时间的公告 {int(time.time())}"
    with desk(browser) as page:
        sign_in(running, page, "admin1")
        open_page(running, page, "contents")
        page.get_by_role("link", name="新建").click()
        page.fill("input[name=title_zh]", title)
        page.locator("[data-name=body_zh]").click()
        page.keyboard.type("服务时间调整为")
        page.keyboard.press("Control+b")
        page.keyboard.type("9:00至17:00")
        page.keyboard.press("Control+b")
        page.keyboard.type("。<script>1</script>")
        page.wait_for_timeout(1_500)  # what was typed is kept a moment after the last key
        page.reload()
        expect(page.locator("input[name=title_zh]")).to_have_value(title)
        press(page, "预览")
        preview = page.get_by_role("region", name="手机预览")
        expect(preview.locator("strong")).to_have_text("9:00至17:00")
        assert "<script" not in preview.inner_html(), "what is typed is words, never tags"
        press(page, "保存")
        page.get_by_role("heading", name="编辑内容").wait_for()
        assert violations(page) == []
        open_page(running, page, "contents?state=draft")
        row = page.locator("tr", has_text=title)
        row.get_by_role("button", name="发布").click()
        answer(page, "发布")
        open_page(running, page, "contents?state=published")
        row.get_by_role("button", name="置顶").click()
        answer(page, "置顶")
        keep_picture(page, "contents")
    phone = phone_of(running, browser, member)
    go(phone, running, "")
    phone.get_by_text(title).wait_for()
    seen(phone, "home")
    phone.get_by_text(title).click()
    phone.get_by_text("9:00至17:00").wait_for()
    seen(phone, "article")
    go(phone, running, "/articles/list/announcement")
    phone.get_by_text(title).wait_for()
    seen(phone, "articles")
    phone.context.close()


@pytest.mark.feature("E.04")
def test_a_quiz_is_made_and_won(running: Running, browser: Browser, member: Person, tmp_path: Path) -> None:
    title = f"工会知识答题 {int(time.time())}"
    codes = tmp_path / "codes.txt"
    codes.write_text("\n".join(f"GIFT{int(time.time()) % 10**6:06d}{number:04d}" for number in range(3)))
    with desk(browser) as page:
        sign_in(running, page, "admin1")
        open_page(running, page, "campaigns")
        press(page, "新建活动")
        answer(
            page,
            "新建活动",
            title=title,
            gives="code",
            opens_on=f"{today():%Y-%m-%d}",
            closes_on=f"{today() + timedelta(days=3):%Y-%m-%d}",
            body="答对两题即可领取。",
        )
        page.get_by_role("heading", name=title).wait_for()
        press(page, "添加答题")
        for place, (words, options, right) in enumerate(
            (
                ("中华全国总工会成立于哪一年？", "1921\n1925\n1949", "2"),
                ("工会法适用于哪里？", "中国境内\n只在城市", "1"),
            )
        ):
            if place:
                press(page, "加一题")
            page.fill(f"[name=words-{place}]", words)
            page.fill(f"[name=options-{place}]", options)
            page.fill(f"[name=right-{place}]", right)
        page.fill("[name=pass_mark]", "2")
        page.fill("[name=attempts]", "2")
        press(page, "保存答题")
        page.get_by_text("2 题，答对 2 题通过").wait_for()
        press(page, "导入电子码")
        page.get_by_role("dialog").locator("input[type=file]").set_input_files(codes)
        answer(page, "导入电子码")
        page.get_by_text("3 / 3").wait_for()
        press(page, "修改")
        answer(page, "修改活动", per_person=1, place="市民中心")
        press(page, "发布")
        answer(page, "发布活动")
        page.get_by_text("已发布").wait_for()
        assert violations(page) == []
        keep_picture(page, "campaign")
    phone = phone_of(running, browser, member)
    go(phone, running, "/activities")
    phone.get_by_text(title).wait_for()
    seen(phone, "activities")
    phone.get_by_text(title).click()
    phone.get_by_role("button", name="开始答题").wait_for()
    seen(phone, "activity")
    phone.get_by_role("button", name="开始答题").click()
    for number in range(2):
        phone.get_by_text(f"第 {number + 1} / 2 题").wait_for()
        if number == 0:
            seen(phone, "quiz")
            phone.reload()
            phone.get_by_text("第 1 / 2 题").wait_for()
        known = phone.get_by_label("1925")
        (known if known.count() else phone.get_by_label("中国境内")).check()
        phone.get_by_role("button", name="下一题").click()
    phone.get_by_text("答题通过").wait_for()
    seen(phone, "quiz-passed")
    phone.get_by_role("button", name="返回活动").click()
    phone.get_by_role("button", name="领取").click()
    phone.locator(".code").wait_for()
    assert phone.locator(".code").inner_text().startswith("GIFT")
    phone.locator(".pass img").wait_for()
    seen(phone, "reward")
    go(phone, running, "/rewards")
    phone.locator("article").filter(has_text="已发放").first.wait_for()
    assert "待领取" not in phone.locator("article").first.inner_text(), "a code that was given has one state"
    seen(phone, "rewards")
    phone.context.close()
