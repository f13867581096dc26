"""After an application was handed in: what was read on its paper, returned, refused, appealed, paid, judged."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from huzhu.demo import claiming
from huzhu.demo.caller import Caller
from huzhu.demo.world import World
from huzhu.papers import ReceiptValues
from huzhu.people.persons import Person

from .browser import WALK
from .conftest import PASSWORD, Crowd, Running
from .desk import PACK, TENANT
from .phone import carry, go, lose_answer, phone, register, seen, token_of, until_sealed, watching

pytestmark = [*WALK, pytest.mark.timeout(600)]
FILE_INPUT = "input[type=file]:not([capture])"
Work = Callable[[World], Coroutine[Any, Any, Any]]


class Office:
    """The union's staff, who work through the API while a member looks at the phone."""

    def __init__(self, running: Running, folder: Path) -> None:
        self._running, self._folder = running, folder
        self._tokens: dict[str, Any] = {}

    def does(self, work: Work) -> Any:
        async def done() -> Any:
            async with httpx.AsyncClient(base_url=self._running.url, timeout=120, trust_env=False) as http:
                world = World(http, PACK, int(time.time()) + 31, PASSWORD, self._folder)
                for name, token in self._tokens.items():
                    world.facts[name] = Caller(http, TENANT, token)
                result = await work(world)
                known = {n: one.token for n, one in world.facts.items() if isinstance(one, Caller)}
                self._tokens.update(known)
                return result

        # The browser's loop runs in this thread.
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(lambda: asyncio.run(done())).result()

    def decides(self, claim: str, role: str, node: str, action: str, opinion: str, **more: Any) -> None:
        async def work(world: World) -> None:
            body = {"node": node, "action": action, "opinion": opinion, **more}
            await (await world.staff(role)).post(f"/api/claims/claims/{claim}/decisions", body)

        self.does(work)

    def answers(self, decision: str, words: str) -> None:
        async def work(world: World) -> None:
            staff = await world.staff("report_reviewer")
            [appeal] = (await staff.get("/api/claims/appeals?status=open"))["items"]
            body = {"decision": decision, "answer": words}
            await staff.post(f"/api/claims/appeals/{appeal['id']}/answer", body)

        self.does(work)


