"""The pages of a local run in a real browser: what they show, on a desk and on a phone, without script errors."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from identity.sso.addresses import face_returns_to

from .browser import BUILT, CHROMIUM, SCREENS
from .conftest import Running

SIZES = {"desk": (1280, 900), "phone": (390, 844)}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)"),
]


@pytest.fixture(params=sorted(SIZES))
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    # A refused request is the page's to show; a script, a policy or an asset of the page itself must not fail.
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            faults.append(f"{answer.status} {answer.url}")
            if answer.status >= 400 and "/api/" not in answer.url
            else None
        ),
    )
    yield page
    page_name = request.node.originalname.removeprefix("test_")
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{page_name}-{request.param}.png", full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert overflow <= 0, "nothing is cut off at the side"
    assert faults == []


def test_first_page(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/")
    assert page.locator("h1").inner_text() == "Huzhu 互助"
    assert page.get_by_role("link", name="沙箱").is_visible()
    assert page.locator("tbody tr").count() > 20, "the demo accounts of the four unions"


def test_sandbox_page(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/sandbox/?union=wuxi")
    page.wait_for_selector(".message, .empty")
    page.fill("#mobile", "13800000000")
    page.get_by_role("button", name="查看").click()
    page.wait_for_selector(".empty")
    assert page.locator("#tenant option").count() >= 2, "unions are chosen, not typed"


def test_sandbox_decides_as_one_chooses(running: Running, page: Page) -> None:
    """A face that fails, a bank that refuses: nobody writes requests by hand to see them."""
    page.goto(f"{running.url}/sandbox/?union=gusu")
    page.wait_for_selector(".message, .empty")
    page.get_by_label("人脸核验").select_option("fail")
    expect(page.locator("#steered")).to_contain_text("已设定")
    page.reload()
    expect(page.get_by_label("人脸核验")).to_have_value("fail")
    page.get_by_label("人脸核验").select_option("pass")
    expect(page.locator("#steered")).to_contain_text("已设定")
    page.get_by_label("工会").select_option("wuxi")
    expect(page.get_by_label("人脸核验")).to_have_value("pass")
    head = "序号,付款编号,收款人姓名,收款账号,开户行,金额,币种,用途"
    batch = f"{head}\r\n1,20260101000001,许晓霞,6228450000000000011,江苏银行,460.00,CNY,互助金\r\n".encode(
        "utf-8-sig"
    )
    file = {"name": "batch.csv", "mimeType": "text/csv", "buffer": batch}
    page.get_by_label("批次文件").set_input_files(file)
    page.get_by_label("结果").select_option("failed")
    with page.expect_download() as got:
        page.get_by_role("button", name="生成回盘文件").click()
    assert "失败" in got.value.path().read_bytes().decode("gb18030")
    page.get_by_label("批次文件").set_input_files({**file, "buffer": b"x"})
    page.get_by_role("button", name="生成回盘文件").click()
    expect(page.locator("#answered")).to_contain_text("这不是本工会的支付批次文件")


def test_sandbox_face(running: Running, page: Page) -> None:
    """Whoever is sent to the face check chooses its end, and is told to go back."""
    address = face_returns_to(running.url, tenant="gusu")
    page.goto(f"{running.url}/sandbox/?face=1&back={quote(address, safe='')}")
    page.get_by_role("button", name="不通过").click()
    expect(page.locator("#faced")).to_contain_text("请回到会员端")
    assert page.get_by_role("link", name="返回").get_attribute("href") == address
    assert checks_of(running, "gusu")["face"] == "fail"
    page.get_by_role("button", name="通过", exact=False).first.click()
    expect(page.locator("#faced")).to_contain_text("通过 Passes")
    assert checks_of(running, "gusu")["face"] == "pass"
    page.goto(f"{running.url}/sandbox/?face=1&back={quote('https://elsewhere.example/', safe='')}")
    expect(page.get_by_label("人脸核验")).to_be_visible()


def checks_of(running: Running, union: str) -> dict[str, str]:
    path, headers = "/api/identity/sandbox/verifications", {"X-Tenant": union}
    found: dict[str, str] = httpx.get(f"{running.url}{path}", headers=headers, trust_env=False).json()
    return found


needs_web = pytest.mark.skipif(not BUILT, reason="the web apps are not built (make web)")


@needs_web
def test_member_app_opens(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/m/")
    page.get_by_text("无锡市职工互助互济会", exact=False).first.click()
    page.get_by_role("button", name="登录").click()
    page.fill("input[name=mobile]", "13800000000")
    page.get_by_role("button", name="获取验证码").click()
    page.wait_for_selector(".problem, .note")


@needs_web
def test_console_opens(running: Running, page: Page) -> None:
    page.goto(f"{running.url}/console/")
    page.get_by_text("无锡市职工互助互济会", exact=False).first.click()
    page.fill("input[name=user_name]", "nobody")
    page.fill("input[name=password]", "Wrong-Password-1")
    page.get_by_role("button", name="下一步").click()
    page.wait_for_selector(".problem")
