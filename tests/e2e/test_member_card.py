"""A card that is typed into an application: its bank is asked beside it (B.09)."""

import pytest
from playwright.sync_api import Browser, expect

from .browser import WALK
from .conftest import Crowd, Running
from .phone import carry, go, phone, register, seen

pytestmark = [*WALK, pytest.mark.timeout(600)]
CARD, BANK = "6222021234567890128", "中国工商银行"


@pytest.mark.feature("B.09", "B.03")
def test_another_card_than_the_one_on_file_is_named_with_its_bank(
    running: Running, browser: Browser, crowd: Crowd
) -> None:
    with phone(browser) as page:
        carry(running, page, register(running, crowd.take()))
        go(running, page, "/apply/hospital")
        page.get_by_role("button", name="开始填写").click()
        page.wait_for_url("**/fill")
        card, bank = page.locator("input[name=bank_card]"), page.locator("input[name='payee.bank_name']")
        expect(card).to_be_visible()
        expect(bank).to_have_count(0)
        card.fill(CARD)
        expect(bank).to_be_visible()
        # Emptied again, the card on file counts, which has its own bank.
        card.fill("")
        expect(bank).to_have_count(0)
        card.fill(CARD)
        expect(bank).to_be_visible()
        bank.scroll_into_view_if_needed()
        seen(page, "claim-card")
        page.get_by_role("button", name="保存并预览").click()
        page.get_by_role("heading", name="材料清单").wait_for()
        fault = page.get_by_role("listitem").filter(has_text="请填写收款银行卡的开户银行")
        fault.get_by_role("link").click()
        page.wait_for_url("**/fill?at=*")
        expect(bank).to_be_focused()
        bank.fill("1")
        expect(page.get_by_text("填写的开户行不是银行名称")).to_be_visible()
        bank.fill(BANK)
        page.get_by_role("button", name="保存并预览").click()
        page.get_by_role("heading", name="材料清单").wait_for()
        paid = page.locator("section.payee")
        expect(paid).to_contain_text(f"{CARD[:4]} **** **** {CARD[-4:]}")
        expect(paid).to_contain_text(BANK)
        expect(fault).to_have_count(0)
        seen(page, "claim-card-preview")
