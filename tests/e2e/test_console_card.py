"""A member at the counter with a bank book: the clerk names another card, a checker consents, the money goes there."""

from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, answer, desk, keep_picture, press, sign_in, until
from .test_console_payouts import (
    NEW_CARD,
    REFUSED,
    Desks,
    at_the_bank,
    decided_by_rules,
    fund,
    prepare,
    release,
)
from .test_member_decided import Office

pytestmark = [*WALK, pytest.mark.timeout(900)]
TAIL = NEW_CARD[-4:]


def bank_book(folder: Path) -> Path:
    """What the member shows, as an office scans it."""
    path, page = folder / "bank-book.pdf", Image.new("RGB", (900, 560), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((40, 40, 860, 520), outline="black", width=4)
    pen.text((90, 120), NEW_CARD, fill="black", font_size=44)
    page.save(path)
    return path


def name_a_card(desks: Desks, clerk: Page, somebody: Person) -> None:
    """Found by the ID card; two numbers that differ and somebody else's card are told; the payee's own one waits."""
    desks.go(clerk, "counter")
    clerk.locator("main").get_by_role("link", name="更换收款卡").click()
    clerk.locator("input[name=document_number]").fill(somebody.id_number)
    press(clerk, "查询")
    row = clerk.locator("main tbody tr", has_text=REFUSED)
    expect(row).to_have_count(1)
    keep_picture(clerk, "counter-card")
    row.get_by_role("button", name="更换收款卡").click()
    dialog = clerk.get_by_role("dialog", name="更换收款卡")
    expect(dialog).to_contain_text(f"证件尾号 {somebody.id_number[-4:]}")
    typed = {"holder": "别人", "bank_name": "江苏银行", "card_number": NEW_CARD, "again": f"{NEW_CARD[:-1]}9"}
    for name, value in typed.items():
        dialog.locator(f"[name={name}]").fill(value)
    proposes = dialog.get_by_role("button", name="提出")
    proposes.click()
    expect(dialog.locator("label", has_text="再输一次卡号").locator(".wrong")).to_contain_text("不一致")
    dialog.locator("[name=again]").fill(NEW_CARD)
    proposes.click()
    expect(dialog.locator("label", has_text="户名").locator(".wrong")).to_contain_text("收款人姓名不一致")
    keep_picture(clerk, "counter-card-refused")
    dialog.locator("[name=holder]").fill(somebody.name)
    dialog.locator("[name=document]").set_input_files(bank_book(desks.folder))
    proposes.click()
    expect(row).to_contain_text("已提出换卡，等待复核")
    keep_picture(clerk, "counter-card-proposed")


def consent(desks: Desks, somebody: Person) -> None:
    """The checker sees the picture beside what was typed, and consents."""
    checker = desks.checker
    desks.go(checker, "proposals?state=proposed")
    asked = checker.locator("main tbody tr", has_text="柜面更换收款卡").filter(has_text=TAIL).first
    expect(asked).to_contain_text(somebody.id_number[-4:])
    asked.get_by_role("button", name="看银行卡").click()
    shown = checker.locator("section.card", has_text="出示的银行卡或存折")
    expect(shown).to_contain_text(TAIL)
    # The pictures of a PDF's pages are made in the background, and come by themselves.
    expect(shown.locator("img").first).to_be_visible(timeout=90_000)
    keep_picture(checker, "proposals-card")
    asked.get_by_role("button", name="同意").click()
    answer(checker, "同意", opinion="已核对存折")
    expect(asked).to_have_count(0)


def told_by_sms(running: Running, somebody: Person) -> bool:
    """Whether the member's phone, on which no account is, was told of the card."""
    answer = httpx.get(
        f"{running.url}/api/notify/sandbox/messages",
        params={"mobile": somebody.mobile},
        headers={"X-Tenant": TENANT},
        trust_env=False,
    )
    return any(TAIL in message["text"] for message in answer.json()["items"])


@pytest.mark.feature("B.09", "N.05", "P.03")
def test_a_bank_book_at_the_counter(running: Running, browser: Browser, crowd: Crowd, tmp_path: Path) -> None:
    office, somebody = Office(running, tmp_path), crowd.take()
    number = str(decided_by_rules(office, somebody)["number"])
    with desk(browser) as maker, desk(browser) as checker, desk(browser) as finance, desk(browser) as clerk:
        users = ((maker, "zhidan1"), (checker, "fangxing1"), (finance, "caiwu1"), (clerk, "chushen1"))
        for page, user in users:
            sign_in(running, page, user)
        desks = Desks(running, maker, checker, finance, tmp_path)
        fund(desks)
        first = prepare(desks, number)
        release(desks, first)
        at_the_bank(desks, first, number, fails=True)
        name_a_card(desks, clerk, somebody)
        consent(desks, somebody)
        until(clerk, lambda: None, lambda: told_by_sms(running, somebody))
        desks.go(maker, "payouts?status=waiting")
        waits = maker.locator("main tbody tr", has_text=number)
        expect(waits).to_contain_text(TAIL)
        waits.locator("input[type=checkbox]").check()
        keep_picture(maker, "payouts-ticked")
        maker.get_by_role("button", name="制单（已选 1 笔").click()
        expect(maker.get_by_role("dialog", name="新建支付批次")).to_contain_text("已勾选 1 笔")
        keep_picture(maker, "batch-of-ticked")
        answer(maker, "新建支付批次")
        expect(maker.locator("main tbody tr", has_text=number)).to_have_count(0)
        second = prepare(desks, number)
        assert second != first
        release(desks, second)
        expect(checker.locator("main tbody tr", has_text=number)).to_contain_text(TAIL)
        at_the_bank(desks, second, number, fails=False)
