"""Why people of a city office's roster cannot be covered, as the handler reads it, and what comes next (D.07)."""

import asyncio
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter
from playwright.sync_api import Browser, Locator, Page, expect

from common.clock import today
from common.contracts.pack import load_pack, read_text
from common.identifiers import sex_of
from huzhu.demo.caller import Caller, until
from huzhu.operator import Operator, load_tenant
from huzhu.people import people, units
from huzhu.people.persons import Person

from ..conftest import ROOT, Parts
from .browser import WALK
from .campus import Work, let, staff_of
from .conftest import PASSWORD, Running
from .desk import answer, desk, keep_picture, open_page, press, sign_in, token_of

pytestmark = [*WALK, pytest.mark.timeout(600)]
CITY = "yongding"
"""The rules of the city office under another code; its sheets have a column for the sex."""
PACK = load_pack(ROOT / "tenants" / "beijing.yaml")
OWN = PACK.demo.units[0]
SHARES = "        - {field: shares, title: {zh: 份数, en: Shares}, required: false}\n"
SEX = "        - {field: sex, title: {zh: 性别, en: Sex}, required: false}\n"
HEADINGS = ("会员编号", "姓名", "身份证号", "投保金额", "份数", "性别", "备注")
ORDERS = "/api/enrollment/orders"
Row = dict[str, str]


@dataclass
class Case:
    """A row of the sheet, what is said of it, what comes next, and the page on which that is done."""

    row: Row
    words: str
    step: str
    page: str = ""


@dataclass
class Office:
    """The union, and people of another unit and of none."""

    running: Running
    pack: Path
    elsewhere: str
    away: Person

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path, tenant=CITY)

    def does(self, token: str, work: Work) -> Any:
        return let(self.running, token, work, tenant=CITY)


def pack_of(folder: Path) -> Path:
    text = read_text(ROOT / "tenants" / "beijing.yaml")
    known = text.split("\n  id: ", 1)[1].split("\n", 1)[0]
    assert SHARES in text
    text = text.replace("code: beijing\n", f"code: {CITY}\n", 1).replace(known, known[:-4] + "ca19", 1)
    path = folder / f"{CITY}.yaml"
    path.write_text(text.replace(SHARES, SHARES + SEX).replace('"1381010', '"1361010'), encoding="utf-8")
    return path


async def admitted(clerk: Caller, unit_id: str | None, everybody: list[Person]) -> None:
    """Admit people and report them, which the union's system confirms by itself."""
    for one in everybody:
        body = {"name": one.name, "document_number": one.id_number, "mobile": one.mobile}
        await clerk.post("/api/identity/admissions", body | ({"unit_id": unit_id} if unit_id else {}))
    shown = await clerk.post("/api/identity/admissions/search", {"state": "new"})
    reported = await clerk.post("/api/identity/admissions/report", {"search_id": shown["search"]["id"]})
    assert reported["confirmed"] == len(everybody), reported


