"""What a member does once and uses again: a card photographed for the file, a message read, cover and payouts seen."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.people.persons import Person

from ..ocr.recognition.invented.camera import take
from ..ocr.recognition.invented.canvas import Canvas
from ..ocr.recognition.invented.cards import identity
from ..ocr.recognition.invented.facts import facts
from .browser import WALK
from .campus import bound, steer
from .conftest import Running
from .keeping import kept, member, page
from .phone import carry, go, phone, seen, visit, watching
from .province import UNION, Province

__all__ = ["kept", "member", "page"]
pytestmark = [*WALK, pytest.mark.timeout(600)]
FILE_INPUT = "input[type=file]:not([capture])"
CARD = "身份证"


def photographed_card(member: Person, folder: Path) -> Path:
    """The member's ID card as it lies before the phone."""
    seed = random.Random(7)
    sheet = Canvas(1200, 760, seed, [], "#f3f0e4")
    sex = "男" if int(member.id_number[16]) % 2 else "女"
    own: dict[str, Any] = {"name": member.name, "id_number": member.id_number, "sex": sex}
    identity(sheet, replace(facts(seed), **own))
    path = folder / "card.jpg"
    path.write_bytes(take(sheet.image, 7, hard=0.2))
    return path


@pytest.mark.feature("B.03")
def test_a_card_photographed_once_serves_the_next_application(
    running: Running, province: Province, browser: Browser, tmp_path: Path
) -> None:
    somebody = province.people[3]
    steer(running, face="pass", tenant=UNION)
    with phone(browser) as page:
        carry(running, page, province.does("", bound(somebody, tenant=UNION)), tenant=UNION)
        visit(page, "/me/documents", tenant=UNION)
        expect(page.get_by_text("还没有证件")).to_be_visible()
        card = page.locator("section", has=page.get_by_role("heading", name=f"上传{CARD}"))
        card.locator(FILE_INPUT).set_input_files(photographed_card(somebody, tmp_path))
        filed = page.locator("article", has=page.get_by_role("heading", name=CARD))
        expect(filed).to_contain_text("已识别", timeout=120_000)
        assert somebody.id_number not in filed.inner_text(), "the number is masked on the screen"
        seen(page, "documents-filed")
        page.get_by_role("button", name="显示完整内容").click()
        expect(filed, "its owner compares it with the card").to_contain_text(somebody.id_number)
        page.reload()
        expect(filed).to_have_count(1)
        replaced_by_somebody_elses(page, photographed_card(province.people[2], tmp_path))
        is_taken_over(page)
        visit(page, "/me/documents", tenant=UNION)
        for left in (1, 0):
            filed.first.get_by_role("button", name="删除").click()
            filed.first.get_by_role("group").get_by_role("button", name="删除").click()
            expect(filed).to_have_count(left)


def replaced_by_somebody_elses(page: Page, path: Path) -> None:
    """Another photo is asked about first; somebody else's is not taken, and one's own stays."""
    card = page.locator("section", has=page.get_by_role("heading", name=f"上传{CARD}"))
    expect(card.locator(FILE_INPUT)).to_have_count(0)
    card.get_by_role("button", name=f"更换{CARD}").click()
    card.get_by_role("group").get_by_role("button", name=f"更换{CARD}").click()
    card.locator(FILE_INPUT).set_input_files(path)
    expect(page.locator("article")).to_have_count(2)
    note = page.get_by_text("与登记的姓名、证件号码不一致")
    expect(note).to_be_visible(timeout=120_000)
    expect(note).to_contain_text(f"原来的{CARD}仍然保留")
    seen(page, "documents-not-own")


def is_taken_over(page: Page) -> None:
    """A new application has the card already; taken off, it is offered again."""
    visit(page, "/apply/ordinary-hospital", tenant=UNION)
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url("**/fill")
    paper = page.locator("#paper-id-card")
    expect(paper.locator(".thumbs li"), "nobody photographs a card twice").to_have_count(1)
    seen(page, "apply-filed")
    paper.get_by_role("button", name=f"删除{CARD}第 1 份").click()
    expect(paper.locator(".thumbs li")).to_have_count(0)
    paper.get_by_role("button", name=f"使用已存的{CARD}").click()
    expect(paper.locator(".thumbs li")).to_have_count(1)


@pytest.mark.feature("E.10")
def test_messages_are_read_one_by_one_and_all_at_once(running: Running, page: Page) -> None:
    go(running, page, "/messages")
    cards = page.locator("article.card")
    expect(cards.first).to_contain_text("未读")
    title = cards.first.get_by_role("heading").inner_text()
    with watching(page, "POST", "/read") as sent:
        cards.first.locator("button[aria-expanded]").dblclick()
        expect(cards.first).not_to_contain_text("未读")
    assert len(sent) == 1, "a double tap reads it once"
    page.get_by_role("button", name="未读", exact=True).click()
    expect(page.get_by_role("button", name="未读", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(title.split(" ")[0]), title).to_have_count(0)
    page.reload()
    expect(cards.first).to_be_visible()


@pytest.mark.feature("B.10", "E.05")
def test_cover_and_payouts_of_the_last_years(running: Running, page: Page) -> None:
    go(running, page, "/cover")
    policy = page.locator("article").first
    expect(policy).to_contain_text("120.00")
    with page.expect_download() as kept:
        policy.get_by_role("button", name="下载参保凭证").click()
    assert kept.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_label("年度").select_option("4")
    expect(policy).to_contain_text("120.00")
    seen(page, "cover-four-years")
    go(running, page, "/payouts")
    expect(page.get_by_text("还没有给付记录")).to_be_visible()
