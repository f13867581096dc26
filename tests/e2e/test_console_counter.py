"""The counter without a network (C.11, P.09): two people stand there, the network comes back, each is one claim."""

import time
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from common.clock import today
from huzhu.people.persons import Person, people

from .browser import WALK
from .conftest import Crowd, Running
from .desk import TENANT, desk, keep_picture, open_page, sign_in, token_of, violations

pytestmark = [*WALK, pytest.mark.timeout(600)]
CHECKER = "chushen1"


def take_in(page: Page, somebody: Person, picture: Path) -> None:
    """Fill the counter's form for a critical illness and save it."""
    page.get_by_role("link", name="新受理").click()
    page.select_option("select[name=kind]", "critical-illness")
    page.fill("input[name=name]", somebody.name)
    page.fill("input[name=document_number]", somebody.id_number)
    page.locator("select[name=illness]").select_option(index=1)
    page.fill("input[name=diagnosed_on]", f"{today():%Y-%m-%d}")
    page.fill("input[name=hospital]", "无锡市人民医院")
    for paper in ("pathology", "discharge-record"):
        page.locator(f"input[name={paper}]").set_input_files(picture)
    expect(page.get_by_role("button", name="移除")).to_have_count(2)
    page.get_by_role("button", name="保存并提交").click()
    page.get_by_role("heading", name="柜面受理").wait_for()


