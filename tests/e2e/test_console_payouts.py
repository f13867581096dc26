"""Money at the desks: a batch by two, a transfer that fails, a new card, paid; the decision drawn for a look."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from huzhu.demo.caller import until as until_there
from huzhu.demo.claiming import bank_result, settlement_file
from huzhu.demo.world import World
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import answer, asks_for, desk, keep_picture, open_page, press, sign_in, until
from .phone import carry, go, phone, register, seen
from .test_member_decided import Office

pytestmark = [*WALK, pytest.mark.timeout(900)]
REFUSED = "账号户名不符"
NEW_CARD = "6222021234567890128"
IN_CASH = "19000.00"
"""Costs whose benefit is near the limit of what rules decide alone: such a decision is always drawn for a look."""


@dataclass
class Desks:
    """Whoever has a hand in a payment, and where files are written."""

    running: Running
    maker: Page
    checker: Page
    finance: Page
    folder: Path

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path)


def decided_by_rules(office: Office, somebody: Person) -> dict[str, Any]:
    """A settlement tells of a stay; rules alone decide the claim. Returns it as lists show it."""

    async def work(world: World) -> dict[str, Any]:
        checker = await world.staff("claims_checker")
        data = settlement_file(world, somebody.name, somebody.id_number).decode()
        data = data.replace("9000.00", "25000.00").replace("3000.00", IN_CASH)
        await checker.upload("/api/claims/feed/files", data.encode(), name=f"feed{world.seed}.csv")

        async def decided() -> dict[str, Any] | None:
            asked = {"document_number": somebody.id_number}
            found = (await checker.post("/api/claims/claims/search", asked))["items"]
            return next((one for one in found if one["status"] == "approved"), None)

        return await until_there(decided, "免申即享 the decision")

    claim: dict[str, Any] = office.does(work)
    return claim


def fund(desks: Desks) -> None:
    """A grant is posted by hand by two people, so that the fund can pay."""
    memo = f"财政补助{time.time_ns() // 10**6}"
    desks.go(desks.finance, "proposals")
    press(desks.finance, "手工凭证")
    answer(
        desks.finance, "手工凭证", debit="bank", credit="grants", amount="400000.00",
        booked_on=f"{today():%Y-%m-%d}", memo=memo,
    )  # fmt: skip
    desks.go(desks.checker, "proposals?state=proposed")
    desks.checker.locator("tr", has_text=memo).get_by_role("button", name="同意").click()
    answer(desks.checker, "同意", opinion="已核对拨款通知")


def prepare(desks: Desks, number: str) -> str:
    """Make a batch of what waits, unless the union's schedule has just done so; returns the address of its page."""
    maker = desks.maker
    mine = maker.locator("main tbody tr", has_text=number)

    def put_in_a_batch() -> None:
        desks.go(maker, "batches")
        press(maker, "制单")
        dialog = maker.get_by_role("dialog", name="新建支付批次")
        nothing = maker.get_by_text("没有待制单的款项")
        expect(dialog.or_(nothing).first).to_be_visible()
        if dialog.is_visible():
            expect(dialog).to_contain_text("待制单")
            expect(dialog.locator("[name=which]")).to_contain_text("全部")
            keep_picture(maker, "batch-to-make")
            dialog.get_by_role("button", name="确定").click()
            refused = dialog.locator(".problem")
            until(maker, lambda: None, lambda: not dialog.is_visible() or refused.count() > 0)
        desks.go(maker, "batches?status=prepared")
        for link in maker.locator("main tbody a").evaluate_all("all => all.map((one) => one.hash)"):
            desks.go(maker, str(link).split("/", 2)[2])
            maker.locator("main tbody tr").first.wait_for()
            if mine.count():
                return

    until(maker, put_in_a_batch, lambda: mine.count() == 1)
    confirm = maker.locator("main").get_by_role("button", name="确认", exact=True)
    if confirm.count():
        confirm.click()
        answer(maker, "确认批次")
    expect(maker.get_by_text("下一步：由制单人以外的另一人复核放行")).to_be_visible()
    expect(maker.locator("main").get_by_role("button", name="复核放行")).to_have_count(0)
    return maker.url.split("#/wuxi/")[1]


