"""Members at a city office (D.08–D.10): found, moved, renamed, edited and deleted; a loan decided (E.07)."""

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.demo.caller import Caller, Refused
from huzhu.people import people
from huzhu.people.persons import Person

from ..conftest import Parts
from .browser import WALK
from .campus import Work, bound, handed_in, steer
from .city import CITY, OWN, Office, founded
from .conftest import Running
from .desk import answer, asks_for, desk, keep_picture, press
from .province import paper

pytestmark = [*WALK, pytest.mark.timeout(600)]
CARD = "6222021234567890128"


@pytest.fixture(scope="module")
def office(running: Running, parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return founded(running, parts.home.secrets["platform_operator_1"], tmp_path_factory.mktemp("city"))


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
        office.enter_handler(handler)
        office.enter(clerk, "xinxi1")
        moves(office, handler, clerk)
        is_renamed(office, handler, clerk)


def admit(page: Page, *everybody: Person) -> None:
    """One after the other by the form that stays open."""
    press(page, "连续登记")
    for place, one in enumerate(everybody, start=1):
        dialog = page.get_by_role("dialog", name="入会登记")
        dialog.locator("[name=name]").fill(one.name)
        dialog.locator("[name=document_number]").fill(one.id_number)
        dialog.locator("[name=mobile]").fill(one.mobile)
        dialog.get_by_role("button", name="保存并新增下一个").click()
        expect(page.locator("main tbody tr", has_text=one.id_number[-4:])).to_have_count(1)
        expect(dialog.locator("[name=name]")).to_have_value("")
        if place == len(everybody):
            dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()


def is_edited_and_deleted(page: Page, one: Person) -> None:
    """Only what is typed changes: the number stays, and so does the mobile of who gets another name."""
    row = page.locator("tbody tr", has_text=one.id_number[-4:])
    row.get_by_role("button", name="修改").click()
    answer(page, "修改", name=f"{one.name[0]}长安")
    expect(row).to_contain_text(f"{one.name[0]}**")
    expect(row).to_contain_text(one.mobile[-4:])
    row.get_by_role("button", name="修改").click()
    answer(page, "修改", mobile="13800009999")
    expect(row).to_contain_text("9999")
    row.get_by_role("button", name="删除", exact=True).click()
    asks_for(page.get_by_role("dialog"), "请输入“删除”")
    answer(page, "删除", words="删除")
    expect(row).to_have_count(0)


def find(page: Page, one: Person) -> None:
    """Search for one person, and nobody else."""
    page.fill("input[name=document_number]", one.id_number)
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_text("查询结果共 1 人")).to_be_visible()


def is_decided(office: Office, clerk: Page, kept: Person, sent_back: Person) -> None:
    """Of two who were reported one is confirmed and one returned."""
    office.go(clerk, "admissions?state=reported")
    find(clerk, kept)
    press(clerk, "财务确认")
    answer(clerk, "财务确认")
    office.go(clerk, "admissions?state=reported")
    find(clerk, sent_back)
    press(clerk, "打回")
    answer(clerk, "打回", reason="身份证号与名单不符")


def nobody_else_is_deleted(page: Page, kept: Person) -> None:
    """Who is confirmed stands without the two buttons, and keeps a whole search from being deleted."""
    find(page, kept)
    row = page.locator("main tbody tr")
    expect(row).to_contain_text("财务确认")
    expect(row.get_by_role("button")).to_have_count(0)
    press(page, "全部删除")
    dialog = page.get_by_role("dialog", name="全部删除")
    dialog.locator("[name=words]").fill("删除")
    asks_for(dialog, "请输入“全部删除”")
    dialog.locator("[name=words]").fill("全部删除")
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.locator(".problem")).to_contain_text("有1人不是“新建”或“打回”状态，不能全部删除")
    keep_picture(page, "admissions-not-deleted")
    dialog.get_by_role("button", name="取消").click()


@pytest.mark.feature("D.03", "D.10")
def test_members_are_edited_and_deleted_while_new_or_returned(office: Office, browser: Browser) -> None:
    first, kept, sent_back = people(3, seed=int(time.time()) + 77, youngest=25, oldest=45)
    with desk(browser) as handler, desk(browser) as clerk:
        office.enter_handler(handler)
        office.go(handler, "admissions?state=new")
        admit(handler, first, kept, sent_back)
        is_edited_and_deleted(handler, first)
        press(handler, "上报查询结果")
        answer(handler, "上报")
        office.go(handler, "admissions?state=reported")
        expect(handler.get_by_text("查询结果共 2 人")).to_be_visible()
        expect(handler.locator("main tbody").get_by_role("button")).to_have_count(0)
        office.enter(clerk, "xinxi1")
        is_decided(office, clerk, kept, sent_back)
        office.go(handler, "admissions")
        nobody_else_is_deleted(handler, kept)
        office.go(handler, "admissions?state=returned")
        row = handler.locator("main tbody tr", has_text=sent_back.id_number[-4:])
        expect(row).to_contain_text("身份证号与名单不符")
        expect(row.get_by_role("button")).to_have_text(["修改", "删除"])
        keep_picture(handler, "admissions-returned")
        press(handler, "全部删除")
        answer(handler, "全部删除", words="全部删除")
        expect(handler.get_by_text("查询结果共 0 人")).to_be_visible()
        keep_picture(handler, "admissions-nobody")
        office.go(handler, "admissions?state=confirmed")
        expect(handler.locator("main tbody tr", has_text=kept.id_number[-4:])).to_have_count(1)