@pytest.fixture(scope="module")
def office(running: Running, parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The union, with a member of another unit."""
    path, seed = pack_of(tmp_path_factory.mktemp("refused")), int(time.time())
    unit, away = next(units(1, seed=seed)), next(people(1, seed=seed + 1, youngest=25, oldest=45))

    async def prepare() -> None:
        async with Operator(running.url, "ops1", parts.home.secrets["platform_operator_1"]) as operator:
            await load_tenant(operator, path, demo_password=PASSWORD)
        async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
            agency = await staff_of(http, load_pack(path), "agency")
            handler = {"name": "季算", "mobile": away.mobile[:3] + "55512133", "user_name": f"r{seed}"}
            asked = {"name": unit.name, "credit_code": unit.credit_code, "org_node": "chaoyang-jianwai"}
            entered = await agency.post("/api/identity/units/entered", {**asked, "handler": handler})
            await admitted(agency, entered["unit"]["id"], [away])

    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(prepare())).result()
    return Office(running, path, unit.name, away)


def enter_handler(office: Office, page: Page) -> None:
    mobile = str(OWN.handler_mobile).replace("1381", "1361", 1)
    sign_in(
        office.running, page, str(OWN.handler_username), mobile=mobile, tenant=CITY, entrance="sign-in?as=handler"
    )  # fmt: skip


async def known_on(handler: Caller, order: str, somebody: Person) -> None:
    """Wait until the register of the orders has a member."""

    async def look() -> dict[str, Any] | None:
        named = {"document_number": somebody.id_number}
        found = await handler.post(f"{ORDERS}/{order}/people/lookup", named)
        return dict(found) if found["known"] and found["insurable"] else None

    await until(look, f"会员 the member {somebody.name[0]}")


def on_an_order(everybody: list[Person], busy: Person) -> Work:
    """Admit people of the unit; one of them goes on another order, which is handed in. Returns that order."""

    async def done(handler: Caller) -> dict[str, Any]:
        await admitted(handler, None, everybody)
        order = await handler.post(ORDERS, {"product": "inpatient"})
        for one in everybody:
            await known_on(handler, order["id"], one)
        await handler.post(f"{ORDERS}/{order['id']}/people", {"document_number": busy.id_number})
        return dict(await handler.post(f"{ORDERS}/{order['id']}/submit", {}))

    return done


def is_covered(office: Office, unit_id: str, covered: Person, *, shares: int) -> None:
    """Somebody's cover of the old system is carried over, with so many shares."""

    async def carried(anybody: Caller) -> None:
        pack = load_pack(office.pack)
        admin, agency, district = [
            await staff_of(anybody.http, pack, role) for role in ("admin", "agency", "office")
        ]
        began = today() - timedelta(days=30)
        body = {
            "unit_id": unit_id,
            "product": "inpatient",
            "starts_on": began.isoformat(),
            "source": "原业务系统",
        }
        order = f"{ORDERS}/{(await admin.post('/api/enrollment/carried-orders', body))['id']}"
        await admin.upload(f"{order}/roster", sheet([row(covered, 份数=str(shares))]), name="carried.xlsx")
        await admin.post(f"{order}/submit", {})
        for reviewer in (agency, district):
            await reviewer.post(f"{order}/approve", {})

        async def issued() -> bool | None:
            return (await admin.get(order))["status"] == "done" or None

        await until(issued, "转入的保单 the carried policy")

    office.does("", carried)


def row(somebody: Person, **changes: str) -> Row:
    return {"姓名": somebody.name, "身份证号": somebody.id_number, "份数": "1"} | changes


def sheet(rows: list[Row]) -> bytes:
    """A roster in the layout of the union."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(2, 0, HEADINGS)
        for place, values in enumerate(rows, start=3):
            for column, heading in enumerate(HEADINGS):
                page.write_string(place, column, values.get(heading, ""))
    return out.getvalue()


def wrong_digit(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def of(page: Page, case: Case) -> Locator:
    """Where the reasons of a case stand: behind the row with the person's number."""
    shown = page.locator("section.card.people").last.locator("tbody tr")
    number = case.row["身份证号"]
    read = re.compile(rf"(\*|{number[:14]}){number[-4:]}")
    return shown.filter(has_text=read).first.locator("xpath=following-sibling::tr[1]")


def every_reason(office: Office, mine: list[Person], strangers: list[Person], order: str) -> list[Case]:
    """The rows that are refused, each for a reason of its own."""
    _, renamed, busy, greedy, covered, other_sex, numbered, twice = mine
    unknown, mistyped = strangers
    checked = {"男": "女", "女": "男"}
    sex = "男" if sex_of(other_sex.id_number) == "male" else "女"
    return [
        Case(row(office.away), f"该会员不在本单位，登记在“{office.elsewhere}”", "办理会员调入", "requests"),
        Case(row(unknown), "查无此会员", "办理入会", "admissions?state=new"),
        Case(
            row(mistyped, 身份证号=wrong_digit(mistyped.id_number)),
            f"检验位应为{mistyped.id_number[-1]}", "办理会员信息变更", "members",
        ),
        Case(row(renamed, 姓名="王长安宁"), "姓名与登记的会员姓名不一致", "办理会员信息变更", "members"),
        Case(row(busy), f"有在途业务：已在参保申请 {order} 中", "先完成或删除在途申请", "orders"),
        Case(row(greedy, 份数="3"), "超过份数：每人最多 2 份", "查询在保情况后修改份数", "records"),
        Case(row(covered), "已参加本项目，保障至", "到期前办理续保", "renewals"),
        Case(row(other_sex, 性别=checked[sex]), "填写的性别与身份证号不符", "办理会员信息变更", "members"),
        Case(row(numbered, 会员编号="1234567890"), "会员编号与证件号码不是同一名会员的", "修改后重新校验"),
        Case(row(twice), "与上传文件第", "从名单中删除此人"),
    ]  # fmt: skip


def upload(page: Page, rows: list[Row]) -> None:
    press(page, "新建")
    answer(page, "新建参保申请", submit="确认", product="inpatient", requested_start=f"{today()}")
    page.get_by_role("heading", name="可参保人员（0）", exact=True).wait_for()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = {"name": "roster.xlsx", "mimeType": kind, "buffer": sheet(rows)}
    page.locator("input[name=roster]").set_input_files(file)  # type: ignore[arg-type]


@pytest.mark.feature("D.04", "D.07")
def test_every_refusal_is_read_on_the_screen_with_what_comes_next(office: Office, browser: Browser) -> None:
    seed = int(time.time()) + 7
    everybody = list(people(10, seed=seed, youngest=25, oldest=45))
    mine, strangers = everybody[:8], everybody[8:]
    with desk(browser) as page:
        enter_handler(office, page)
        token = token_of(page, tenant=CITY)
        other = office.does(token, on_an_order(mine, mine[2]))
        is_covered(office, other["unit_id"], mine[4], shares=2)
        cases = every_reason(office, mine, strangers, other["number"])
        office.go(page, "orders")
        upload(page, [row(mine[0]), row(mine[7]), *(case.row for case in cases)])
        page.get_by_role("heading", name=f"不可参保人员（{len(cases)}）").wait_for()
        page.get_by_role("heading", name="可参保人员（2）", exact=True).wait_for()
        for case in cases:
            reasons = of(page, case)
            expect(reasons).to_contain_text(case.words)
            expect(reasons).to_contain_text(case.step)
            if case.page:
                link = reasons.get_by_role("link", name=case.step).first
                expect(link).to_have_attribute("href", f"#/{CITY}/{case.page}")
        keep_picture(page, "roster-refused")
        is_corrected(page, cases, mine)
        is_done_elsewhere(office, page, cases, strangers[0])


def is_corrected(page: Page, cases: list[Case], mine: list[Person]) -> None:
    """What is wrong in the sheet alone is corrected in its row, where what was entered stands on demand."""
    page.locator("section.card.people").last.get_by_role("button", name="显示原内容").click()
    expect(of(page, cases[3]).locator(".correcting input[name=name]")).not_to_have_value("")
    keep_picture(page, "roster-refused-entered")
    sex = "男" if sex_of(mine[5].id_number) == "male" else "女"
    wrong = ((3, "name", mine[1].name), (5, "shares", "2"), (7, "sex", sex))
    for done, (place, field, value) in enumerate(wrong, start=1):
        reasons = of(page, cases[place])
        reasons.locator(f".correcting input[name={field}]").fill(value)
        reasons.get_by_role("button", name="改正").click()
        page.get_by_role("heading", name=f"不可参保人员（{len(cases) - done}）").wait_for()
    page.get_by_role("heading", name="可参保人员（5）", exact=True).wait_for()


def is_done_elsewhere(office: Office, page: Page, cases: list[Case], unknown: Person) -> None:
    """Who is no member is admitted on the page that the reason leads to; then the order takes the person."""
    address = page.url.split(f"#/{CITY}/")[1]
    of(page, cases[1]).get_by_role("link", name="办理入会").click()
    press(page, "入会登记")
    dialog = {"name": unknown.name, "document_number": unknown.id_number, "mobile": unknown.mobile}
    answer(page, "入会登记", submit="保存", **dialog)
    press(page, "上报查询结果")
    answer(page, "上报")

    def taken() -> bool:
        office.go(page, address)
        press(page, "重新校验")
        page.get_by_text("已重新校验").wait_for()
        return page.locator("section.card.people").last.get_by_text("查无此会员").count() == 0

    deadline = time.monotonic() + 60
    while not taken():
        assert time.monotonic() < deadline, page.inner_text("main")[:2000]
    page.get_by_role("heading", name="可参保人员（6）", exact=True).wait_for()
    expect(of(page, cases[8])).to_contain_text(cases[8].words)
    keep_picture(page, "roster-refused-corrected")
