"""A phone that others use too, and a phone that is full: what was typed is its writer's, and is not lost unsaid."""

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person, people

from .browser import FULL, WALK
from .conftest import Crowd, Running
from .phone import carry, go, phone, register, sealed, seen, until_sealed, visit

pytestmark = [*WALK, pytest.mark.timeout(600)]


def type_in(page: Page, somebody: Person) -> None:
    page.get_by_label("姓名").fill(somebody.name)
    page.get_by_label("身份证号").fill(somebody.id_number)
    page.get_by_label("手机号码").fill(somebody.mobile)


@pytest.mark.feature("N.07", "N.10")
def test_what_nobody_in_particular_typed_stays_in_its_tab(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    """Before signing in: a reload keeps it, the next person's tab does not show it, signing in wipes it."""
    stranger, member = next(people(1, seed=4)), crowd.take()
    with phone(browser) as first:
        go(running, first, "/register")
        type_in(first, stranger)
        until_sealed(first, "register", size=80)
        first.reload()
        expect(first.get_by_label("身份证号")).to_have_value(stranger.id_number)
        second = first.context.new_page()
        second.goto(f"{running.url}/m/#/wuxi/register")
        expect(second.get_by_label("姓名")).to_have_value("")
        expect(second.get_by_label("身份证号")).to_have_value("")
        second.close()
        first.reload()
        expect(first.get_by_label("身份证号")).to_have_value(stranger.id_number)
        carry(running, first, register(running, member))
        assert sealed(first)["rows"] == [], "who signs in does not find what was typed before"


@pytest.mark.feature("N.10")
def test_a_full_phone_says_so_and_keeps_what_is_on_the_page(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    with phone(browser) as page:
        carry(running, page, register(running, crowd.take()))
        visit(page, "/me/addresses")
        page.get_by_role("button", name="添加").click()
        page.evaluate(FULL)
        page.get_by_label("收件人").fill("王芳")
        page.get_by_label("手机号码").fill("13800000000")
        full = page.locator(".full[role=alert]")
        expect(full).to_contain_text("本机存储空间已满")
        seen(page, "full")
        page.get_by_label("所在地区").fill("江苏省无锡市滨湖区")
        page.get_by_label("详细地址").fill("太湖大道1号")
        page.evaluate("window.full = false")
        page.get_by_label("详细地址").fill("太湖大道2号")
        expect(full).to_have_count(0)
        page.reload()
        expect(page.get_by_label("收件人")).to_have_value("王芳")
        page.get_by_role("button", name="保存").click()
        expect(page.locator("article")).to_contain_text("太湖大道2号")
