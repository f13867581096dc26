"""Zhejiang: progress of an application, what goes to a person, cover and caps (B.08, N.03, N.04, P.04)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from common.clock import today

from .test_zhejiang import FIRST, PRODUCT, stay, subsidy
from .world import Person, World, receipt, together


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


@pytest.mark.feature("B.08")
async def test_live_progress_history_and_detail(zhejiang: World, person: Person) -> None:
    papers = await stay(zhejiang, person, "1", verified=False)
    claim = (await zhejiang.send_in(person.actor, await subsidy(zhejiang, person, *papers))).json()
    steps = [(s["title"], s["action"], s["pending"]) for s in claim["timeline"]]
    assert steps == [
        ("提交申请", "submitted", False), ("市级初审", "pending", True), ("省级复审", "pending", True),
        ("给付", "pending", True),
    ]  # fmt: skip
    city = zhejiang.role("city_reviewer", label="hz1")
    await zhejiang.decide(city, claim, "first-check", opinion="材料齐全")
    now = (await zhejiang.read(person.actor, claim))["timeline"][1]
    assert (now["title"], now["handler"], now["opinion"]) == ("市级初审", "市级经办", "材料齐全") and now[
        "at"
    ]
    await zhejiang.decide(zhejiang.role("province_reviewer", label="sheng1"), claim, "review")
    detail = await zhejiang.read(person.actor, claim)
    assert detail["status"] == "approved" and detail["documents"] and detail["explanation"]
    second = await subsidy(zhejiang, person)
    history = (await zhejiang.client.get("/claims", person.actor)).json()["items"]
    assert [item["id"] for item in history] == [second["id"], claim["id"]]
    only = (await zhejiang.client.get("/claims?status=approved", person.actor)).json()["items"]
    assert [item["kind_title"] for item in only] == ["一般住院补助"]
    (title,) = [item["title"] for item in only]
    assert title.startswith("一般住院补助 · ") and "人民医院" in title and "至" in title, title
    stranger = await zhejiang.cover("王芳", product_code=PRODUCT)
    assert (await zhejiang.client.get(f"/claims/{claim['id']}", stranger.actor)).status_code == 404


@pytest.mark.feature("N.04")
async def test_figures_that_disagree_go_to_a_person(zhejiang: World, person: Person) -> None:
    papers = await stay(zhejiang, person, "1", settled={"金额合计小写": "6900.00"})
    claim = (await zhejiang.send_in(person.actor, await subsidy(zhejiang, person, *papers))).json()
    assert claim["status"] == "in_review"
    read = await zhejiang.read(zhejiang.role("city_reviewer"), claim)
    texts = {r["code"]: r["text"] for r in read["review_reasons"]}
    assert "7000.00" in texts["figures.disagree"] and "6900.00" in texts["figures.disagree"]


@pytest.mark.feature("N.04", "B.06")
async def test_a_form_is_filled_from_one_of_two_papers_that_disagree(zhejiang: World, person: Person) -> None:
    """Receipt 5000/2000/6000 and sheet 4000/2000/7000 of one total: nothing mixed, nothing verified, a person looks."""
    printed = {"金额合计小写": "13000.00", "医保统筹基金支付": "5000.00", "个人账户支付": "2000.00",
               "个人现金支付": "6000.00"}  # fmt: skip
    sheet = printed | {"医保统筹基金支付": "4000.00", "个人现金支付": "7000.00", "个人自费": "100.00"}
    papers = await stay(zhejiang, person, "1", read=printed, settled=sheet)
    claim = await subsidy(zhejiang, person, *papers)
    field = {f["code"]: f for f in claim["fields"] if f["stay"] == 1}
    parts = [field[code]["value"] for code in ("pooled_paid", "account_paid", "cash_paid")]
    assert parts == ["5000.00", "2000.00", "6000.00"], "all of them the receipt's"
    assert [field[code]["verified"] for code in ("pooled_paid", "cash_paid", "account_paid")] == [
        False,
        False,
        True,
    ]
    said = [(r["title"], r["value"], r["used"]) for r in field["cash_paid"]["readings"]]
    assert said == [("“发票”", "6000.00", True), ("“医保结算单”", "7000.00", False)]
    assert field["account_paid"]["readings"] == []
    preview = await zhejiang.preview(person.actor, claim)
    assert preview["ready"], preview["faults"]
    notices = {n["field"]: n["text"] for n in preview["notices"]}
    assert set(notices) == {"stays.1.pooled_paid", "stays.1.cash_paid", "stays.1.own_expense"}
    assert (
        "“发票”为 6000.00" in notices["stays.1.cash_paid"]
        and "“医保结算单”为 7000.00" in notices["stays.1.cash_paid"]
    )
    sent = await zhejiang.send_in(person.actor, claim)
    assert sent.status_code == 200, sent.text
    assert sent.json()["status"] == "in_review"
    reasons = {(r["code"], r["field"]) for r in sent.json()["review_reasons"]}
    assert {("figures.disagree", "stays.1.cash_paid"), ("figures.disagree", "stays.1.pooled_paid")} <= reasons


@pytest.mark.feature("N.04", "B.06")
async def test_what_the_member_types_over_a_contradiction_stays(zhejiang: World, person: Person) -> None:
    papers = await stay(zhejiang, person, "1", settled={"个人现金支付": "4900.00"})
    claim = await subsidy(zhejiang, person, *papers)
    typed = [{"code": "cash_paid", "value": "4900.00", "stay": 1}]
    claim = (await zhejiang.fill(person.actor, claim, fields=typed)).json()
    cash = next(f for f in claim["fields"] if f["code"] == "cash_paid")
    assert (cash["value"], cash["corrected"], [r["used"] for r in cash["readings"]]) == (
        "4900.00", True, [False, False],
    )  # fmt: skip
    sent = (await zhejiang.send_in(person.actor, claim)).json()
    codes = {r["code"] for r in sent["review_reasons"]}
    assert sent["status"] == "in_review" and {"figures.disagree", "field.corrected"} <= codes


@pytest.mark.feature("N.04", "N.03")
async def test_papers_of_different_hospitals_go_to_a_person(zhejiang: World, person: Person) -> None:
    """The settlement sheet names another hospital than the receipt; a campus of the same one makes no difference."""
    reasons = {}
    for number, name in (("1", "无锡市第二人民医院"), ("2", "无锡市人民医院（南院）")):
        start = FIRST + timedelta(days=20 * int(number))
        papers = await stay(zhejiang, person, number, admitted=start, settled={"医疗机构": name})
        sent = await zhejiang.send_in(person.actor, await subsidy(zhejiang, person, *papers))
        assert sent.status_code == 200, sent.text
        task = await zhejiang.read(zhejiang.role("city_reviewer"), sent.json())
        reasons[number] = {reason["code"]: reason["text"] for reason in task["review_reasons"]}
    assert "第二人民医院" in reasons["1"]["hospital.disagrees"]
    assert "hospital.disagrees" not in reasons["2"]


@pytest.mark.feature("N.04")
async def test_a_check_of_the_paper_that_failed_goes_to_a_person(zhejiang: World, person: Person) -> None:
    """The amount in capitals differs from the figures: ocr's own check, seen by the reviewer."""
    papers = await stay(zhejiang, person, "1")
    read = receipt(person.name, "1", admitted=FIRST, cash="5000.00") | {"个人自费": "0.00"}
    token = await zhejiang.upload(person.actor, read, failed=["amount.words_match"])
    claim = await subsidy(zhejiang, person, {"receipt": token, "rule": "receipt", "stay": 1}, *papers[1:])
    sent = (await zhejiang.send_in(person.actor, claim)).json()
    assert sent["status"] == "in_review"
    reader = await zhejiang.read(zhejiang.role("city_reviewer"), sent)
    told = {reason["code"]: reason["text"] for reason in reader["review_reasons"]}
    assert told["document.check_failed"] == "大写金额与小写金额不一致"
    paper = next(one for one in reader["documents"] if one["failed_checks"])
    assert paper["failed_check_texts"] == ["大写金额与小写金额不一致"]


