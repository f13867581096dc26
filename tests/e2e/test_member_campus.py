"""A campus union in the browser: through its portal into both apps, binding by face or bank card, joining, dues."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from common.contracts.pack import TenantPack, load_pack, read_text
from huzhu.demo.caller import Caller
from huzhu.operator import Operator, load_tenant
from huzhu.people.persons import Person, people
from huzhu.people.units import units

from ..conftest import ROOT, Parts
from .browser import BUILT, CHROMIUM
from .conftest import PASSWORD, Running
from .desk import code_for, cut_off, desk, keep_picture, violations
from .phone import go, lose_answer, phone, seen, until_sealed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
UNION = "campus3"
BINDING = "    documents: [id_card, passport]\n    fallback: contact\n"
WITH_FACE = (
    "    documents: [id_card, passport]\n    face_verification: true\n"
    "    attempts: 3\n    fallback: bank_four_factor\n"
)
WAYS_IN = (
    "    member: [oidc, cas, sms, wechat]\n"
    "    wechat: {app_id: wx0123456789abcdef, key_env: HUZHU_WECHAT_CAMPUS_KEY}\n"
)
BANK_CARD = "6222021234567890128"
WECHAT = "a-user-of-the-sandbox"
BY_CAS = "用统一身份认证（CAS）登录"


@dataclass
class Campus:
    """Two members of a campus union: one comes through the sandbox's portal, one binds."""

    pack: Path
    comes: Person
    binds: Person


def pack_of(folder: Path) -> Path:
    """Write the campus pack under another code, with face verification."""
    text = read_text(ROOT / "tenants" / "bit.yaml")
    known = text.split("\n  id: ", 1)[1].split("\n", 1)[0]
    assert BINDING in text
    text = text.replace("code: bit\n", f"code: {UNION}\n", 1).replace(known, known[:-4] + "ca13", 1)
    assert "    member: [oidc, cas]\n" in text
    text = text.replace("    member: [oidc, cas]\n", WAYS_IN, 1)
    path = folder / f"{UNION}.yaml"
    path.write_text(text.replace(BINDING, WITH_FACE).replace("139110000", "139130000"), encoding="utf-8")
    return path


async def staff_of(http: httpx.AsyncClient, pack: TenantPack, role: str) -> Caller:
    """Sign in somebody of the union's staff by password and code."""
    caller, since = Caller(http, pack.code), time.time() - 1
    staff = next(one for one in pack.demo.staff if role in one.roles)
    first = await caller.post(
        "/api/identity/sessions/staff", {"user_name": staff.username, "password": PASSWORD}
    )
    body = {
        "challenge_id": first["challenge_id"],
        "code": await caller.sms_code(str(staff.mobile), since=since),
    }
    caller.token = (await caller.post("/api/identity/sessions/staff/code", body))["access_token"]
    return caller


