"""A bad network and an impatient thumb (N.10): nothing twice, nothing lost, in the member app."""

import random
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from common.clock import today
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, code_for
from .keeping import kept, member, page
from .phone import go, lose_answer, phone, sealed, seen, token_of, until_sealed, watching

__all__ = ["kept", "member", "page"]
pytestmark = [*WALK, pytest.mark.timeout(600)]
N10 = pytest.mark.feature("N.10")
FILE_INPUT = "input[type=file]:not([capture])"


def photo(path: Path, *, seed: int) -> Path:
    """A photo of about a megabyte that no compression makes smaller: it goes in several pieces."""
    noise = random.Random(seed).randbytes(840 * 640 * 3)
    Image.frombytes("RGB", (840, 640), noise).save(path, quality=97)
    assert 500_000 < path.stat().st_size < 1_300_000
    return path


def claims_of(running: Running, page: Page, **query: str) -> list[dict[str, Any]]:
    answer = httpx.get(
        f"{running.url}/api/claims/claims",
        params={"limit": "50", **query},
        headers={"X-Tenant": TENANT, "Authorization": f"Bearer {token_of(page)}"},
        trust_env=False,
    )
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def begun(running: Running, page: Page) -> str:
    """Begin an application for a critical illness and return its id."""
    go(running, page, "/apply/critical-illness")
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url("**/fill")
    page.locator("select[name=illness]").wait_for()
    return str(page.evaluate("location.hash")).split("/")[-2]


@N10
def test_a_double_tap_and_a_lost_answer_begin_one_application(running: Running, page: Page) -> None:
    before = len(claims_of(running, page))
    go(running, page, "/apply/critical-illness")
    lost = lose_answer(page, "**/api/claims/claims")
    with watching(page, "POST", "/api/claims/claims") as sent:
        page.get_by_role("button", name="开始填写").dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        assert len(sent) == 1, "the second tap sends nothing"
        page.get_by_role("button", name="开始填写").click()
        page.wait_for_url("**/fill")
    page.unroute_all()
    assert [one.headers["idempotency-key"] for one in sent] == lost * 2
    assert len(claims_of(running, page)) == before + 1


@N10
def test_what_is_typed_lies_sealed_until_the_server_has_it(
    running: Running, page: Page, browser: Browser
) -> None:
    claim, fields = begun(running, page), "**/api/claims/claims/*/fields"
    page.route(fields, lambda route: route.abort())
    page.locator("select[name=illness]").select_option(index=2)
    page.get_by_label("医疗机构").fill("无锡市第二人民医院")
    expect(page.get_by_role("status").filter(has_text="加密存在本机")).to_be_visible()
    until_sealed(page, f"claim.{claim}", size=80)
    lying = sealed(page)
    assert "第二人民医院" not in str(lying) + str(page.evaluate("({...localStorage})"))
    assert set(lying["keys"]) == {False}, "no key can be taken out of the browser"
    page.reload()
    expect(page.get_by_label("医疗机构")).to_have_value("无锡市第二人民医院")
    assert page.locator("select[name=illness]").input_value() != ""
    page.context.set_offline(True)
    page.get_by_label("医疗机构").fill("无锡市第三人民医院")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen(page, "claim-offline")
    page.context.set_offline(False)
    page.unroute(fields)
    # Nobody presses a button: it goes to the server by itself.
    page.get_by_label("医疗机构").fill("无锡市第四人民医院")
    expect(page.get_by_text("已保存")).to_be_visible()
    with phone(browser, page.context.storage_state()) as other:
        go(running, other, "/apply")
        other.get_by_text("继续填写的草稿").wait_for()
        go(running, other, f"/claims/{claim}/fill")
        expect(other.get_by_label("医疗机构")).to_have_value("无锡市第四人民医院")
    go(running, page, "")
    assert sealed(page)["rows"] == [], "what the server has does not stay here"


@N10
def test_an_upload_goes_on_where_the_network_left_it(running: Running, page: Page, tmp_path: Path) -> None:
    begun(running, page)
    pieces: list[int] = []

    def lossy(route: Route) -> None:
        if route.request.method != "PATCH":
            route.fallback()
            return
        pieces.append(int(route.request.headers["upload-offset"]))
        if len(pieces) not in (2, 3):
            route.fallback()
            return
        if len(pieces) == 2:
            # It arrives, but the answer does not.
            route.fetch()
        route.abort()

    page.route("**/api/ocr/uploads/*", lossy)
    with watching(page, "POST", "/api/ocr/uploads") as uploads:
        page.locator(FILE_INPUT).first.set_input_files(photo(tmp_path / "a.jpg", seed=1))
        expect(page.locator(".thumbs li")).to_have_count(1, timeout=60_000)
    page.unroute_all()
    assert len(uploads) == 1, "it is one upload"
    arrived = [offset for place, offset in enumerate(pieces) if place != 2]
    assert arrived == sorted(set(arrived)) and len(arrived) > 2, "no piece is stored twice"
    page.reload()
    expect(page.locator(".thumbs li")).to_have_count(1)