@pytest.mark.feature("N.04")
async def test_nearly_the_same_picture_goes_to_a_person(zhejiang: World, person: Person) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)

    async def with_picture(owner: Person, number: str, phash: str) -> dict[str, Any]:
        papers = await stay(zhejiang, owner, number)
        paper = await zhejiang.upload(
            owner.actor, {"交款人": owner.name}, kind="discharge_record", phash=phash
        )
        papers[2] = {"receipt": paper, "rule": "discharge-record", "stay": 1}
        return dict((await zhejiang.send_in(owner.actor, await subsidy(zhejiang, owner, *papers))).json())

    first = await with_picture(person, "1", "f0e1d2c3b4a59687")
    assert first["status"] == "approved"
    second = await with_picture(other, "2", "f0e1d2c3b4a59b80")
    assert second["status"] == "in_review"
    read = await zhejiang.read(zhejiang.role("city_reviewer"), second)
    reason = next(r for r in read["review_reasons"] if r["code"] == "picture.similar")
    assert first["number"] in reason["text"] and reason["field"] == "stays.1.discharge-record"
    # other people's claims are no business of the member's
    assert "picture.similar" not in {r["code"] for r in second["review_reasons"]}
    third = await with_picture(await zhejiang.cover("李雷", product_code=PRODUCT), "3", "0e1f2d3c4b5a6978")
    assert third["status"] == "approved"


