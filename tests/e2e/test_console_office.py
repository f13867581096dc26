"""The desk of a city office in the browser (rows D): a unit entered, its people admitted, covered, changed, ended."""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import xlsxwriter
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from common.contracts.pack import load_pack
from huzhu.operator import Operator, load_tenant
from huzhu.people import people, units
from huzhu.people.persons import Person

from ..conftest import ROOT, Parts
from .browser import WALK
from .conftest import PASSWORD, Running
from .desk import answer, code_for, desk, keep_picture, open_page, press, sign_in, until

pytestmark = [*WALK, pytest.mark.timeout(900)]
BEIJING = "beijing"
PACK = ROOT / "tenants" / "beijing.yaml"
PATIENCE = 90_000
OWN = "Handler-Password-2026"


@pytest.fixture(scope="module")
def office(running: Running, parts: Parts) -> Running:
    """The platform with the city office's union as well."""

    async def load() -> None:
        async with Operator(running.url, "ops1", parts.home.secrets["platform_operator_1"]) as operator:
            await load_tenant(operator, PACK, demo_password=PASSWORD)

    # The browser's loop runs in this thread.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(load())).result()
    return running


@dataclass(frozen=True)
class Papers:
    """What is handed in: a picture, a PDF, and where sheets are written."""

    folder: Path

    @property
    def picture(self) -> Path:
        path = self.folder / "picture.jpg"
        Image.new("RGB", (600, 800), "white").save(path)
        return path

    @property
    def pdf(self) -> Path:
        path = self.folder / "paper.pdf"
        document = pypdfium2.PdfDocument.new()
        document.new_page(595, 842)
        document.save(str(path))
        return path

    def admission(self, everybody: list[Person], wrong: Person) -> Path:
        """A filled admission sheet whose last row has another check digit."""
        path = self.folder / "admission.xlsx"
        number = wrong.id_number[:-1] + ("0" if wrong.id_number[-1] != "0" else "1")
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ("姓名", "身份证号"))
            rows = [*((one.name, one.id_number) for one in everybody), (wrong.name, number)]
            for place, row in enumerate(rows, start=1):
                sheet.write_row(place, 0, row)
        return path


@dataclass
class Desks:
    """The windows of one city office."""

    running: Running
    handler: Page
    agency: Page
    district: Page
    finance: Page
    papers: Papers

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path, tenant=BEIJING)

    def enter(self, page: Page, user: str) -> None:
        mobiles = {person.username: person.mobile for person in load_pack(PACK).demo.staff}
        sign_in(self.running, page, user, mobile=mobiles[user], tenant=BEIJING)

    def choose(self, page: Page, **given: Path) -> None:
        for name, path in given.items():
            page.get_by_role("dialog").locator(f"input[name='{name}']").set_input_files(path)


def enter_unit(desks: Desks, browser: Browser, seed: int) -> str:
    """The agency enters a unit and invites its handler, who signs in with a password of their own."""
    agency, running = desks.agency, desks.running
    unit, somebody = next(units(1, seed=seed)), next(people(1, seed=seed + 1))
    desks.enter(agency, "daiban1")
    desks.go(agency, "units")
    press(agency, "录入单位")
    answer(
        agency, "录入单位", name=unit.name, credit_code=unit.credit_code, org_node="chaoyang-jianwai",
        handler_name=somebody.name, handler_mobile=somebody.mobile, user_name=f"h{seed}",
    )  # fmt: skip
    agency.get_by_role("heading", name=unit.name).wait_for()
    press(agency, "邀请")
    answer(agency, "发出邀请")
    token = agency.locator("main code").inner_text()
    handler = desks.handler
    handler.goto(f"{running.url}/console/#/{BEIJING}/register")
    expect(handler.get_by_text("不需要自行注册")).to_be_visible()
    handler.goto(f"{running.url}/console/#/{BEIJING}/invitation")
    handler.fill("input[name=token]", token)
    since = time.time()
    handler.get_by_role("button", name="下一步").click()
    handler.locator("input[name=again]").wait_for()
    handler.fill("input[name=code]", code_for(running, somebody.mobile, since=since, tenant=BEIJING))
    handler.fill("input[name=password]", OWN)
    handler.fill("input[name=again]", OWN)
    handler.get_by_role("button", name="设置密码").click()
    handler.locator("input[name=user_name]").wait_for()
    sign_in(
        running,
        handler,
        f"h{seed}",
        password=OWN,
        mobile=somebody.mobile,
        tenant=BEIJING,
        entrance="sign-in?as=handler",
    )
    return unit.credit_code