@N10
def test_an_upload_goes_on_after_a_reload(running: Running, page: Page, tmp_path: Path) -> None:
    begun(running, page)
    path, held = photo(tmp_path / "b.jpg", seed=2), list[str]()

    def hold(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
            held.append(route.request.headers["upload-offset"])
            route.abort()
        else:
            route.fallback()

    page.route("**/api/ocr/uploads/*", hold)
    with watching(page, "POST", "/api/ocr/uploads") as uploads:
        page.locator(FILE_INPUT).first.set_input_files(path)
        expect(page.locator("progress")).to_be_visible()
        deadline = time.monotonic() + 20
        while not held and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        page.reload()
        page.unroute_all()
        page.locator("select[name=illness]").wait_for()
        with watching(page, "PATCH", "") as rest:
            page.locator(FILE_INPUT).first.set_input_files(path)
            expect(page.locator(".thumbs li")).to_have_count(1, timeout=60_000)
    offsets = [int(one.headers["upload-offset"]) for one in rest if "upload-offset" in one.headers]
    assert len(uploads) == 1 and offsets[0] == int(held[0]) > 0, "only what was missing is sent"


@N10
def test_a_lost_answer_and_a_double_tap_submit_once(running: Running, page: Page, tmp_path: Path) -> None:
    claim = begun(running, page)
    page.locator("select[name=illness]").select_option(index=1)
    page.get_by_label("确诊时间").fill(today().isoformat())
    page.get_by_label("医疗机构").fill("无锡市人民医院")
    picture = tmp_path / "paper.png"
    Image.new("RGB", (600, 800), "white").save(picture)
    for place in (0, 1):
        page.locator(FILE_INPUT).nth(place).set_input_files(picture)
        expect(page.locator(".thumbs li")).to_have_count(place + 1, timeout=30_000)
    expect(page.get_by_text("识别中")).to_have_count(0, timeout=120_000)
    page.get_by_role("button", name="保存并预览").click()
    submit = page.get_by_role("button", name="提交申请")
    submit.wait_for()
    lost = lose_answer(page, f"**/api/claims/claims/{claim}/submit")
    with watching(page, "POST", f"/api/claims/claims/{claim}/submit") as sent:
        submit.dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        assert len(sent) == 1
        submit.dblclick()
        page.get_by_role("heading", name="办理进度").wait_for()
    page.unroute_all()
    assert len(sent) == 2 and {one.headers["idempotency-key"] for one in sent} == set(lost)
    found = [one for one in claims_of(running, page) if one["id"] == claim]
    assert len(found) == 1 and found[0]["number"] and found[0]["status"] == "in_review"
    assert len({one["number"] for one in claims_of(running, page) if one["number"]}) == 1


@N10
def test_a_session_that_ended_loses_nothing(running: Running, page: Page, member: Person) -> None:
    claim = begun(running, page)
    headers = {
        "X-Tenant": TENANT,
        "Authorization": f"Bearer {token_of(page)}",
        "Idempotency-Key": f"end-{claim}",
    }
    ended = httpx.post(f"{running.url}/api/identity/sessions/end-all", headers=headers, trust_env=False)
    assert ended.status_code < 300, ended.text
    page.get_by_label("医疗机构").fill("江阴市人民医院")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("登录已过期")).to_be_visible()
    seen(page, "session-ended")
    page.get_by_label("手机号码").fill(member.mobile)
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(code_for(running, member.mobile, since=since))
    page.locator("form").get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_label("医疗机构")).to_have_value("江阴市人民医院")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("已保存")).to_be_visible()


@pytest.mark.feature("C.12", "N.10")
def test_registering_survives_a_reload_a_double_tap_and_a_lost_answer(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    somebody = crowd.take()
    with phone(browser) as page:
        go(running, page, "/register")
        page.get_by_label("姓名").fill(somebody.name)
        page.get_by_label("身份证号").fill(somebody.id_number)
        page.get_by_label("手机号码").fill(somebody.mobile)
        page.get_by_role("checkbox").check()
        until_sealed(page, "register", size=95)
        page.reload()
        expect(page.get_by_label("身份证号")).to_have_value(somebody.id_number)
        since = time.time()
        with watching(page, "POST", "/verification-codes") as codes:
            page.get_by_role("button", name="获取验证码").dblclick()
            page.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since))
        assert len(codes) == 1
        lose_answer(page, "**/api/identity/members/register")
        with watching(page, "POST", "/members/register") as sent:
            page.get_by_role("button", name="注册", exact=True).dblclick()
            expect(page.get_by_role("alert")).to_contain_text("连不上")
            page.get_by_role("button", name="注册", exact=True).click()
            page.get_by_role("heading", name="服务", exact=True).wait_for()
        assert len({one.headers["idempotency-key"] for one in sent}) == 1 and len(sent) == 2
        go(running, page, "/cover")
        page.locator("article").wait_for(timeout=30_000)