@pytest.mark.feature("N.03", "N.04")
async def test_cards_that_say_who_somebody_is_are_not_compared(zhejiang: World, person: Person) -> None:
    """Everybody's ID card looks like everybody's, and a member brings the same each time; no receipt does."""
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    looks = "f0e1d2c3b4a59687"

    async def claimed(owner: Person, number: str, days: int, *, like: str | None = None) -> dict[str, Any]:
        start = FIRST + timedelta(days=days)
        papers = await stay(zhejiang, owner, number, admitted=start, days=3)
        if like:
            read = receipt(owner.name, number, admitted=start, days=3, cash="5000.00") | {"个人自费": "0.00"}
            papers[0]["receipt"] = await zhejiang.upload(owner.actor, read, phash=like)
        named = {"交款人": owner.name}
        card = await zhejiang.upload(owner.actor, named, kind="id_card", phash=looks)
        social = await zhejiang.upload(owner.actor, named, kind="social_security_card", phash=looks)
        documents = [
            *papers,
            {"receipt": card, "rule": "id-card"},
            {"receipt": social, "rule": "social-card"},
        ]
        ill = [{"code": "disease", "value": "肺炎", "stay": 1}]
        answer = await zhejiang.ask(owner.actor, "ordinary-hospital", documents=documents, fields=ill)
        return dict((await zhejiang.send_in(owner.actor, answer.json())).json())

    assert (await claimed(person, "1", 0))["status"] == "approved"
    assert (await claimed(person, "2", 10))["status"] == "approved", "the member's own cards again"
    assert (await claimed(other, "3", 20))["status"] == "approved", "another's cards look alike"
    assert (await claimed(other, "4", 30, like="0123456789abcdef"))["status"] == "approved"
    doubted = await claimed(person, "5", 40, like="0123456789abcdee")
    read = await zhejiang.read(zhejiang.role("city_reviewer"), doubted)
    assert [(r["code"], r["field"]) for r in read["review_reasons"]] == [
        ("picture.similar", "stays.1.receipt")
    ]


@pytest.mark.feature("P.04")
async def test_cover_is_judged_on_the_day_of_the_event(zhejiang: World) -> None:
    ended = {"starts_on": today() - timedelta(days=400), "ends_on": today() - timedelta(days=36)}
    person = await zhejiang.cover(product_code=PRODUCT, **ended)
    within = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert (await zhejiang.send_in(person.actor, within)).json()["amount"] == "1200.00"
    papers = await stay(zhejiang, person, "2", admitted=today() - timedelta(days=30))
    after = await subsidy(zhejiang, person, *papers)
    refused = await zhejiang.send_in(person.actor, after)
    assert refused.json()["code"] == "claim.not_covered"


@pytest.mark.feature("P.04")
async def test_the_waiting_period_counts_from_the_first_day_of_cover(zhejiang: World) -> None:
    begun = {"starts_on": FIRST - timedelta(days=29), "ends_on": FIRST + timedelta(days=300)}
    person = await zhejiang.cover(product_code=PRODUCT, **begun)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    waiting = (await zhejiang.send_in(person.actor, claim)).json()
    assert waiting["amount"] == "0.00" and waiting["not_paid"][0]["code"] == "in_waiting_period"
    papers = await stay(zhejiang, person, "2", admitted=FIRST + timedelta(days=10))
    await zhejiang.client.post(f"/claims/{claim['id']}/withdraw", person.actor)
    claim = await subsidy(zhejiang, person, *papers)
    assert (await zhejiang.send_in(person.actor, claim)).json()["amount"] == "1200.00"


@pytest.mark.feature("P.04")
async def test_claims_against_one_cap_come_to_one_total_however_they_arrive(zhejiang: World) -> None:
    """The ordinary subsidy pays at most 20,000 yuan a term: one after the other, or all four at once."""
    totals = []
    for at_once in (False, True):
        person = await zhejiang.cover(product_code=PRODUCT)
        claims = []
        for number in range(4):
            admitted = FIRST - timedelta(days=100 - 25 * number)
            papers = await stay(
                zhejiang,
                person,
                f"{at_once}{number}",
                admitted=admitted,
                cash=f"{25_000 + number * 1_000}.00",
            )
            claims.append(await subsidy(zhejiang, person, *papers))
        calls = [zhejiang.send_in(person.actor, claim) for claim in claims]
        answers = await together(*calls) if at_once else [await call for call in calls]
        amounts = [Decimal(answer.json()["amount"]) for answer in answers]
        for answer in answers:
            lines = sum(Decimal(line["amount"]) for line in answer.json()["explanation"])
            assert lines == Decimal(answer.json()["amount"])
        totals.append(sum(amounts))
    assert totals == [Decimal("20000.00")] * 2
