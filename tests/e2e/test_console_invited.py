"""A member invited to claim at the desk (C.10) hands the papers in on the phone."""

from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, answer, desk, keep_picture, open_page, press, sign_in, until
from .phone import carry, phone, register

pytestmark = [*WALK, pytest.mark.timeout(600)]
FILE_INPUT = "input[type=file]:not([capture])"


def messages_to(running: Running, somebody: Person, word: str) -> list[str]:
    found = httpx.get(
        f"{running.url}/api/notify/sandbox/messages",
        params={"mobile": somebody.mobile},
        headers={"X-Tenant": TENANT},
        trust_env=False,
    )
    return [message["text"] for message in found.json()["items"] if word in message["text"]]


def invite(running: Running, page: Page, somebody: Person) -> str:
    """Wrong numbers are refused in the dialog; the claim waits for its papers then. Returns its number."""
    open_page(running, page, "claims")
    press(page, "通知会员申请")
    dialog = page.get_by_role("dialog", name="通知会员申请")
    wrong = somebody.id_number[:-1] + ("0" if somebody.id_number[-1] != "0" else "1")
    dialog.locator("[name=kind]").select_option("critical-illness")
    dialog.locator("[name=document_number]").fill(wrong)
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.locator(".problem, .wrong").first).to_be_visible()
    expect(dialog.locator("[name=document_number]")).to_have_value(wrong)
    keep_picture(page, "claim-inviting")
    answer(page, "通知会员申请", kind="critical-illness", document_number=somebody.id_number)
    expect(page.locator("main h2 .mark")).to_have_text("待上传")
    expect(page.get_by_text("已通知会员，等待会员上传材料并提交")).to_be_visible()
    keep_picture(page, "claim-invited")
    return page.locator("main h2").inner_text().split()[-2]


def hand_in(page: Page, picture: Path) -> None:
    """The member finds the task on the first page, sees a sample of the report, photographs both papers."""
    page.get_by_role("link", name="请上传材料").first.click()
    page.wait_for_url("**/fill")
    page.get_by_role("link", name="看“病理报告").wait_for()
    page.locator("select[name=illness]").select_option(index=1)
    page.get_by_label("确诊时间").fill(f"{today():%Y-%m-%d}")
    page.get_by_label("医疗机构").fill("无锡市人民医院")
    for place in (0, 1):
        page.locator(FILE_INPUT).nth(place).set_input_files(picture)
        expect(page.locator(".thumbs li")).to_have_count(place + 1, timeout=30_000)
    expect(page.get_by_text("识别中")).to_have_count(0, timeout=120_000)
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("button", name="提交申请").click()
    page.get_by_role("heading", name="办理进度").wait_for()


@pytest.mark.feature("C.10")
def test_a_member_is_invited_to_claim_and_hands_the_papers_in(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    somebody, picture = crowd.take(), tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(picture)
    with desk(browser) as page, phone(browser) as member:
        sign_in(running, page, "chushen1")
        number = invite(running, page, somebody)
        until(page, lambda: None, lambda: bool(messages_to(running, somebody, "病理报告")))
        carry(running, member, register(running, somebody))
        hand_in(member, picture)
        open_page(running, page, "queue")
        until(
            page,
            lambda: open_page(running, page, "queue"),
            lambda: page.locator("tr", has_text=number).count() == 1,
        )
        page.locator("tr", has_text=number).get_by_role("link").first.click()
        expect(page.locator("main h2 .mark")).to_have_text("审核中")
        expect(page.locator(".paper img")).to_be_visible()
        keep_picture(page, "claim-after-invitation")