@pytest.fixture(scope="module")
def office(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(running, tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def member(crowd: Crowd) -> Person:
    return crowd.take()


@pytest.fixture
def page(running: Running, browser: Browser, member: Person) -> Iterator[Page]:
    with phone(browser) as page:
        carry(running, page, register(running, member))
        yield page


def receipt_of(office: Office, somebody: Person, path: Path) -> ReceiptValues:
    """A photographed hospital receipt in somebody's name; what stands on it."""

    async def work(world: World) -> tuple[ReceiptValues, bytes]:
        return world.receipt(somebody.name)

    values, photo = office.does(work)
    path.write_bytes(photo)
    return values


@pytest.mark.feature("B.06", "B.08", "C.12", "N.03", "P.05", "A.07")
def test_from_the_receipt_to_the_thanks(
    running: Running, page: Page, office: Office, member: Person, tmp_path: Path
) -> None:
    values = receipt_of(office, member, tmp_path / "receipt.jpg")
    claim = begin_with(running, page, tmp_path / "receipt.jpg")
    read_over_the_picture(page)
    fill_what_was_not_read(page, values)
    hand_in(page)
    returned_is_a_task(running, page, office, claim)
    refused_and_appealed(page, office, claim)
    paid_and_judged(running, page, office, claim)


def begin_with(running: Running, page: Page, receipt: Path) -> str:
    go(running, page, "/apply/hospital")
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url("**/fill")
    page.locator(FILE_INPUT).first.set_input_files(receipt)
    page.get_by_text("已识别，填入").wait_for(timeout=120_000)
    return str(page.evaluate("location.hash")).split("/")[-2]


def read_over_the_picture(page: Page) -> None:
    """Each value stands over the picture with how sure it is; what is corrected stays marked with what was read."""
    page.get_by_role("button", name="看住院收费票据第 1 份和识别结果").click()
    view = page.get_by_role("region", name="住院收费票据：识别结果")
    view.locator(".read-mark").first.wait_for()
    assert view.locator(".read-mark").count() >= 4
    expect(view.get_by_text("已核对").first).to_be_visible()
    view.get_by_role("button", name="票据号码").click()
    expect(view.locator(".read-mark.on")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    seen(page, "recognition")
    view.get_by_role("button", name="收起图片").click()
    number = page.locator("[name='stays.1.receipt_number']")
    was = number.input_value()
    number.fill(was[:-1] + str((int(was[-1]) + 1) % 10))
    expect(page.get_by_text(f"您已更正，原识别为“{was}”")).to_be_visible()
    page.get_by_role("button", name="看住院收费票据第 1 份和识别结果").click()
    expect(view.get_by_text(f"已更正，原识别“{was}”")).to_be_visible()
    seen(page, "recognition-corrected")


def fill_what_was_not_read(page: Page, values: ReceiptValues) -> None:
    """Now and then an amount on a photograph is not read, or another is: the member enters it from the paper."""
    for code, amount in (
        ("pooled_paid", values.pooled), ("other_paid", values.other), ("account_paid", values.account),
        ("cash_paid", values.cash), ("total_cost", values.total),
    ):  # fmt: skip
        field = page.locator(f"[name='stays.1.{code}']")
        if field.input_value() != f"{amount:.2f}":
            field.fill(f"{amount:.2f}")


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("heading", name="材料清单").wait_for()
    page.get_by_role("button", name="提交申请").click()
    page.get_by_role("heading", name="办理进度").wait_for()


def returned_is_a_task(running: Running, page: Page, office: Office, claim: str) -> None:
    """What a reviewer sends back stands on the first page, and names what to do in the form."""
    asked = {"missing": ["stays.1.settlement"]}
    office.decides(claim, "claims_checker", "first-check", "return", "请补医保结算单", **asked)
    go(running, page, "")
    page.get_by_role("link", name="退回补正").wait_for()
    seen(page, "home-task")
    page.get_by_role("link", name="退回补正").click()
    asked_for = page.locator(".asked")
    expect(asked_for).to_contain_text("请补医保结算单")
    asked_for.get_by_role("button", name="去补：医保结算单").click()
    expect(page.locator(".paper.wanted")).to_be_in_viewport()
    seen(page, "claim-returned")
    page.locator(".paper.wanted").locator(FILE_INPUT).set_input_files(
        {"name": "sheet.png", "mimeType": "image/png", "buffer": blank_paper()}
    )
    expect(page.locator(".paper.wanted .thumbs li")).to_have_count(1)
    expect(page.get_by_text("识别中")).to_have_count(0, timeout=120_000)
    hand_in(page)


def blank_paper() -> bytes:
    import io

    from PIL import Image

    data = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(data, "PNG")
    return data.getvalue()


def refused_and_appealed(page: Page, office: Office, claim: str) -> None:
    """P.05: the reason, an appeal with its day, its answer."""
    office.decides(claim, "claims_checker", "first-check", "reject", "票据看不清，不予给付")
    page.reload()
    page.get_by_text("票据看不清，不予给付").first.wait_for()
    seen(page, "claim-refused")
    page.get_by_role("button", name="我要申诉").click()
    page.get_by_label("说明理由").fill("对决定有异议，票据确为本人住院所得")
    add_paper_while_the_network_is_away(page)
    page.reload()
    expect(page.get_by_label("说明理由")).to_have_value("对决定有异议，票据确为本人住院所得")
    expect(page.get_by_text("补充材料第 1 份")).to_be_visible()
    seen(page, "appeal-form")
    lost = lose_answer(page, "**/appeals")
    with watching(page, "POST", "/appeals") as sent:
        page.get_by_role("button", name="提交", exact=True).dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
    assert len(sent) == 1 and lost
    # It has arrived; a reload shows it, and nothing is left to send twice.
    page.reload()
    expect(page.get_by_text("前答复")).to_be_visible()
    expect(page.get_by_text("附材料 1 份")).to_be_visible()
    expect(page.get_by_label("说明理由")).to_have_count(0)
    seen(page, "appeal-lodged")
    office.answers("granted", "经复议，重新审核")
    page.reload()
    expect(page.get_by_text("经复议，重新审核")).to_be_visible()
    seen(page, "appeal-answered")


def add_paper_while_the_network_is_away(page: Page) -> None:
    """What was chosen without a network goes by itself once it is back."""
    page.context.set_offline(True)
    page.locator(FILE_INPUT).last.set_input_files(
        {"name": "more.png", "mimeType": "image/png", "buffer": blank_paper()}
    )
    expect(page.locator(".sendings")).to_contain_text("连不上")
    page.context.set_offline(False)
    expect(page.get_by_text("补充材料第 1 份")).to_be_visible()
    expect(page.locator(".sendings")).to_have_count(0)


def paid_and_judged(running: Running, page: Page, office: Office, claim: str) -> None:
    """N.03, P.05: agreed by others, paid by the bank, explained line by line, judged by the member once."""

    async def agree_and_pay(world: World) -> None:
        found = await world.http.post(
            "/api/identity/sessions/staff",
            json={"user_name": "chushen2", "password": PASSWORD},
            headers={"X-Tenant": TENANT},
        )
        checker, since = world.caller(), time.time() - 1
        body = {
            "challenge_id": found.json()["challenge_id"],
            "code": await checker.sms_code(world.mobiles["chushen2"], since=since - 5),
        }
        checker.token = (await checker.post("/api/identity/sessions/staff/code", body))["access_token"]
        path = f"/api/claims/claims/{claim}/decisions"
        await checker.post(path, {"node": "first-check", "action": "agree", "opinion": "材料齐全"})
        reviewer = await world.staff("claims_reviewer")
        await reviewer.post(path, {"node": "review", "action": "agree", "opinion": "同意"})
        await claiming.pay_batch(world)

    office.does(agree_and_pay)
    go(running, page, f"/claims/{claim}")
    expect(page.get_by_text("已到账").first).to_be_visible()
    page.get_by_role("heading", name="待遇是怎样算的").wait_for()
    seen(page, "claim-paid")
    page.get_by_label("5 分").check(force=True)
    page.get_by_label("还想说的").fill("办得很快，谢谢")
    until_sealed(page, f"feedback.{claim}", size=55)
    page.reload()
    expect(page.get_by_label("还想说的")).to_have_value("办得很快，谢谢")
    expect(page.get_by_label("5 分")).to_be_checked()
    lost = lose_answer(page, "**/feedback")
    give = page.locator("form", has_text="满意度").get_by_role("button", name="提交")
    with watching(page, "POST", "/feedback") as sent:
        give.dblclick()
        expect(page.get_by_role("alert")).to_contain_text("连不上")
        with page.expect_response("**/feedback") as answered:
            give.dblclick()
    assert answered.value.status == httpx.codes.CREATED
    assert [one.headers["idempotency-key"] for one in sent] == lost * 2
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    go(running, page, f"/claims/{claim}")
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    assert token_of(page)
    go(running, page, "/payouts")
    page.locator("main a.card").first.wait_for()
    seen(page, "payouts-paid")