def admit(desks: Desks, everybody: list[Person], elder: Person, wrong: Person) -> None:
    """In bulk with one row that is refused; one by one with papers and the agency's consent; all reported."""
    handler, agency = desks.handler, desks.agency
    desks.go(handler, "admissions/batches")
    handler.locator("input[name=sheet]").set_input_files(desks.papers.admission(everybody, wrong))
    press(handler, "业务校验")
    handler.get_by_role("button", name="业务办理").click(timeout=PATIENCE)
    handler.get_by_text("下一步：在“入会办理”中核对新会员并上报").wait_for(timeout=PATIENCE)
    expect(handler.locator(".wrong-cell")).to_have_count(1)
    expect(handler.locator(".wrong-cell")).to_contain_text("检验位应为")
    keep_picture(handler, "admission-bulk")
    handler.get_by_role("link", name="去入会办理").click()
    press(handler, "入会登记")
    dialog = handler.get_by_role("dialog")
    dialog.locator("[name=name]").fill(elder.name)
    dialog.locator("[name=document_number]").fill(elder.id_number)
    dialog.get_by_role("button", name="保存", exact=True).click()
    expect(dialog.locator(".problem, .wrong").first).to_be_visible()
    expect(dialog.locator("[name=document_number]")).to_have_value(elder.id_number)
    desks.choose(handler, **{"paper.postponed-retirement": desks.papers.picture})
    answer(handler, "入会登记", submit="保存")
    desks.go(agency, "admissions?over_age=requested")
    row = agency.locator("tbody tr").first
    row.get_by_role("button", name="同意超龄").click()
    answer(agency, "同意超龄入会", opinion="已核对延迟退休证明")
    desks.go(handler, "admissions?state=new")
    press(handler, "上报查询结果")
    answer(handler, "上报")
    until(
        handler,
        lambda: desks.go(handler, "admissions?state=confirmed"),
        lambda: handler.locator("tbody tr").count() == len(everybody) + 1,
    )
    keep_picture(handler, "admissions")


def order_for_members(desks: Desks, last: Person) -> str:
    """Ticked on the admission list, one more by number; the elder waits for the agency's consent."""
    handler, agency = desks.handler, desks.agency
    handler.locator("thead input[type=checkbox]").check()
    press(handler, "为所选投保")
    answer(handler, "为所选会员投保", product="inpatient", requested_start=f"{today():%Y-%m-%d}")
    handler.get_by_role("heading", name="不可参保人员（1）").wait_for()
    address = handler.url.split(f"#/{BEIJING}/")[1]
    press(handler, "从会员名册添加")
    answer(handler, "从会员名册添加")
    handler.get_by_text("没有可加入的会员").wait_for()
    press(handler, "续转上期人员")
    answer(handler, "续转上期人员")
    handler.get_by_text("没有可续保的人员").wait_for()
    press(handler, "申请超龄参保")
    desks.choose(handler, **{"postponed-retirement": desks.papers.picture})
    answer(handler, "申请超龄参保")
    desks.go(agency, "consents?state=asked")
    press(agency, "查看材料")
    agency.locator(".paper img").first.wait_for()
    keep_picture(agency, "consents")
    press(agency, "同意")
    answer(agency, "同意参保", opinion="同意")
    desks.go(handler, address)
    press(handler, "重新校验")
    handler.get_by_role("heading", name="不可参保人员（0）").wait_for()
    press(handler, "添加人员")
    dialog = handler.get_by_role("dialog")
    dialog.locator("[name=document_number]").fill(last.id_number)
    dialog.get_by_role("button", name="查找").click()
    expect(dialog.locator(".problem")).to_be_visible()
    dialog.get_by_role("button", name="取消").click()
    row = handler.locator("section.card", has_text="可参保人员").first.locator("tbody tr").first
    row.get_by_role("button", name="修改").click()
    answer(handler, "修改参保人员", shares=2)
    with handler.expect_download(timeout=PATIENCE) as download:
        press(handler, "导出")
    assert download.value.suggested_filename.endswith(".xlsx")
    keep_picture(handler, "order-office")
    return address


def pass_all(desks: Desks, page: Page, credit_code: str) -> None:
    """What a unit reported is summed up and passed on as a whole."""
    desks.go(page, f"orders?status=submitted&credit_code={credit_code}")
    press(page, "汇总金额")
    expect(page.locator(".figures dd").first).to_have_text("1")
    press(page, "核实并上报")
    answer(page, "核实并上报", opinion="核对无误")
    page.get_by_text("已办理 1 笔，未办理 0 笔").wait_for()