def release(desks: Desks, address: str) -> None:
    """By another person, who types the sum."""
    checker = desks.checker
    desks.go(checker, address)
    expect(checker.locator("main").get_by_role("button", name="作废")).to_have_count(0)
    keep_picture(checker, "batch-to-release")
    press(checker, "复核放行")
    dialog = checker.get_by_role("dialog", name="复核放行")
    total = dialog.locator("label.field span").last.inner_text().split("“")[1].split("”")[0]
    dialog.locator("[name=words]").fill(f"{Decimal(total.replace(',', '')) + 1}")
    asks_for(dialog, "请输入“")
    answer(checker, "复核放行", words=total)
    expect(checker.get_by_text("您无需操作")).to_be_visible()
    expect(checker.get_by_text("下一步：下载银行文件")).to_have_count(0)


def at_the_bank(desks: Desks, address: str, number: str, *, fails: bool) -> None:
    """The bank's file out, its answer in: everybody is paid, except one whose transfer failed."""
    maker = desks.maker
    desks.go(maker, address)
    mine = maker.locator("main tbody tr", has_text=number)
    payout = mine.locator("td").nth(1).inner_text()
    with maker.expect_download() as download:
        press(maker, "银行文件 csv")
    lines = bank_result(Path(download.value.path()).read_bytes()).decode("gb18030").splitlines()
    wrong = [
        line.replace(",成功,,", f",失败,{REFUSED},") if fails and line.startswith(payout) else line
        for line in lines
    ]
    assert not fails or wrong != lines, "one line fails"
    result = desks.folder / f"result-{fails}.csv"
    result.write_bytes("\r\n".join(wrong).encode("gb18030"))
    not_understood(desks, wrong)
    press(maker, "导入回盘")
    maker.get_by_role("dialog").locator("input[name=file]").set_input_files(result)
    answer(maker, "导入银行回盘")
    expect(maker.locator("main h2 .mark")).to_have_text("已回盘")
    note = maker.get_by_role("status").filter(has_text=f"回盘文件“{result.name}”")
    expect(note).to_contain_text(f"失败 {int(fails)} 笔")
    expect(maker.get_by_text("没有入账")).to_have_count(0)
    expect(maker.get_by_text("有转账失败")).to_have_count(int(fails))
    expect(mine).to_contain_text(REFUSED if fails else "成功")
    keep_picture(maker, "batch-failed" if fails else "batch")


def not_understood(desks: Desks, lines: list[str]) -> None:
    """A word that the bank never writes: its row is named, nothing is booked, and the page keeps it in sight."""
    maker, wrong = desks.maker, desks.folder / "not-understood.csv"
    last = lines[-1].replace(",成功,", ",付了,").replace(",失败,", ",付了,")
    wrong.write_bytes("\r\n".join([*lines[:-1], last]).encode("gb18030"))
    press(maker, "导入回盘")
    dialog = maker.get_by_role("dialog", name="导入银行回盘")
    dialog.locator("input[name=file]").set_input_files(wrong)
    dialog.get_by_role("button", name="确定").click()
    said = f"第 {len(lines)} 行：“处理结果”为“付了”，系统不认识"
    expect(dialog).to_contain_text(said)
    dialog.get_by_role("button", name="取消").click()
    expect(maker.locator("main .problem")).to_contain_text("“not-understood.csv”没有入账")
    expect(maker.locator("main .problem")).to_contain_text(said)
    expect(maker.locator("main h2 .mark")).to_have_text("已放行")
    expect(maker.locator("main tbody .mark", has_text="未回")).to_have_count(len(lines) - 1)
    keep_picture(maker, "batch-not-understood")


def another_card(running: Running, page: Page, claim: str) -> None:
    """The member is told on the phone, names a wrong number, then a right one."""
    go(running, page, "")
    page.get_by_role("link", name="没有打成款").first.click()
    page.get_by_text(REFUSED).first.wait_for()
    expect(page.locator(".timeline li", has_text=REFUSED)).to_contain_text("转账失败")
    page.locator("input[name=bank_name]").fill("江苏银行无锡分行")
    page.locator("input[name=card_number]").fill(NEW_CARD[:-1] + "9")
    page.get_by_role("button", name="更换").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    seen(page, "claim-new-card")
    page.locator("input[name=card_number]").fill(NEW_CARD)
    page.get_by_role("button", name="更换").dblclick()
    expect(page.locator("input[name=card_number]")).to_have_count(0)
    expect(page.get_by_text(NEW_CARD[-4:]).first).to_be_visible()


