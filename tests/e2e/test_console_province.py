"""A province's desks: staff say who a member is (E.01), three subsidies are decided (B.01)."""

import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from common.clock import today
from huzhu.demo.caller import Caller
from huzhu.people.persons import Person

from .browser import WALK
from .campus import Work, bound, handed_in, steer
from .conftest import Running
from .desk import answer, asks_for, code_for, desk, keep_picture, press, until
from .phone import go, phone, seen
from .province import UNION, Province, paper, stay

pytestmark = [*WALK, pytest.mark.timeout(600)]
OUT_OF_DATE = "身份证已过期，请带新证"


def told(running: Running, somebody: Person, word: str) -> bool:
    found = httpx.get(
        f"{running.url}/api/notify/sandbox/messages",
        params={"mobile": somebody.mobile},
        headers={"X-Tenant": UNION},
        trust_env=False,
    )
    return any(word in message["text"] for message in found.json()["items"])


def asks_to_bind(running: Running, page: Page, somebody: Person) -> None:
    """No face is recognised on the phone, and this union has no check with a bank: staff have to look."""
    go(running, page, "/bind", tenant=UNION)
    page.get_by_label("姓名").fill(somebody.name)
    page.get_by_label("证件号码").fill(somebody.id_number)
    page.get_by_label("手机号码").fill(somebody.mobile)
    page.get_by_role("checkbox").check()
    since = time.time()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(code_for(running, somebody.mobile, since=since, tenant=UNION))
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="人脸核验").wait_for()
    page.get_by_role("checkbox").check()
    for left in (2, 1, 0):
        page.get_by_role("button", name="开始人脸核验" if left == 2 else "再试一次").click()
        page.get_by_role("button", name="我已完成核验").click()
        if left:
            expect(page.get_by_role("alert")).to_contain_text(f"还可以再试 {left} 次")
    page.get_by_role("heading", name="联系我们").wait_for()
    expect(page.get_by_text("0571-12351").first).to_be_visible()


def looks_again(page: Page) -> None:
    page.get_by_role("button", name="查看是否已确认").click()


def is_refused(province: Province, clerk: Page, somebody: Person) -> None:
    """The queue shows nobody's number; without a reason nothing is refused."""
    province.go(clerk, "bindings")
    row = clerk.locator("tbody tr", has_text=somebody.id_number[-4:])
    expect(row).to_contain_text(f"{somebody.name[0]}*")
    assert somebody.id_number not in clerk.inner_text("main") and somebody.mobile not in clerk.inner_text(
        "main"
    )
    keep_picture(clerk, "bindings-waiting")
    row.get_by_role("button", name="不予通过").click()
    dialog = clerk.get_by_role("dialog", name="不予通过")
    asks_for(dialog, "请填写原因。")
    dialog.locator("[name=reason]").fill(OUT_OF_DATE)
    keep_picture(clerk, "binding-refusing")
    answer(clerk, "不予通过")
    expect(row).to_have_count(0)
    expect(clerk.get_by_text("没有等待核实的申请")).to_be_visible()
    keep_picture(clerk, "bindings-none")


@pytest.mark.feature("E.01")
def test_staff_say_who_a_member_is(province: Province, browser: Browser) -> None:
    running, (refused, confirmed, *_) = province.running, province.people
    steer(running, face="fail", tenant=UNION)
    with desk(browser) as clerk, phone(browser) as page, phone(browser) as other:
        asks_to_bind(running, page, refused)
        seen(page, "binding-at-the-desk")
        province.enter(clerk, "hz1")
        is_refused(province, clerk, refused)
        looks_again(page)
        expect(page.get_by_role("alert")).to_contain_text(OUT_OF_DATE)
        seen(page, "binding-refused")
        page.reload()
        page.get_by_role("button", name="重新开始").click()
        expect(page.get_by_label("证件号码")).to_have_value(refused.id_number)
        asks_to_bind(running, other, confirmed)
        province.go(clerk, "bindings")
        row = clerk.locator("tbody tr", has_text=confirmed.id_number[-4:])
        row.get_by_role("button", name="核实通过").click()
        answer(clerk, "确认身份", reason="本人到场，已核对身份证原件")
        looks_again(other)
        other.get_by_role("button", name="进入首页").click()
        other.get_by_role("heading", name="服务", exact=True).wait_for()
        for somebody, words in ((refused, f"核实未通过：{OUT_OF_DATE}"), (confirmed, "已核实您的身份")):
            until(clerk, lambda: None, lambda somebody=somebody, words=words: told(running, somebody, words))


