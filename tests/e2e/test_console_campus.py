"""A campus union's desks: the chair lets join, finance sees dues and payments; a refusal is appealed and answered."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from common.contracts.pack import load_pack
from huzhu.demo.caller import Caller, Refused
from huzhu.people.persons import Person

from ..conftest import ROOT, Parts
from .browser import WALK
from .campus import prepare, through_the_portal
from .conftest import Running
from .desk import answer, asks_for, desk, keep_picture, open_page, press, sign_in, until
from .phone import go, phone, token_of

pytestmark = [*WALK, pytest.mark.timeout(600)]
PATH = ROOT / "tenants" / "bit.yaml"
PACK = load_pack(PATH)
UNION = PACK.code
MOBILES = {person.username: person.mobile for person in PACK.demo.staff}
Work = Callable[[Caller], Awaitable[Any]]


@dataclass
class Campus:
    """The union with a member who has come in through its portal."""

    running: Running
    comes: Person
    token: str = ""
    refresh: str = ""

    def does(self, work: Work) -> Any:
        """Let the member do something with the app's own requests."""

        async def done() -> Any:
            async with httpx.AsyncClient(base_url=self.running.url, timeout=60, trust_env=False) as http:
                return await work(Caller(http, UNION, self.token))

        # The browser's loop runs in this thread.
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(lambda: asyncio.run(done())).result()  # type: ignore[arg-type]

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path, tenant=UNION)

    def enter(self, page: Page, user: str) -> None:
        sign_in(self.running, page, user, mobile=str(MOBILES[user]), tenant=UNION)


@pytest.fixture(scope="module")
def union(running: Running, parts: Parts) -> Campus:
    secret = parts.home.secrets["platform_operator_1"]
    with ThreadPoolExecutor(1) as beside:
        comes, *_ = beside.submit(lambda: asyncio.run(prepare(running, secret, PATH))).result()
    return Campus(running, comes)


@pytest.fixture
def campus(union: Campus, browser: Browser) -> Campus:
    """With its member signed in, the first time through the portal."""
    if not union.token:
        with phone(browser) as page:
            go(union.running, page, "/me/profile", tenant=UNION)
            known = union.comes
            through_the_portal(
                page, subject=f"m{known.id_number[-6:]}", name=known.name,
                document_number=known.id_number, mobile=known.mobile,
            )  # fmt: skip
            page.wait_for_function("name => localStorage.getItem(name)", arg=f"huzhu.member.session.{UNION}")
            union.token = token_of(page, tenant=UNION)
            union.refresh = token_of(page, tenant=UNION, kind="refresh_token")
    return union


async def joins(member: Caller) -> dict[str, Any]:
    asked = {
        "product": "critical-illness",
        "answers": {"staff_number": "20190077", "shares": "2", "healthy": "yes"},
    }
    begun = await member.post("/api/enrollment/applications", asked)
    submitted: dict[str, Any] = await member.post(f"/api/enrollment/applications/{begun['id']}/submit")
    return submitted


async def pays(member: Caller, path: str, *, presses: bool = True) -> dict[str, Any]:
    """Begin to pay online, and press the button of the provider's page."""
    payment: dict[str, Any] = await member.post(f"/api/enrollment{path}/payment", {"mode": "qr"})
    if presses:
        await member.send(
            "POST", f"/api/enrollment/sandbox/payments/{PACK.tenant.id}/{payment['number']}/paid"
        )
    return payment


async def dues(member: Caller) -> list[dict[str, Any]]:
    """Two bills, of which one is paid and the other's payment is begun."""
    made = []
    months = (await member.get("/api/enrollment/dues"))["periods"]
    for place, period in enumerate([one["period"] for one in months if one["state"] == "due"][-2:]):
        bill = await member.post("/api/enrollment/dues/bills", {"wage": "8000", "periods": [period]})
        made.append(await pays(member, f"/dues/bills/{bill['id']}", presses=place == 0))
    return made


def decided_by_the_chair(campus: Campus, chair: Page) -> str:
    """Returned with a reason, handed in again, agreed to; returns the application's id."""
    application = campus.does(joins)
    campus.go(chair, "applications?status=submitted")
    row = chair.locator("tbody tr", has_text=application["number"])
    expect(row).to_contain_text(f"{campus.comes.name[0]}*")
    keep_picture(chair, "applications")
    row.get_by_role("link").click()
    chair.get_by_role("heading", name="填写内容").wait_for()
    keep_picture(chair, "application")
    press(chair, "退回修改")
    answer(chair, "退回修改", words="请核对份数")
    campus.does(lambda member: member.post(f"/api/enrollment/applications/{application['id']}/submit"))
    campus.go(chair, "applications?status=submitted")
    row.get_by_role("link").click()
    press(chair, "同意")
    answer(chair, "同意", words="同意参保")
    expect(chair.locator("main h2 .mark")).to_have_text("待缴费")
    expect(chair.get_by_text("请核对份数")).to_be_visible()
    keep_picture(chair, "application-decided")
    return str(application["id"])


