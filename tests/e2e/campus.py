"""A campus union of a test's own with two members: how it is made, bound to, decided for and paid."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, Route, expect

from common.contracts.pack import TenantPack, load_pack, read_text
from common.identifiers import sex_of
from huzhu.demo.caller import Caller, Refused, until
from huzhu.operator import Operator, load_tenant
from huzhu.people.persons import Person, people
from huzhu.people.units import units

from ..conftest import ROOT
from ..identity.portal_servers import Portal
from .conftest import PASSWORD, Running
from .desk import code_for
from .phone import lose_answer, seen, until_sealed, watching

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
Work = Callable[[Caller], Awaitable[Any]]
READ_SECONDS = 240.0
"""A slow machine takes its time for the papers of an application."""
BANK_CARD = "6222021234567890128"
WECHAT = "a-user-of-the-sandbox"
WOMEN = "在职女职工特殊疾病互助保障"
BY_CAS = "用统一身份认证（CAS）登录"
PROVIDER = "https://id.bit.example/oidc"
OTHERS = 8


@dataclass
class Campus:
    """Members of a campus union: one comes through the sandbox's portal, one binds, others are not here yet."""

    pack: Path
    comes: Person
    """A woman."""
    binds: Person
    """A man."""
    others: list[Person]
    portal: Portal
    tokens: dict[str, str] = field(default_factory=dict)

    def take(self) -> Person:
        """Somebody whom no other test takes."""
        return self.others.pop()


def pack_of(folder: Path, portal: Portal) -> Path:
    """Write the campus pack under another code, with face verification and the test's own OpenID provider."""
    text = read_text(ROOT / "tenants" / "bit.yaml")
    known = text.split("\n  id: ", 1)[1].split("\n", 1)[0]
    assert BINDING in text
    text = text.replace("code: bit\n", f"code: {UNION}\n", 1).replace(known, known[:-4] + "ca13", 1)
    assert "    member: [oidc, cas]\n" in text
    text = text.replace("    member: [oidc, cas]\n", WAYS_IN, 1)
    assert text.count(PROVIDER) == 1
    text = text.replace(PROVIDER, portal.address)
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


def a_woman_a_man_and_others(seed: int) -> list[Person]:
    found = list(people(30, seed=seed, youngest=25, oldest=45))
    first = [next(one for one in found if sex_of(one.id_number) == sex) for sex in ("female", "male")]
    return [*first, *(one for one in found if one not in first)][: 2 + OTHERS]


def let(running: Running, token: str, work: Work, *, tenant: str) -> Any:
    """Let somebody do something with the apps' own requests."""

    async def done() -> Any:
        async with httpx.AsyncClient(base_url=running.url, timeout=60, trust_env=False) as http:
            return await work(Caller(http, tenant, token))

    # The browser's loop runs in this thread.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(done())).result()  # type: ignore[arg-type]


async def prepare(running: Running, secret: str, path: Path) -> list[Person]:
    """Load the union, enter a unit, admit its people."""
    async with Operator(running.url, "ops1", secret) as operator:
        await load_tenant(operator, path, demo_password=PASSWORD)
    seed, pack = int(time.time()), load_pack(path)
    unit, members = next(iter(units(1, seed=seed))), a_woman_a_man_and_others(seed)
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


def through_the_portal(page: Page, **user: str) -> None:
    """Go to the portal and sign in there as somebody."""
    page.get_by_role("button", name=BY_CAS).click()
    page.wait_for_url("**/sandbox/portal/**")
    for name, value in user.items():
        page.fill(f"#{name}", value)
    page.locator("#other button").click()


def steer(running: Running, *, tenant: str = UNION, **ports: str) -> None:
    """Say what the sandbox's checks of a face and a card answer from now on."""
    answer = httpx.put(
        f"{running.url}/api/identity/sandbox/verifications",
        json=ports,
        headers={"X-Tenant": tenant},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text


def begin_by_api(running: Running, purpose: str, somebody: Person, *, mobile: str = "") -> dict[str, Any]:
    """Begin to bind or to recover through the API, with a mobile that is proved."""
    mobile = mobile or somebody.mobile

    async def begun() -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=running.url, timeout=60, trust_env=False) as http:
            member, since = Caller(http, UNION), time.time() - 1
            asked = {"purpose": purpose, "mobile": mobile, "account_kind": "member"}
            await member.post("/api/identity/verification-codes", asked)
            version = (await member.get("/api/identity/privacy-statement"))["version"]
            body = {
                "name": somebody.name,
                "document_kind": "resident_id",
                "document_number": somebody.id_number,
                "mobile": mobile,
                "code": await member.sms_code(mobile, since=since),
                **({"consent": {"version": version}} if purpose == "bind" else {}),
            }
            path = "/api/identity/bindings" + ("/recover" if purpose == "recover" else "")
            answer: dict[str, Any] = await member.post(path, body)
            return answer

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(begun())).result()