READ = ("id-card", "receipt", "settlement", "discharge-record", "examination", "pathology")
"""Papers that are looked at by machine first: nothing stands on them here, so that people decide."""
OF_STAY = ("receipt", "settlement", "discharge-record")
HOSPITAL = ("id-card", *OF_STAY)
CRITICAL = (*HOSPITAL, "admission-record", "operation-record", "examination", "pathology")


async def hands_in(member: Caller) -> dict[str, str]:
    """Photograph the papers of the stay and of the illness: each subsidy of a stay goes by the same."""
    kept = {}
    for rule in CRITICAL[1:]:
        options: dict[str, Any] = {"name": f"{rule}.jpg", "params": {"recognize": str(rule in READ).lower()}}
        uploaded = await member.upload("/api/ocr/documents", paper(mark=rule), **options)
        kept[rule] = uploaded["receipt"]
    return kept


def applies(kind: str, papers: dict[str, str], rules: tuple[str, ...], *more: dict[str, Any]) -> Work:
    """Apply for one of the subsidies of a stay of 45,000 yuan, as soon as its papers have been looked at."""

    async def done(member: Caller) -> dict[str, Any]:
        own = await member.upload("/api/ocr/documents", paper(mark=kind), name="id-card.jpg")
        given = {**papers, "id-card": own["receipt"]}
        documents = [
            {"rule": rule, "receipt": given[rule], **({"stay": 1} if rule in OF_STAY else {})}
            for rule in rules
        ]
        fields = [*stay("3300000123", account="5000.00", cash="40000.00"), *more]
        body = {
            "kind": kind, "documents": documents, "fields": fields,
            "payee": {"card_number": "6222021234567890128", "bank_name": "中国工商银行"},
        }  # fmt: skip
        claim = await member.post("/api/claims/claims", body)
        return await handed_in(member, claim["id"])

    return done


def agrees(province: Province, page: Page, claim: dict[str, Any], *, said: str, node: str) -> None:
    """At whose node it stands: found in the queue, looked at, agreed to with the amount that the rules name."""
    province.go(page, "queue")
    row = page.locator("tbody tr", has_text=claim["number"])
    expect(row).to_contain_text(node)
    row.get_by_role("link").first.click()
    page.get_by_role("heading", name="金额是怎么算出来的").wait_for()
    page.locator(".paper img").first.wait_for()
    keep_picture(page, f"province-{claim['kind']}-{node}")
    press(page, "同意")
    expect(page.get_by_role("dialog", name="同意")).to_contain_text(said)
    answer(page, "同意", opinion="材料齐全，同意补助")


@pytest.mark.feature("B.01", "B.08", "N.03")
def test_three_subsidies_are_decided_by_city_province_and_expert(
    province: Province, browser: Browser
) -> None:
    """One stay, three subsidies, each by its formula and up to its cap; only the illness goes on to the expert."""
    somebody = province.people[2]
    steer(province.running, face="pass", tenant=UNION)
    token = province.does("", bound(somebody, tenant=UNION))["access_token"]
    papers = province.does(token, hands_in)
    ill = (
        {"code": "illness", "value": "malignant-tumour"},
        {"code": "diagnosed_on", "value": f"{today():%Y-%m-%d}"},
    )
    claims = {
        "10,000.00": province.does(token, applies("ordinary-hospital", papers, HOSPITAL)),
        "5,000.00": province.does(token, applies("large-expense", papers, HOSPITAL)),
        "20,000.00": province.does(token, applies("critical-illness", papers, CRITICAL, *ill)),
    }
    with desk(browser) as city, desk(browser) as region, desk(browser) as expert:
        province.enter(city, "hz1")
        province.enter(region, "sheng1")
        province.go(city, "queue")
        keep_picture(city, "province-queue")
        for said, claim in claims.items():
            agrees(province, city, claim, said=said, node="市级初审")
            agrees(province, region, claim, said=said, node="省级复审")
        province.enter(expert, "expert1")
        critical = claims["20,000.00"]
        agrees(province, expert, critical, said="20,000.00", node="医疗专家鉴定")
        for claim in claims.values():
            province.go(region, f"claims/{claim['id']}")
            expect(region.locator("main h2 .mark")).to_have_text("已通过")
        keep_picture(region, "province-critical-decided")