def given_back(desks: Desks, number: str) -> None:
    """Money given back by the bank is recorded by one and refused by another: it stays paid."""
    desks.go(desks.maker, "payouts?status=paid")
    desks.maker.locator("tr", has_text=number).get_by_role("button", name="登记退汇").click()
    reason = f"账号已注销{number[-4:]}"
    answer(desks.maker, "登记退汇", reversed_on=f"{today():%Y-%m-%d}", reason=reason)
    desks.go(desks.checker, "proposals?state=proposed")
    keep_picture(desks.checker, "proposals-waiting")
    asked = desks.checker.locator("tr", has_text=reason)
    payout = str(asked.get_by_role("link").text_content()).split()[0]
    desks.go(desks.checker, f"payouts?number={payout}")
    expect(desks.checker.locator("main tbody tr")).to_contain_text(number)
    desks.go(desks.checker, "proposals?state=proposed")
    asked.get_by_role("button", name="驳回").click()
    answer(desks.checker, "驳回", opinion="银行未退回")
    expect(desks.checker.locator("tr", has_text=reason)).to_have_count(0)


def look_at_the_decision(running: Running, reviewer: Page, number: str) -> None:
    """What rules decided near their limit is drawn; somebody looks at the claim and says whether it was right."""
    open_page(running, reviewer, "samples?status=open")
    row = reviewer.locator("tbody tr", has_text=number)
    expect(row).to_contain_text("金额接近自动审核上限")
    keep_picture(reviewer, "samples-open")
    row.get_by_role("link", name=number).click()
    reviewer.get_by_role("heading", name="金额是怎么算出来的").wait_for()
    expect(reviewer.locator("main .facts")).to_contain_text(NEW_CARD[-4:])
    keep_picture(reviewer, "claim-by-rules")
    open_page(running, reviewer, "samples?status=open")
    row.get_by_role("button", name="有误").click()
    dialog = reviewer.get_by_role("dialog", name="判定有误")
    asks_for(dialog, "请填写意见。")
    dialog.get_by_role("button", name="取消").click()
    row.get_by_role("button", name="正确").click()
    answer(reviewer, "确认正确", opinion="与结算数据一致")
    expect(row).to_have_count(0)
    open_page(running, reviewer, "samples?status=confirmed")
    expect(row).to_contain_text("与结算数据一致")
    expect(reviewer.locator(".figures dd").first).to_contain_text("/")
    keep_picture(reviewer, "samples-judged")