async def prepare(running: Running, secret: str, path: Path) -> list[Person]:
    """Load the union, enter a unit, admit two people."""
    async with Operator(running.url, "ops1", secret) as operator:
        await load_tenant(operator, path, demo_password=PASSWORD)
    seed, pack = int(time.time()), load_pack(path)
    unit, members = next(iter(units(1, seed=seed))), list(people(2, seed=seed, youngest=25, oldest=45))
    async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
        office = await staff_of(http, pack, "officer")
        handler = {"name": "季算", "mobile": members[0].mobile[:3] + "55512121", "user_name": f"h{seed}"}
        entered = await office.post(
            "/api/identity/units/entered",
            {"name": unit.name, "credit_code": unit.credit_code, "handler": handler},
        )
        for one in members:
            body = {"name": one.name, "document_number": one.id_number, "mobile": one.mobile}
            admitted = {**body, "unit_id": entered["unit"]["id"]}
            await office.post("/api/identity/admissions", admitted)
        shown = await office.post("/api/identity/admissions/search", {"state": "new"})
        reported = await office.post("/api/identity/admissions/report", {"search_id": shown["search"]["id"]})
        assert reported["confirmed"] >= len(members), reported
    return members


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What the phone keeps from test to test."""
    return {}


@pytest.fixture(scope="module")
def campus(running: Running, parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Campus:
    secret = parts.home.secrets["platform_operator_1"]
    path = pack_of(tmp_path_factory.mktemp("campus"))
    with ThreadPoolExecutor(1) as beside:
        comes, binds = beside.submit(lambda: asyncio.run(prepare(running, secret, path))).result()
    return Campus(path, comes, binds)


def through_the_portal(page: Page, **user: str) -> None:
    """Go to the portal and sign in there as somebody."""
    page.get_by_role("button", name=BY_CAS).click()
    page.wait_for_url("**/sandbox/portal/**")
    for name, value in user.items():
        page.fill(f"#{name}", value)
    page.locator("#other button").click()


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


def steer(running: Running, **ports: str) -> None:
    answer = httpx.put(
        f"{running.url}/api/identity/sandbox/verifications",
        json=ports,
        headers={"X-Tenant": UNION},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text


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


def begin_to_bind(running: Running, page: Page, somebody: Person) -> None:
    """Fill in the first step; its answer is lost once, and the button is tapped twice."""
    page.goto(f"{running.url}/m/#wechat={UNION}.{WECHAT}")
    page.get_by_label("姓名").fill(somebody.name)
    page.get_by_label("证件号码").fill(somebody.id_number)
    page.get_by_label("手机号码").fill(somebody.mobile)
    page.get_by_role("checkbox").check()
    until_sealed(page, "bind", size=130)
    page.reload()
    expect(page.get_by_label("证件号码")).to_have_value(somebody.id_number)
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since, tenant=UNION))
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.fallback()
            return
        route.fetch()
        route.abort()

    page.route("**/api/identity/bindings", lose)
    page.get_by_role("button", name="下一步").dblclick()
    expect(page.get_by_role("alert")).to_contain_text("连不上")
    page.get_by_role("button", name="下一步").dblclick()
    page.get_by_role("heading", name="人脸核验").wait_for()
    assert len(keys) == 2 and len(set(keys)) == 1, "the same action, sent again because its answer was lost"


def by_the_chair(running: Running, campus: Campus, *steps: tuple[str, dict[str, str]]) -> None:
    """The chair decides on the one application that waits."""

    async def decide() -> None:
        async with httpx.AsyncClient(base_url=running.url, timeout=60, trust_env=False) as http:
            chair = await staff_of(http, load_pack(campus.pack), "chair")
            [waiting] = (await chair.get("/api/enrollment/applications?status=submitted"))["items"]
            for step, body in steps:
                await chair.post(f"/api/enrollment/applications/{waiting['id']}/{step}", body)

    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(decide())).result()


@pytest.mark.feature("A.04", "A.06", "A.07", "N.10")
def test_joining_by_form_and_preview_until_the_chair_returns_it(
    running: Running, browser: Browser, campus: Campus, kept: dict[str, Any]
) -> None:
    """After the binding above: the form, what is wrong in it, a reload, its preview, a lost answer, the chair."""
    with phone(browser, kept["storage"]) as page:
        go(running, page, "/join", tenant=UNION)
        join(running, page, campus)


def join(running: Running, page: Page, campus: Campus) -> None:
    page.get_by_role("button", name="填写申请").first.dblclick()
    page.get_by_label("工号").fill("20190077")
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
    page.get_by_role("checkbox").check()
    seen(page, "join-preview")
    lose_answer(page, "**/api/enrollment/applications/*/submit")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    expect(page.get_by_role("alert")).to_contain_text("连不上")
    page.get_by_role("button", name="提交", exact=True).dblclick()
    page.get_by_role("heading", name="办理进度").wait_for()
    seen(page, "join-submitted")
    by_the_chair(running, campus, ("return", {"reason": "请核对份数"}))
    page.reload()
    expect(page.locator("p.wrong")).to_have_text("请核对份数")
    seen(page, "join-returned")