def claims_of(running: Running, token: str, somebody: Person) -> list[dict[str, object]]:
    answer = httpx.post(
        f"{running.url}/api/claims/claims/search",
        json={"document_number": somebody.id_number},
        headers={"X-Tenant": TENANT, "Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    items: list[dict[str, object]] = answer.json()["items"]
    return items


@pytest.mark.feature("C.11", "P.09")
def test_two_people_at_a_counter_without_network(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    first, second = crowd.take(), crowd.take()
    picture = tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(picture)
    with desk(browser) as page:
        sign_in(running, page, CHECKER)
        open_page(running, page, "counter")
        expect(page.get_by_text("没有网络时也可以受理")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.get_by_role("link", name="新受理").click()
        page.locator("select[name=kind]").wait_for()
        assert violations(page) == []

        page.context.set_offline(True)
        page.goto("about:blank")
        page.goto(f"{running.url}/console/#/{TENANT}/counter")
        page.get_by_role("heading", name="柜面受理").wait_for()
        take_in(page, first, picture)
        take_in(page, second, picture)
        expect(page.locator("main .mark.warning")).to_have_count(2)
        expect(page.locator("main")).to_contain_text("2 件已保存在本机")
        assert first.id_number not in page.inner_text("main"), "the list names nobody in full"
        page.reload()
        expect(page.locator("main .mark.warning")).to_have_count(2)
        keep_picture(page, "counter-offline")
        stored = page.evaluate(
            """() => new Promise((found) => { indexedDB.open('huzhu-counter').onsuccess = (opened) => {
                const all = opened.target.result.transaction('entries').objectStore('entries').getAll()
                all.onsuccess = () => found(JSON.stringify(all.result)) } })"""
        )
        assert first.id_number not in stored and first.name not in stored, "what waits lies encrypted"

        page.context.set_offline(False)
        expect(page.locator("main .mark.success")).to_have_count(2, timeout=180_000)
        page.get_by_role("button", name="立即同步").is_disabled()
        page.reload()
        expect(page.locator("main .mark.success")).to_have_count(2)
        token = token_of(page)
        for somebody in (first, second):
            assert len(claims_of(running, token, somebody)) == 1
        keep_picture(page, "counter")
        page.get_by_role("link", name="查看案件").first.click()
        page.get_by_role("heading", name="办理过程").wait_for()


@pytest.mark.feature("C.11", "P.09")
def test_a_lost_answer_at_the_counter_makes_no_double(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    somebody = crowd.take()
    picture = tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(picture)
    with desk(browser) as page:
        sign_in(running, page, CHECKER)
        open_page(running, page, "counter")
        lost = []

        def lose(route: Route) -> None:
            route.fetch()
            lost.append(route.request.headers["idempotency-key"])
            route.abort()

        page.route("**/api/claims/counter/claims", lose, times=1)
        take_in(page, somebody, picture)
        expect(page.locator("main .mark.success")).to_have_count(1, timeout=180_000)
        assert len(lost) == 1
        assert len(claims_of(running, token_of(page), somebody)) == 1


@pytest.mark.feature("C.11")
def test_the_counter_says_what_the_service_refused(
    running: Running, browser: Browser, tmp_path: Path
) -> None:
    somebody = next(people(1, seed=int(time.time()) + 7))
    picture = tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(picture)
    with desk(browser) as page:
        sign_in(running, page, CHECKER)
        open_page(running, page, "counter/new")
        number = somebody.id_number
        page.fill("input[name=document_number]", number[:-1] + ("0" if number[-1] != "0" else "1"))
        expect(page.get_by_text("检验位应为")).to_be_visible()
        page.get_by_role("link", name="返回列表").click()
        take_in(page, somebody, picture)
        expect(page.locator("main .mark.danger")).to_have_count(1, timeout=60_000)
        page.get_by_role("link", name="修改").click()
        expect(page.locator("main .problem")).to_be_visible()
        expect(page.locator("input[name=name]")).to_have_value(somebody.name)
        keep_picture(page, "counter-refused")


CARD = "6222021234567890128"


@pytest.mark.feature("C.11", "P.09")
def test_what_is_missing_is_said_before_saving_and_stays_the_desks_work(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    """Without a network nobody else can say it; what is half done is found by every clerk, on any device."""
    somebody, left = crowd.take(), crowd.take()
    picture = tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(picture)
    with desk(browser) as page:
        sign_in(running, page, CHECKER)
        half_done(running, token_of(page), left)
        open_page(running, page, "counter")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.get_by_role("link", name="新受理").click()
        page.locator("select[name=kind]").wait_for()
        page.context.set_offline(True)
        page.select_option("select[name=kind]", "accident")
        page.fill("input[name=name]", somebody.name)
        page.fill("input[name=document_number]", somebody.id_number)
        page.get_by_role("button", name="保存并提交").click()
        expect(page.locator("select[name=grade]")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("请填写事故经过。")).to_be_visible()
        expect(page.get_by_text("请选择扫描件：患者本人身份证复印件。")).to_be_visible()
        expect(page.locator("input[name=happened_on]")).to_be_focused()
        assert violations(page) == []
        keep_picture(page, "counter-missing")
        page.fill("input[name=happened_on]", "2099-01-01")
        page.fill("input[name=bank_card]", "12345")
        page.get_by_role("button", name="保存并提交").click()
        expect(page.get_by_text("日期不能晚于今天，请核对。")).to_be_visible()
        expect(page.get_by_text("银行卡号应为12至19位，现为5位。")).to_be_visible()
        expect(page.get_by_text("请填写开户银行。")).to_be_visible()
        expect(page.get_by_text("请先更正：事故日期、收款银行卡")).to_be_visible()
        keep_picture(page, "counter-wrong")
        page.get_by_role("link", name="返回列表").click()
        expect(page.locator("main")).to_contain_text("未填完")
        page.context.set_offline(False)
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_role("dialog")).to_contain_text("没有同步")
        page.get_by_role("button", name="取消").click()
        page.get_by_role("button", name="删除").click()
        page.get_by_role("dialog").locator("input").fill("删除")
        page.get_by_role("dialog").get_by_role("button", name="确定").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    with desk(browser) as page:
        sign_in(running, page, "chushen2")
        open_page(running, page, "counter")
        row = page.get_by_role("region", name="未提交的受理").locator("tbody tr").filter(has_text="缺少材料")
        expect(row.first).to_contain_text("事故经过")
        keep_picture(page, "counter-open")
        row.first.get_by_role("link", name="补齐并提交").click()
        page.fill("textarea[name=account_of_event]", "车间操作时受伤")
        for paper in ("id-card", "social-card", "application-form", "assessment", "discharge-record"):
            page.locator(f"input[name={paper}]").set_input_files(picture)
        expect(page.get_by_role("button", name="移除")).to_have_count(5)
        page.get_by_role("button", name="保存并提交").click()
        expect(page.locator("main .mark.success")).to_have_count(1, timeout=180_000)
        expect(page.get_by_role("region", name="未提交的受理")).to_have_count(0)
        (claim,) = claims_of(running, token_of(page), left)
        assert claim["status"] == "in_review"


@pytest.mark.feature("C.11", "P.09")
def test_a_death_at_the_counter_names_the_heir_who_is_paid(
    running: Running, browser: Browser, crowd: Crowd, tmp_path: Path
) -> None:
    """Without a network all of it is asked for; the card is the heir's, and who has died brings no papers."""
    dead, heir = crowd.take(), next(people(1, seed=int(time.time()) + 11))
    picture = tmp_path / "paper.jpg"
    Image.new("RGB", (900, 1200), "white").save(picture)
    with desk(browser) as page:
        sign_in(running, page, CHECKER)
        open_page(running, page, "counter")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.get_by_role("link", name="新受理").click()
        page.locator("select[name=kind]").wait_for()
        page.context.set_offline(True)
        page.select_option("select[name=kind]", "accident")
        page.fill("input[name=name]", dead.name)
        page.fill("input[name=document_number]", dead.id_number)
        assert page.locator("select[name=relation] option").all_inner_texts() == [
            "本人", "配偶", "子女", "父母", "法定继承人", "工会工作人员",
        ]  # fmt: skip
        expect(page.locator("input[name=bank_card]")).to_be_visible()
        page.select_option("select[name=grade]", "death")
        expect(page.locator("input[name=bank_card], input[name='payee.bank_name']")).to_have_count(1)
        page.fill("input[name=happened_on]", f"{today():%Y-%m-%d}")
        page.fill("textarea[name=account_of_event]", "车间设备事故")
        papers = ("id-card", "social-card", "application-form", "death-certificate", "heirship")
        for paper in papers:
            page.locator(f"input[name={paper}]").set_input_files(picture)
        expect(page.get_by_role("button", name="移除")).to_have_count(len(papers))
        page.get_by_role("button", name="保存并提交").click()
        expect(page.get_by_text("请选择递交人。")).to_be_visible()
        expect(page.get_by_text("请填写继承人姓名。")).to_be_visible()
        expect(page.locator("select[name=relation]")).to_be_focused()
        page.select_option("select[name=relation]", "spouse")
        page.fill("input[name='payee.name']", heir.name)
        page.select_option("select[name='payee.relation']", "child")
        page.fill("input[name='payee.document_number']", dead.id_number)
        page.fill("input[name='payee.card_number']", "12345")
        page.fill("input[name='payee.bank_name']", "中国工商银行")
        page.get_by_role("button", name="保存并提交").click()
        expect(page.get_by_text("这是已去世的被保障人本人的证件号码")).to_be_visible()
        expect(page.get_by_text("请先更正：继承人证件号码、继承人银行卡号")).to_be_visible()
        assert violations(page) == []
        keep_picture(page, "counter-heir")
        page.fill("input[name='payee.document_number']", heir.id_number)
        page.fill("input[name='payee.card_number']", CARD)
        page.get_by_role("button", name="保存并提交").click()
        page.get_by_role("heading", name="柜面受理").wait_for()
        expect(page.locator("main .mark.warning")).to_have_count(1)
        page.context.set_offline(False)
        expect(page.locator("main .mark.success")).to_have_count(1, timeout=180_000)
        (claim,) = claims_of(running, token_of(page), dead)
        assert claim["status"] == "in_review"
        page.get_by_role("link", name="查看案件").click()
        main = page.locator("main")
        expect(main).to_contain_text("（法定继承人）")
        expect(main).to_contain_text(f"{CARD[:4]} **** **** {CARD[-4:]}")
        expect(main).to_contain_text("子女")
        expect(main).not_to_contain_text("收款银行卡")
        keep_picture(page, "counter-heir-claim")


def half_done(running: Running, token: str, somebody: Person) -> None:
    """Take an accident in without what happened and without a paper, as a device that was lost had sent it."""
    values = {"happened_on": f"{today():%Y-%m-%d}", "grade": "disability-7-10", "bank_card": CARD}
    values |= {"payee.bank_name": "中国工商银行"}
    answer = httpx.post(
        f"{running.url}/api/claims/counter/claims",
        json={
            "kind": "accident",
            "insured": {"name": somebody.name, "document_number": somebody.id_number},
            "fields": [{"code": code, "value": value} for code, value in values.items()],
        },
        headers={
            "X-Tenant": TENANT,
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": somebody.id_number,
        },
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text