@pytest.mark.feature("B.09", "N.03", "N.05", "P.03")
def test_a_transfer_that_failed_is_paid_to_another_card(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    office, somebody = Office(running, tmp_path), crowd.take()
    claim = decided_by_rules(office, somebody)
    number = str(claim["number"])
    with (
        desk(browser) as maker,
        desk(browser) as checker,
        desk(browser) as finance,
        phone(browser) as member,
    ):
        for page, user in ((maker, "zhidan1"), (checker, "fangxing1"), (finance, "caiwu1")):
            sign_in(running, page, user)
        desks = Desks(running, maker, checker, finance, tmp_path)
        fund(desks)
        address = prepare(desks, number)
        release(desks, address)
        at_the_bank(desks, address, number, fails=True)
        desks.go(maker, "payouts?status=failed")
        expect(maker.locator("tr", has_text=number)).to_contain_text(REFUSED)
        keep_picture(maker, "payouts-failed")
        carry(running, member, register(running, somebody))
        another_card(running, member, str(claim["id"]))
        desks.go(maker, "payouts?status=failed")
        expect(maker.locator("tr", has_text=number)).to_have_count(0)
        again = prepare(desks, number)
        assert again != address
        release(desks, again)
        at_the_bank(desks, again, number, fails=False)
        go(running, member, f"/claims/{claim['id']}")
        expect(member.get_by_text("已到账").first).to_be_visible()
        given_back(desks, number)
        desks.go(finance, "ledger")
        expect(finance.locator("main .mark", has_text="不平")).to_have_count(0)
        keep_picture(finance, "ledger-after")
        sign_in(running, maker, "fuhe1")
        look_at_the_decision(running, maker, number)


@pytest.mark.feature("P.06", "N.05")
def test_a_decision_found_wrong_is_paid_only_when_two_people_agree(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    office, somebody = Office(running, tmp_path), crowd.take()
    number = str(decided_by_rules(office, somebody)["number"])
    why, again = f"口径有误{number[-4:]}", f"已重新核对{number[-4:]}"
    with found_wrong(running, browser, number, why) as (reviewer, maker, checker):
        keep_picture(reviewer, "samples-stopped")
        open_page(running, maker, f"payouts?number={number}")
        stopped = maker.locator("main tbody tr", has_text=number)
        expect(stopped).to_contain_text("抽检有误，已暂缓")
        keep_picture(maker, "payouts-stopped")
        stopped.get_by_role("button", name="恢复支付").click()
        asks_for(maker.get_by_role("dialog", name="恢复支付"), "请填写恢复的理由。")
        answer(maker, "恢复支付", reason=again)
        agreed(running, checker, "恢复支付", again)
        open_page(running, maker, f"payouts?number={number}")
        expect(stopped).not_to_contain_text("已暂缓")
        expect(stopped.get_by_role("button", name="恢复支付")).to_have_count(0)


@contextmanager
def found_wrong(
    running: Running, browser: Browser, number: str, why: str
) -> Iterator[tuple[Page, Page, Page]]:
    """The decision about a claim is judged wrong on the list of samples; yields reviewer, maker and checker."""
    with desk(browser) as reviewer, desk(browser) as maker, desk(browser) as checker:
        for page, user in ((reviewer, "fuhe1"), (maker, "zhidan1"), (checker, "fangxing1")):
            sign_in(running, page, user)
        open_page(running, reviewer, "samples?status=open")
        row = reviewer.locator("tbody tr", has_text=number)
        row.get_by_role("button", name="有误").click()
        expect(reviewer.get_by_role("dialog", name="判定有误")).to_contain_text("立即暂缓支付")
        answer(reviewer, "判定有误", opinion=why)
        open_page(running, reviewer, "samples?status=wrong")
        expect(row).to_contain_text("已暂缓支付")
        yield reviewer, maker, checker


def agreed(running: Running, checker: Page, title: str, words: str) -> None:
    """Who releases payments agrees to what was proposed with these words."""
    open_page(running, checker, "proposals?state=proposed")
    asked = checker.locator("tr", has_text=words)
    expect(asked).to_contain_text(title)
    asked.get_by_role("button", name="同意").click()
    answer(checker, "同意", opinion="已核对，同意")


@pytest.mark.feature("P.06", "N.05")
def test_a_decision_found_wrong_is_taken_back_and_looked_at_again(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    office, somebody = Office(running, tmp_path), crowd.take()
    number = str(decided_by_rules(office, somebody)["number"])
    why = f"自费部分算进基数{number[-4:]}"
    with found_wrong(running, browser, number, why) as (reviewer, maker, checker):
        open_page(running, maker, f"payouts?number={number}")
        payout = maker.locator("main tbody tr", has_text=number)
        payout.get_by_role("button", name="退回重审").click()
        expect(maker.get_by_role("dialog", name="撤回给付，重新审核")).to_contain_text("会员会收到消息")
        answer(maker, "撤回给付，重新审核", reason=why)
        agreed(running, checker, "撤回给付，重新审核", why)
        open_page(running, maker, f"payouts?number={number}")
        expect(payout).to_contain_text("已撤回，案件重新审核")
        expect(payout.get_by_role("button", name="退回重审")).to_have_count(0)
        keep_picture(maker, "payouts-withdrawn")
        open_page(running, reviewer, "samples?status=wrong")
        row = reviewer.locator("tbody tr", has_text=number)
        expect(row).to_contain_text("重新审核中")
        row.get_by_role("link", name=number).click()
        expect(reviewer.locator("main")).to_contain_text("抽检认为原决定有误，重新审核")
        expect(reviewer.locator("main")).to_contain_text("抽检有误，重新审核")
        keep_picture(reviewer, "claim-looked-at-again")