def bind_by_api(running: Running, somebody: Person) -> dict[str, Any]:
    """Bind a person through the API, by a face that passes, and return the tokens."""
    steer(running, face="pass")
    begun = begin_by_api(running, "bind", somebody)
    path = f"{running.url}/api/identity/bindings/{begun['id']}/face"
    with httpx.Client(headers={"X-Tenant": UNION, "Huzhu-Binding": begun["token"]}, trust_env=False) as http:
        http.post(path, json={"consent": True}).raise_for_status()
        ended = http.post(f"{path}/outcome").raise_for_status().json()
    tokens: dict[str, Any] = ended["tokens"]
    return tokens


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


def bound(somebody: Person, *, tenant: str) -> Work:
    """A member whose face is recognised binds; returns their tokens."""

    async def done(anybody: Caller) -> dict[str, Any]:
        member, since = Caller(anybody.http, tenant), time.time() - 1
        privacy = await member.get("/api/identity/privacy-statement")
        asked = {"purpose": "bind", "mobile": somebody.mobile, "account_kind": "member"}
        await member.post("/api/identity/verification-codes", asked)
        body = {
            "name": somebody.name, "document_number": somebody.id_number, "mobile": somebody.mobile,
            "code": await member.sms_code(somebody.mobile, since=since), "consent": {"version": privacy["version"]},
        }  # fmt: skip
        begun = await member.post("/api/identity/bindings", body)
        path, headers = f"/api/identity/bindings/{begun['id']}", {"Huzhu-Binding": begun["token"]}
        await member.post(f"{path}/face", {"consent": True}, headers=headers)
        ended = await member.post(f"{path}/face/outcome", headers=headers)
        return dict(ended["tokens"])

    return done


async def handed_in(member: Caller, claim: str) -> dict[str, Any]:
    """Hand an application in as soon as its papers have been looked at by machine."""

    async def sent() -> dict[str, Any] | None:
        try:
            return dict(await member.post(f"/api/claims/claims/{claim}/submit"))
        except Refused as refused:
            if "正在识别" in str(refused):
                return None
            raise

    return await until(sent, "申请已提交 the application", within=READ_SECONDS)


def by_the_chair(running: Running, campus: Campus, path: str, *steps: tuple[str, dict[str, str]]) -> None:
    """The chair decides on the one application of a list that waits."""

    async def decide() -> None:
        async with httpx.AsyncClient(base_url=running.url, timeout=60, trust_env=False) as http:
            if "chair" not in campus.tokens:
                campus.tokens["chair"] = (await staff_of(http, load_pack(campus.pack), "chair")).token
            chair = Caller(http, UNION, campus.tokens["chair"])
            [waiting] = (await chair.get(path))["items"]
            for step, body in steps:
                await chair.post(f"{path.split('?', maxsplit=1)[0]}/{waiting['id']}/{step}", body)

    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(decide())).result()


def pay(running: Running, page: Page, name: str) -> None:
    """Pay on the sandbox's page, and see it here."""
    lost = lose_answer(page, "**/payment")
    with watching(page, "POST", "/payment") as sent:
        page.get_by_role("button", name="去缴费").dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        page.get_by_role("button", name="去缴费").dblclick()
        page.get_by_role("button", name="我已支付").wait_for()
    assert [one.headers["idempotency-key"] for one in sent] == lost * 2, "one payment"
    page.unroute_all()
    page.reload()
    page.get_by_role("button", name="我已支付").wait_for()
    seen(page, name)
    page.get_by_role("button", name="我已支付").click()
    expect(page.get_by_text("还没有收到")).to_be_visible()
    address = page.get_by_role("link", name="打开支付页面").get_attribute("href")
    paid = httpx.post(f"{running.url}{address}/paid", trust_env=False)
    assert paid.status_code == 200 and "已支付" in paid.text
    page.get_by_role("button", name="我已支付").click()
    expect(page.locator(".pill.good")).to_contain_text("已支付")
    seen(page, f"{name}-paid")
