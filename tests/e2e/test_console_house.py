"""What the house does at its desks: names linked, data requests, events to others, stock, the bank's statement."""

import io
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import xlsxwriter
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from common.ids import new_id
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, answer, desk, keep_picture, open_page, press, sign_in, token_of, until

pytestmark = [*WALK, pytest.mark.timeout(900)]
PATIENCE = 90_000
STATEMENT = ("交易日期", "收入金额", "支出金额", "账户余额", "对方户名", "对方账号", "交易流水号", "摘要")


@pytest.fixture(scope="module")
def covered(crowd: Crowd) -> Person:
    """Somebody under cover."""
    return crowd.take()


def book(rows: list[tuple[object, ...]]) -> bytes:
    """A workbook of one sheet."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as file:
        sheet = file.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return data.getvalue()


def choose(page: Page, name: str, data: bytes) -> None:
    """Choose a file in the open dialog."""
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def tell_names(running: Running, page: Page, *names: str) -> None:
    """A settlement system tells names of units that match nothing."""
    answered = httpx.post(
        f"{running.url}/api/identity/synced-names",
        json={"source": "settlement", "units": [{"name": name} for name in names]},
        headers={
            "X-Tenant": TENANT,
            "Authorization": f"Bearer {token_of(page)}",
            "Idempotency-Key": str(new_id()),
        },
        trust_env=False,
    )
    assert answered.status_code == 200, answered.text


@pytest.mark.feature("C.14", "D.08", "N.07")
def test_names_are_linked_and_personal_data_is_given_on_request(
    running: Running, browser: Browser, covered: Person
) -> None:
    stamp = str(int(time.time()))[-6:]
    with desk(browser) as clerk, desk(browser) as admin:
        sign_in(running, clerk, "shenhe1")
        tell_names(running, clerk, f"无锡测试机械厂{stamp}", f"无锡测试纺织厂{stamp}")
        open_page(running, clerk, "units?status=approved")
        code = clerk.locator("tbody tr").first.locator("td").nth(1).inner_text()
        open_page(running, clerk, "names?state=open&kind=unit")
        clerk.locator("tr", has_text=f"机械厂{stamp}").get_by_role("button", name="关联").click()
        dialog = clerk.get_by_role("dialog", name="关联")
        dialog.locator("[name=unit]").fill("91320200NOSUCHCODE")
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_contain_text("没有找到该单位，请核对统一社会信用代码或全称")
        expect(dialog.locator("[name=unit]")).to_have_value("91320200NOSUCHCODE")
        answer(clerk, "关联", unit=code)
        clerk.locator("tr", has_text=f"纺织厂{stamp}").get_by_role("button", name="忽略").click()
        answer(clerk, "忽略", note="已注销")
        keep_picture(clerk, "names")

        sign_in(running, admin, "admin1")
        open_page(running, admin, "members")
        admin.fill("input[name=document_number]", covered.id_number)
        admin.get_by_role("button", name="查询").click()
        admin.locator("tbody a").first.click()
        press(admin, "个人信息请求")
        dialog = admin.get_by_role("dialog", name="个人信息请求")
        dialog.locator("[name=kind]").select_option("erasure")
        dialog.locator("[name=reason]").fill("本人书面申请")
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_contain_text("暂不能删除个人信息：保障期至")
        expect(dialog.locator("[name=reason]")).to_have_value("本人书面申请")
        answer(admin, "个人信息请求", kind="export")
        row = admin.locator("tbody tr", has_text="导出个人信息").first
        ready = row.get_by_role("button", name="下载")
        until(admin, lambda: open_page(running, admin, "data-requests"), lambda: ready.count() > 0)
        with admin.expect_download() as download:
            ready.click()
        assert Path(download.value.path()).stat().st_size > 1000
        keep_picture(admin, "data-requests")


@pytest.mark.feature("N.06", "P.07")
def test_other_systems_are_told_of_events_and_given_keys(running: Running, browser: Browser) -> None:
    stamp = str(int(time.time()))[-6:]
    with desk(browser) as admin:
        sign_in(running, admin, "admin1")
        open_page(running, admin, "webhooks")
        press(admin, "登记推送地址")
        dialog = admin.get_by_role("dialog")
        dialog.locator("[name=url]").fill("ftp://example.com")
        dialog.locator("[name=description]").fill(f"人事系统{stamp}")
        dialog.locator("[name=event_types]").first.check()
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem, .wrong").first).to_be_visible()
        expect(dialog.locator("[name=description]")).to_have_value(f"人事系统{stamp}")
        answer(admin, "登记推送地址", url=f"https://example.com/hook/{stamp}")
        admin.get_by_text("签名密钥，只显示这一次").wait_for()
        row = admin.locator("tr", has_text=f"人事系统{stamp}")
        row.get_by_role("button", name="暂停").click()
        answer(admin, "暂停推送")
        row.get_by_role("button", name="恢复").click()
        answer(admin, "恢复推送", held=False)
        row.get_by_role("button", name="推送记录").click()
        press(admin, "重发一段时间")
        answer(admin, "重发一段时间的事件", since=f"{today():%Y-%m-%d}T00:00")
        keep_picture(admin, "webhooks")
        row.get_by_role("button", name="更换密钥").click()
        answer(admin, "更换密钥", words="更换")
        row.get_by_role("button", name="删除").click()
        answer(admin, "删除推送地址", words="删除")
        expect(row).to_have_count(0)

        open_page(running, admin, "interfaces")
        press(admin, "新建密钥")
        answer(admin, "新建接口密钥", name=f"数据中心{stamp}", days=30)
        key = admin.locator("main code").first.inner_text()
        asked = f"{running.url}/api/claims/reporting/v1/products"
        headers = {"X-Tenant": TENANT, "Authorization": f"Bearer {key}"}
        assert httpx.get(asked, headers=headers, trust_env=False).status_code == 200
        keep_picture(admin, "interfaces")
        admin.locator("tr", has_text=f"数据中心{stamp}").get_by_role("button", name="停用").click()
        answer(admin, "停用密钥", words="停用")
        assert httpx.get(asked, headers=headers, trust_env=False).status_code == 401


@pytest.mark.feature("E.04")
def test_times_to_collect_and_codes_by_file(running: Running, browser: Browser) -> None:
    stamp = str(int(time.time()))[-6:]
    days = {"opens_on": f"{today():%Y-%m-%d}", "closes_on": f"{today() + timedelta(days=3):%Y-%m-%d}"}
    with desk(browser) as admin:
        sign_in(running, admin, "admin1")
        for gives, title in (("goods", f"防暑用品{stamp}"), ("code", f"电影票{stamp}")):
            open_page(running, admin, "campaigns")
            press(admin, "新建活动")
            answer(admin, "新建活动", title=title, gives=gives, place="职工之家", **days)
            admin.get_by_role("heading", name=title).wait_for()
            if gives == "goods":
                press(admin, "新增")
                tomorrow = f"{today() + timedelta(days=1):%Y-%m-%d}"
                answer(
                    admin,
                    "新增领取时段",
                    starts_at=f"{tomorrow}T09:00",
                    ends_at=f"{tomorrow}T11:00",
                    capacity=20,
                    place="职工之家",
                )
                admin.get_by_text("20 / 20").wait_for()
                slot = admin.locator("tr", has_text="职工之家")
                slot.get_by_role("button", name="修改").click()
                answer(admin, "修改名额", capacity=30)
                admin.get_by_text("30 / 30").wait_for()
            else:
                press(admin, "导入电子码")
                choose(
                    admin,
                    "codes.xlsx",
                    book(
                        [
                            ("电子码", "卡密", "有效期至"),
                            (f"FILM{stamp}01", "778899", ""),
                            (f"FILM{stamp}02", "665544", ""),
                        ]
                    ),
                )
                answer(admin, "导入电子码")
                admin.get_by_text("2 / 2").wait_for(timeout=PATIENCE)
                press(admin, "生成电子码")
                answer(admin, "生成电子码", count=3)
                admin.get_by_text("5 / 5").wait_for()
            press(admin, "发布")
            answer(admin, "发布活动")
            admin.get_by_role("heading", name="统计").wait_for()
            keep_picture(admin, f"campaign-{gives}")
        press(admin, "结束")
        answer(admin, "结束活动", words="结束")
        admin.get_by_text("已结束").wait_for()

        open_page(running, admin, "scan")
        admin.locator("select[name=poster]").select_option(label=f"防暑用品{stamp}")
        expect(admin.locator("img.poster")).to_be_visible()
        admin.fill("input[name=token]", "not-a-code-of-ours-0000")
        press(admin, "核销")
        expect(admin.locator("main ul .mark").first).to_be_visible()
        admin.fill("input[name=number]", "0000000000")
        press(admin, "查询")
        expect(admin.locator("form .problem")).to_be_visible()
        keep_picture(admin, "scan")


@pytest.mark.feature("N.05")
def test_the_banks_statement_is_matched_and_explained(
    running: Running, browser: Browser, covered: Person, tmp_path: Path
) -> None:
    assert covered
    serial = str(int(time.time()))
    row = (f"{today():%Y-%m-%d}", "0.37", "", "0.37", "江苏银行", "", f"J{serial}", "利息")
    with desk(browser) as finance:
        sign_in(running, finance, "caiwu1")
        open_page(running, finance, "reconciliation")
        press(finance, "导入流水")
        choose(finance, "words.xlsx", b"not a workbook")
        dialog = finance.get_by_role("dialog")
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_be_visible()
        choose(finance, "statement.xlsx", book([("江苏银行账户明细",), STATEMENT, row]))
        answer(finance, "导入银行流水")
        finance.get_by_text("1 笔流水，重复 0 笔").wait_for()
        lines = finance.locator("section.card", has_text="银行流水")
        line = lines.locator("tr", has_text="利息").first
        expect(line.get_by_role("button", name="勾对")).to_be_disabled()
        books = finance.locator("section.card", has_text="未达账目")
        books.locator("tbody input[type=checkbox]").first.check()
        line.get_by_role("button", name="勾对").click()
        dialog = finance.get_by_role("dialog", name="手工勾对")
        dialog.get_by_role("button", name="确定").click()
        expect(dialog.locator(".problem")).to_be_visible()
        dialog.get_by_role("button", name="取消").click()
        line.get_by_role("button", name="说明").click()
        answer(finance, "填写说明", text="银行结息，次月入账")
        until(finance, lambda: None, lambda: lines.get_by_text("银行结息，次月入账").count() > 0)
        keep_picture(finance, "reconciliation-explained")
        press(finance, "导入流水")
        choose(finance, "statement.xlsx", book([("江苏银行账户明细",), STATEMENT, row]))
        answer(finance, "导入银行流水")
        finance.get_by_text("重复 1 笔").wait_for()