async def asks_for_a_loan(member: Caller) -> dict[str, Any]:
    """Apply for 50,000 yuan, and be refused a second application in the same year."""
    sent = await handed_in(member, await a_loan(member))
    with pytest.raises(Refused) as refused:
        await handed_in(member, await a_loan(member))
    assert "每人每年限申请一次" in str(refused.value)
    return sent


async def a_loan(member: Caller) -> str:
    """Fill an application in, with its papers; return its id."""
    papers = []
    for rule in ("id-card", "business-licence"):
        options: dict[str, Any] = {
            "name": f"{rule}.jpg",
            "params": {"recognize": str(rule == "id-card").lower()},
        }
        kept = await member.upload("/api/ocr/documents", paper(mark=f"{rule} {time.time_ns()}"), **options)
        papers.append({"rule": rule, "receipt": kept["receipt"]})
    values = {"requested_amount": "50000.00", "purpose": "开办面包店", "licence_number": "91110108MA01ABCD1E"}
    body = {
        "kind": "startup-loan", "documents": papers, "payee": {"card_number": CARD, "bank_name": "北京银行"},
        "fields": [{"code": code, "value": value} for code, value in values.items()],
    }  # fmt: skip
    return str((await member.post("/api/claims/claims", body))["id"])


def brings_the_licence_again(claim: str) -> Work:
    """Photograph what was not clear once more, and hand the application in again."""

    async def done(member: Caller) -> dict[str, Any]:
        options: dict[str, Any] = {"name": "licence.jpg", "params": {"recognize": "false"}}
        kept = await member.upload("/api/ocr/documents", paper(mark="business-licence, clear"), **options)
        documents = [{"rule": "business-licence", "receipt": kept["receipt"]}]
        await member.post(f"/api/claims/claims/{claim}/documents", {"documents": documents})
        return await handed_in(member, claim)

    return done


def to_the_loan(office: Office, page: Page, number: str, node: str) -> None:
    """Found in the queue, at whose node it stands."""
    office.go(page, "queue")
    row = page.locator("tbody tr", has_text=number)
    expect(row).to_contain_text("创业贷款申请")
    expect(row).to_contain_text(node)
    row.get_by_role("link").first.click()
    page.get_by_role("heading", name="金额是怎么算出来的").wait_for()
    expect(page.locator("main")).to_contain_text("开办面包店")
    page.locator(".paper img").first.wait_for()


@pytest.mark.feature("E.07")
def test_a_loan_is_returned_once_and_granted_by_two_people(office: Office, browser: Browser) -> None:
    steer(office.running, face="pass", tenant=CITY)
    member = office.does("", bound(office.borrows, tenant=CITY))["access_token"]
    loan = office.does(member, asks_for_a_loan)
    with desk(browser) as checker, desk(browser) as reviewer:
        office.enter(checker, "chushen1")
        office.enter(reviewer, "fuhe1")
        to_the_loan(office, checker, loan["number"], "资料初审")
        keep_picture(checker, "loan")
        press(checker, "退回补正")
        answer(checker, "退回补正", missing=["business-licence"], opinion="营业执照不清楚，请重新拍照")
        office.go(checker, f"claims/{loan['id']}")
        expect(checker.get_by_text("已退回会员，等待会员补正后再次提交")).to_be_visible()
        path = f"/api/claims/claims/{loan['id']}"
        office.does(member, brings_the_licence_again(loan["id"]))
        for page, node in ((checker, "资料初审"), (reviewer, "贷款复核")):
            to_the_loan(office, page, loan["number"], node)
            press(page, "同意")
            expect(page.get_by_role("dialog", name="同意")).to_contain_text("50,000.00")
            answer(page, "同意", opinion="符合创业贷款条件")
        office.go(reviewer, f"claims/{loan['id']}")
        expect(reviewer.locator("main h2 .mark")).to_have_text("已通过")
        keep_picture(reviewer, "loan-granted")
    told = office.does(member, lambda caller: caller.get(path))
    assert (told["status"], told["amount"]) == ("approved", "50000.00")
