"""Members at a city office (D.08, D.09): found, moved to another unit, renamed, with approval."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from common.contracts.pack import load_pack
from huzhu.operator import Operator, load_tenant
from huzhu.people import people, units
from huzhu.people.persons import Person

from ..conftest import ROOT, Parts
from .browser import BUILT, CHROMIUM
from .campus import staff_of
from .conftest import PASSWORD, Running
from .desk import answer, desk, keep_picture, open_page, press, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
    pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)"),
]
PATH = ROOT / "tenants" / "beijing.yaml"
PACK = load_pack(PATH)
CITY = PACK.code
MOBILES = {person.username: person.mobile for person in PACK.demo.staff}
OWN = PACK.demo.units[0]
"""The unit of the handler who signs in here."""


@dataclass
class Office:
    """The city's union; somebody of another unit who will move."""

    running: Running
    elsewhere: str
    moving: Person

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path, tenant=CITY)


async def prepare(running: Running, secret: str) -> tuple[str, Person]:
    """Load the union, enter another unit, admit one person there."""
    async with Operator(running.url, "ops1", secret) as operator:
        await load_tenant(operator, PATH, demo_password=PASSWORD)
    seed = int(time.time())
    unit, somebody = next(units(1, seed=seed)), next(people(1, seed=seed, youngest=25, oldest=45))
    async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
        agency = await staff_of(http, PACK, "agency")
        handler = {"name": "季算", "mobile": somebody.mobile[:3] + "55512122", "user_name": f"m{seed}"}
        asked = {"name": unit.name, "credit_code": unit.credit_code, "org_node": "chaoyang-jianwai"}
        entered = await agency.post("/api/identity/units/entered", {**asked, "handler": handler})
        body = {"name": somebody.name, "document_number": somebody.id_number, "mobile": somebody.mobile}
        await agency.post("/api/identity/admissions", {**body, "unit_id": entered["unit"]["id"]})
        shown = await agency.post("/api/identity/admissions/search", {"document_number": somebody.id_number})
        await agency.post("/api/identity/admissions/report", {"search_id": shown["search"]["id"]})
    return unit.name, somebody


@pytest.fixture(scope="module")
def office(running: Running, parts: Parts) -> Office:
    secret = parts.home.secrets["platform_operator_1"]
    with ThreadPoolExecutor(1) as beside:
        elsewhere, moving = beside.submit(lambda: asyncio.run(prepare(running, secret))).result()
    return Office(running, elsewhere, moving)


def enter_handler(office: Office, page: Page) -> None:
    sign_in(
        office.running, page, str(OWN.handler_username), mobile=OWN.handler_mobile, tenant=CITY,
        entrance="sign-in?as=handler",
    )  # fmt: skip


def report_ticked(page: Page, name: str) -> None:
    page.locator("tbody tr", has_text=name).first.locator("input[type=checkbox]").check()
    press(page, "上报所选")
    answer(page, "上报所选申请")


def moves(office: Office, handler: Page, clerk: Page) -> None:
    """Looked up by the receiving unit, reported, agreed to by the information department."""
    moving = office.moving
    shown = f"{moving.name[0]}*"
    office.go(handler, "requests")
    press(handler, "调动申请")
    dialog = handler.get_by_role("dialog", name="申请调入本单位")
    dialog.locator("[name=document_number]").fill("110101190001010000")
    dialog.get_by_role("button", name="查找").click()
    expect(dialog.locator(".problem, .wrong").first).to_be_visible()
    dialog.locator("[name=document_number]").fill(moving.id_number)
    dialog.get_by_role("button", name="查找").click()
    expect(dialog).to_contain_text(office.elsewhere)
    keep_picture(handler, "transfer-found")
    answer(handler, "申请调入本单位", submit="提交申请", reason="工作调动")
    row = handler.locator("tbody tr", has_text=shown).first
    expect(row).to_contain_text(f"{office.elsewhere} → {OWN.name}")
    report_ticked(handler, shown)
    keep_picture(handler, "requests")
    office.go(clerk, "requests?state=in_review&kind=transfer")
    clerk.locator("tbody tr", has_text=office.elsewhere).get_by_role("button", name="同意").click()
    answer(clerk, "同意", opinion="同意调动")
    office.go(handler, "members")
    handler.fill("input[name=document_number]", moving.id_number)
    handler.get_by_role("button", name="查询").click()
    expect(handler.locator("tbody tr")).to_contain_text(OWN.name)


def is_renamed(office: Office, handler: Page, clerk: Page) -> None:
    """Asked for from the member's page, returned, corrected, agreed to; the history stays."""
    moving = office.moving
    handler.locator("tbody a").first.click()
    handler.get_by_role("heading", name="历史").wait_for()
    address = handler.url.split(f"#/{CITY}/")[1]
    press(handler, "变更姓名或证件号")
    answer(handler, "变更姓名或证件号", name=f"{moving.name[0]}安", reason="户口本更正")
    office.go(handler, "requests?state=new")
    report_ticked(handler, "户口本更正")
    office.go(clerk, "requests?state=in_review&kind=change")
    asked = clerk.locator("tbody tr", has_text="户口本更正")
    asked.get_by_role("button", name="退回").click()
    answer(clerk, "退回", opinion="请写明公安机关")
    office.go(handler, "requests?state=returned")
    returned = handler.locator("tbody tr", has_text="户口本更正")
    expect(returned).to_contain_text("请写明公安机关")
    keep_picture(handler, "request-returned")
    returned.get_by_role("button", name="修改").click()
    answer(handler, "修改申请", name=f"{moving.name[0]}安宁", reason="朝阳分局更正姓名")
    report_ticked(handler, "朝阳分局更正姓名")
    office.go(clerk, "requests?state=in_review&kind=change")
    asked = clerk.locator("tbody tr", has_text="朝阳分局更正姓名")
    keep_picture(clerk, "requests-to-decide")
    asked.get_by_role("button", name="同意").click()
    answer(clerk, "同意")
    office.go(handler, address)
    expect(handler.locator("main .facts dd").first).to_have_text(f"{moving.name[0]}**")
    expect(handler.locator("main")).to_contain_text("朝阳分局更正姓名")
    keep_picture(handler, "member-history")


@pytest.mark.feature("D.08", "D.09")
def test_a_member_is_found_moved_and_renamed(office: Office, browser: Browser) -> None:
    with desk(browser) as handler, desk(browser) as clerk:
        enter_handler(office, handler)
        sign_in(office.running, clerk, "xinxi1", mobile=str(MOBILES["xinxi1"]), tenant=CITY)
        moves(office, handler, clerk)
        is_renamed(office, handler, clerk)