def review_and_pay(desks: Desks, address: str, credit_code: str) -> None:
    """Summed up and reported by the unit, passed by agency and district, paid, confirmed, the receipt printed."""
    handler, agency, finance = desks.handler, desks.agency, desks.finance
    desks.go(handler, "orders?status=draft")
    press(handler, "汇总金额")
    expect(handler.locator(".figures dd").nth(1)).to_have_text("4")
    keep_picture(handler, "orders-summed")
    press(handler, "上报查询结果")
    answer(handler, "上报查询结果")
    handler.get_by_text("已办理 1 笔，未办理 0 笔").wait_for()
    pass_all(desks, agency, credit_code)
    desks.enter(desks.district, "banshi1")
    pass_all(desks, desks.district, credit_code)
    desks.go(handler, address)
    press(handler, "付款")
    desks.choose(handler, voucher=desks.papers.picture, papers=desks.papers.pdf)
    answer(handler, "付款确认", submit="提交")
    desks.enter(finance, "caiwu1")
    desks.go(finance, address)
    press(finance, "确认到账")
    answer(finance, "确认到账")
    until(handler, lambda: desks.go(handler, address), lambda: handler.get_by_text("已完成").count() > 0)
    desks.go(agency, address)
    press(agency, "开具收据")
    answer(agency, "开具收据")
    expect(agency.locator("main").get_by_role("button", name="开具收据")).to_have_count(0)
    prints = agency.locator("main").get_by_role("button", name="打印收据")
    expect(prints).to_have_text("打印收据")
    with agency.expect_download() as download:
        prints.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    expect(prints).to_have_text("打印收据（已打印 1 次）")
    desks.go(agency, "receipts")
    with agency.expect_download():
        press(agency, "打印")
    row = agency.locator("tbody tr").first
    expect(row).to_contain_text("团体参保")
    expect(row.locator("td").nth(7)).to_have_text("2")
    keep_picture(agency, "receipts")


def change_in_mid_term(desks: Desks, address: str, leaver: Person) -> None:
    """One leaves by number: what comes back is shown, and the change is submitted."""
    handler = desks.handler
    desks.go(handler, address)
    press(handler, "人员增减")
    answer(handler, "人员增减")
    handler.get_by_role("heading", name="减员名单").wait_for()
    press(handler, "填写减员")
    dialog = handler.get_by_role("dialog")
    dialog.locator("[name=numbers]").fill("110101190001010000")
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.locator(".problem")).to_be_visible()
    expect(dialog.locator("[name=numbers]")).to_have_value("110101190001010000")
    answer(handler, "减员", numbers=leaver.id_number)
    handler.get_by_text("退费合计（元）").wait_for()
    keep_picture(handler, "amendment")
    press(handler, "提交")
    answer(handler, "提交参保申请", submit="提交")
    expect(handler.locator("main h2 .mark")).not_to_have_text("暂存")


def end_early(desks: Desks, ended: Person) -> None:
    """Asked for by the unit with the signed form, passed by the agency, decided by the district."""
    handler = desks.handler
    desks.go(handler, "terminations")
    press(handler, "新建申请")
    handler.fill("input[name=document_number]", ended.id_number)
    handler.get_by_role("button", name="查询").click()
    handler.locator("tbody input[type=checkbox]").first.check()
    press(handler, "申请终止所选")
    answer(handler, "申请提前终止", reason="调离北京")
    handler.get_by_text("下一步：打印申请表").wait_for()
    press(handler, "修改")
    answer(handler, "修改申请", reason="调离北京，不再参保")
    handler.get_by_text("调离北京，不再参保").wait_for()
    with handler.expect_download() as download:
        press(handler, "打印申请表")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    press(handler, "提交")
    desks.choose(handler, scans=desks.papers.picture)
    answer(handler, "提交申请")
    address = handler.url.split(f"#/{BEIJING}/")[1]
    for page in (desks.agency, desks.district):
        desks.go(page, address)
        page.get_by_role("heading", name="签字盖章的申请表").wait_for()
        page.locator(".paper img").first.wait_for()
        press(page, "同意")
        answer(page, "同意终止", opinion="同意")
    expect(desks.district.locator("main h2 .mark")).to_have_text("已终止")
    keep_picture(desks.district, "termination")


@pytest.mark.feature("D.02", "D.03", "D.04", "D.05", "D.06", "D.11", "D.12", "D.13", "P.01")
def test_a_units_year_at_a_city_office(office: Running, browser: Browser, tmp_path: Path) -> None:
    seed = int(time.time()) % 10**8
    everybody = list(people(3, seed=seed, youngest=25, oldest=50))
    (elder,) = people(1, seed=seed + 2, youngest=61, oldest=64)
    (wrong,) = people(1, seed=seed + 3, youngest=25, oldest=50)
    with (
        desk(browser) as handler,
        desk(browser) as agency,
        desk(browser) as district,
        desk(browser) as finance,
    ):
        desks = Desks(office, handler, agency, district, finance, Papers(tmp_path))
        credit_code = enter_unit(desks, browser, seed)
        admit(desks, everybody, elder, wrong)
        address = order_for_members(desks, wrong)
        review_and_pay(desks, address, credit_code)
        change_in_mid_term(desks, address, everybody[0])
        end_early(desks, everybody[1])
        desks.go(handler, "expiring")
        expect(handler).to_have_url(re.compile(r"expiring\?month=\d{4}-\d\d"))
        desks.go(handler, "audit")
        expect(handler.get_by_role("heading", name="没有权限")).to_be_visible()


def test_what_a_union_does_not_offer_is_not_opened_by_its_address(running: Running, browser: Browser) -> None:
    with desk(browser) as page:
        sign_in(running, page, "shenhe1")
        open_page(running, page, "terminations")
        expect(page.get_by_role("heading", name="本工会没有开通此功能")).to_be_visible()
        open_page(running, page, "pack")
        expect(page.get_by_role("heading", name="没有权限")).to_be_visible()
