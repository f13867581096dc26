"""The editor of texts as a clerk uses it: from Word, by keyboard, with a picture, a link and a table, to the phone."""

import io
import json
import time

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from .browser import WALK
from .conftest import Running
from .desk import TENANT, answer, cut_off, desk, keep_picture, open_page, press, sign_in, token_of, violations

pytestmark = [*WALK, pytest.mark.timeout(600)]
FROM_WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><style>p.MsoNormal {margin:0}</style></head>
<body lang=ZH-CN><h1 style='mso-x:1'><span style='color:red'>办理条件</span></h1>
<p class=MsoNormal style='line-height:150%'>请于<span style='font-weight:700'>本月底前</span>办理。<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.&nbsp;</span>身份证</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.&nbsp;</span>银行卡</p>
<p class=MsoNormal><img src="file:///C:/scan.png"></p></body></html>"""
PASTE = """([place, html]) => { const data = new DataTransfer(); data.setData('text/html', html)
    document.querySelector(place).dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) }"""
CHINESE = "[data-name=body_zh]"


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (640, 360), (214, 226, 240)).save(written, "PNG")
    return written.getvalue()


def tools(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="中文正文")


@pytest.mark.feature("B.11", "E.09")
def test_a_text_is_written_as_a_letter_is(running: Running, browser: Browser) -> None:
    title = f"互助保障办理指南 {int(time.time())}"
    with desk(browser) as page:
        sign_in(running, page, "admin1")
        open_page(running, page, "contents/new")
        page.fill("input[name=title_zh]", title)
        text = page.locator(CHINESE)
        text.click()
        page.evaluate(PASTE, [CHINESE, FROM_WORD])
        expect(text.locator("h2")).to_have_text("办理条件")
        expect(text.locator("ol > li")).to_have_text(["身份证", "银行卡"])
        expect(text.locator("strong")).to_have_text("本月底前")
        page.get_by_text("有 1 张图片没有粘贴进来").wait_for()

        # By keyboard alone: out of the list, to the tools and back, and along them.
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type("详见")
        page.keyboard.press("Alt+F10")
        expect(tools(page).get_by_role("button", name="撤销")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(tools(page).get_by_role("button", name="重做")).to_be_focused()
        page.keyboard.press("Escape")
        expect(text).to_be_focused()
        page.keyboard.press("Control+k")
        answer_wrongly(page)
        answer(page, "插入链接", href="www.example.cn", words="市总工会网站")
        expect(text).to_be_focused()
        page.keyboard.type("。")
        expect(text.locator("a")).to_have_attribute("href", "https://www.example.cn")

        tools(page).get_by_role("button", name="表格").click()
        answer(page, "插入表格", rows=2, columns=2, caption="给付标准")
        expect(text).to_be_focused()
        for place, words in enumerate(("项目", "金额", "住院", "每天 40 元")):
            if place:
                page.keyboard.press("Tab")
            page.keyboard.type(words)
        expect(text.locator("td").last).to_have_text("每天 40 元")
        text.locator(":scope > p").last.click()
        tools(page).get_by_role("button", name="图片", exact=True).click()
        answer(
            page,
            "插入图片",
            file={"name": "sample.png", "mimeType": "image/png", "buffer": picture()},
            alt="办理窗口示意图",
        )
        shown = text.get_by_role("img", name="办理窗口示意图")
        expect(shown).to_be_visible()
        before = text.inner_html()
        page.keyboard.press("Control+z")
        expect(shown).to_have_count(0)
        page.keyboard.press("Control+y")
        expect(shown).to_be_visible()

        # What was written and not saved is there after a reload, on this device.
        page.reload()
        expect(text.locator("ol > li")).to_have_text(["身份证", "银行卡"])
        assert shape(text.inner_html()) == shape(before)
        press(page, "预览")
        phone = page.get_by_role("region", name="手机预览")
        expect(phone.get_by_role("img", name="办理窗口示意图")).to_be_visible()
        expect(phone.locator("thead th")).to_have_text(["项目", "金额"])
        assert phone.bounding_box()["width"] <= 392  # type: ignore[index]
        for large in (True, False):
            page.evaluate("large => document.documentElement.classList.toggle('large-type', large)", large)
            assert violations(page) == [], f"large={large}"
        page.get_by_label("大字版").check()
        assert violations(page) == []
        assert phone.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
        page.get_by_label("大字版").uncheck()
        text.locator("h2").click()
        page.keyboard.press("End")
        page.keyboard.type("（试行）")
        expect(text.locator("h2")).to_have_text("办理条件（试行）")
        expect(phone.locator("h2")).to_have_text("办理条件（试行）", timeout=20_000)
        press(page, "保存")
        page.get_by_role("heading", name="编辑内容").wait_for()
        text.locator("h2").wait_for()
        press(page, "预览")
        expect(phone.get_by_role("img", name="办理窗口示意图")).to_be_visible()
        keep_picture(page, "content-edit")
        assert cut_off(page) <= 0
        kept = page.evaluate(
            """async ([path, token]) => (await fetch(path, {headers: {Authorization: `Bearer ${token}`}})).json()""",
            [f"/api/notify/contents/{page.url.split('/')[-1]}", token_of(page)],
        )
        assert "mso" not in json.dumps(kept) and "style" not in kept["body_zh"]
        assert (
            kept["body_zh"].startswith("<h2>办理条件（试行）</h2>")
            and "<ol><li>身份证</li>" in kept["body_zh"]
        )
        expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.feature("B.11", "E.09")
def test_every_text_of_the_union_opens_without_loss(running: Running, browser: Browser) -> None:
    """Nothing that came with the pack is changed by being looked at, and none of it is more than the editor knows."""
    with desk(browser) as page:
        sign_in(running, page, "admin2")
        open_page(running, page, "contents")
        texts = page.evaluate(
            """async (token) => { const found = []; let after = ''
                do { const answer = await (await fetch(`/api/notify/contents?limit=50${after}`,
                        {headers: {Authorization: `Bearer ${token}`}})).json()
                    found.push(...answer.items.map((one) => one.id))
                    after = answer.next_cursor && `&cursor=${answer.next_cursor}`
                } while (after)
                return found }""",
            token_of(page),
        )
        assert len(texts) > 10
        for one in texts:
            page.goto(f"{running.url}/console/#/{TENANT}/contents/{one}")
            page.locator(CHINESE).wait_for()
            assert page.get_by_role("alert").all_inner_texts() == [], one


def answer_wrongly(page: Page) -> None:
    """An address that leads nowhere is refused where it was typed."""
    dialog = page.get_by_role("dialog", name="插入链接")
    dialog.locator("[name=href]").fill("javascript:alert(1)")
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.locator("small.wrong")).to_contain_text("链接不对")
    dialog.locator("[name=href]").fill("")


def shape(html: str) -> str:
    """What was written, without what the browser needs to put a cursor into it."""
    return html.replace('<br class="ProseMirror-trailingBreak">', "").replace("<p></p>", "").split("<img")[0]