def looked_at_by_finance(campus: Campus, page: Page, paid: dict[str, Any], begun: dict[str, Any]) -> None:
    """Bills and payments with whose they are; what is not answered is asked again; money goes back once."""
    campus.go(page, "dues")
    expect(page.locator("tbody tr", has_text="已缴纳").first).to_contain_text(f"{campus.comes.name[0]}*")
    keep_picture(page, "dues-paid")
    campus.go(page, "online-payments")
    page.locator("tr", has_text=begun["number"][16:]).get_by_role("button", name="查询结果").click()
    row = page.locator("tr", has_text=paid["number"][16:])
    expect(row).to_contain_text(f"{campus.comes.name[0]}*")
    keep_picture(page, "online-payments-made")
    row.get_by_role("button", name="退款").click()
    dialog = page.get_by_role("dialog", name="原路退款")
    dialog.locator("[name=amount]").fill(f"{Decimal(paid['amount']) + 1}")
    dialog.locator("[name=reason]").fill("重复缴费")
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.locator(".problem, .wrong").first).to_be_visible()
    keep_picture(page, "online-payment-refund")
    answer(page, "原路退款", amount=paid["amount"])
    expect(row.locator("td").nth(6)).to_have_text(paid["amount"])
    expect(row.get_by_role("button", name="退款")).to_have_count(0)


@pytest.mark.feature("A.04", "A.05", "A.07")
def test_the_chair_lets_join_and_finance_sees_the_money(campus: Campus, browser: Browser) -> None:
    with desk(browser) as chair, desk(browser) as finance:
        campus.enter(chair, "chair1")
        application = decided_by_the_chair(campus, chair)
        campus.does(lambda member: pays(member, f"/applications/{application}"))
        until(
            chair,
            lambda: campus.go(chair, f"applications/{application}"),
            lambda: chair.get_by_text("已缴费").count() > 0,
        )
        paid, begun = campus.does(dues)
        campus.enter(finance, "caiwu1")
        looked_at_by_finance(campus, finance, paid, begun)


async def confirms(member: Caller, campus: Campus) -> None:
    """A code to the mobile: the sign-in through the portal was none."""
    since = time.time() - 1
    await member.post("/api/identity/accounts/me/verification-codes", {"purpose": "confirm"})
    code = await member.sms_code(campus.comes.mobile, since=since)
    await member.post("/api/identity/sessions/confirm", {"code": code})
    tokens = await member.post("/api/identity/sessions/refresh", {"refresh_token": campus.refresh})
    campus.token, campus.refresh = tokens["access_token"], tokens["refresh_token"]
    member.token = campus.token


def asks_for_condolence(campus: Campus) -> Work:
    """An application that names a card; who came in through the portal is asked for a code first."""

    async def ask(member: Caller) -> dict[str, Any]:
        day = (today() - timedelta(days=9)).isoformat()
        answers = {
            "reason": "parent-death",
            "happened_on": day,
            "statement": f"父亲，1950年3月2日出生，{day} 凌晨离世",
        }
        asked = {
            "kind": "condolence",
            "fields": [{"code": code, "value": value} for code, value in answers.items()],
            "payee": {"card_number": "6222021234567890128", "bank_name": "工商银行"},
        }
        claim = await member.post("/api/claims/claims", asked)
        path = f"/api/claims/claims/{claim['id']}/submit"
        with pytest.raises(Refused, match=r"auth\.confirmation_needed"):
            await member.post(path)
        await confirms(member, campus)
        submitted: dict[str, Any] = await member.post(path)
        return submitted

    return ask


def appeals(claim: dict[str, Any], kind: str, words: str) -> Work:
    return lambda member: member.post(
        f"/api/claims/claims/{claim['id']}/appeals", {"kind": kind, "words": words}
    )


@pytest.mark.feature("A.03", "A.07", "P.05")
def test_a_refusal_is_appealed_and_answered_at_the_desk(campus: Campus, browser: Browser) -> None:
    with desk(browser) as page, desk(browser) as other:
        campus.enter(page, "chair1")
        campus.enter(other, "chair2")
        claim = campus.does(asks_for_condolence(campus))
        number = claim["number"]
        campus.go(page, "queue")
        expect(page.locator("tr", has_text=number)).to_contain_text(f"{campus.comes.name[0]}*")
        campus.go(page, f"claims/{claim['id']}")
        keep_picture(page, "claim-condolence")
        press(page, "拒绝")
        answer(page, "拒绝", opinion="请说明与逝者的关系")
        campus.does(appeals(claim, "appeal", "逝者是我的父亲，户口本可以证明"))
        campus.does(appeals(claim, "complaint", "办理太慢，没有人接电话"))
        campus.go(other, "appeals?status=open")
        appeal = other.locator("tr", has_text="逝者是我的父亲")
        complaint = other.locator("tr", has_text="办理太慢")
        expect(appeal).to_contain_text(number)
        keep_picture(other, "appeals-open")
        complaint.get_by_role("button", name="答复").click()
        answer(other, "答复投诉", answer="已安排专人接听，抱歉让您久等")
        expect(complaint).to_have_count(0)
        appeal.get_by_role("button", name="维持原决定").click()
        dialog = other.get_by_role("dialog", name="维持原决定")
        asks_for(dialog, "请填写给会员的答复。")
        dialog.get_by_role("button", name="取消").click()
        appeal.get_by_role("button", name="支持申诉").click()
        answer(other, "支持申诉", answer="关系已核实，重新审核")
        expect(appeal).to_have_count(0)
        campus.go(other, "appeals")
        expect(other.locator("tr", has_text="关系已核实")).to_contain_text("支持申诉")
        keep_picture(other, "appeals-answered")
        campus.go(other, f"claims/{claim['id']}")
        press(other, "同意")
        answer(other, "同意", opinion="同意慰问")
        campus.go(other, f"claims/{claim['id']}")
        expect(other.locator("main h2 .mark")).to_have_text("已通过")
        keep_picture(other, "claim-after-appeal")
