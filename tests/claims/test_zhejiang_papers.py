"""The provincial union's stays and papers: several stays, what was read, typed and corrected (B.05, B.06)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.ids import new_id

from .test_zhejiang import FIRST, PRODUCT, stay, subsidy
from .world import Person, World, errors, receipt


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


@pytest.mark.feature("B.05")
@pytest.mark.parametrize(("after", "code"), [(7, "stay.overlaps"), (0, "stay.twice"), (10, None)])
async def test_stays_of_one_application_share_no_days(
    zhejiang: World, person: Person, after: int, code: str | None
) -> None:
    """Days 0 to 10 and then from the 7th: refused at the field; leaving and entering on one day is a transfer."""
    later = FIRST + timedelta(days=after)
    papers = [
        *await stay(zhejiang, person, "1"),
        *await stay(zhejiang, person, "2", place=2, admitted=later, days=7),
    ]
    sent = await zhejiang.send_in(person.actor, await subsidy(zhejiang, person, *papers))
    if code is None:
        assert sent.status_code == 200, sent.text
        return
    assert sent.status_code == 422, sent.text
    (error,) = sent.json()["errors"]
    assert (error["code"], error["field"]) == (code, "stays.2.admission_date")
    assert code == "stay.twice" or (f"{FIRST}" in error["message"] and f"{later}" in error["message"])


@pytest.mark.feature("B.06")
async def test_papers_without_a_rule_are_sorted_by_what_was_read(zhejiang: World, person: Person) -> None:
    """Each goes where its type belongs; a further receipt and what is unknown go to the other papers."""
    papers = [p["receipt"] for p in await stay(zhejiang, person, "3300000009")]
    further = await zhejiang.upload(person.actor, receipt(person.name, "3300000010", admitted=FIRST))
    card = await zhejiang.paper(person.actor, person.name, kind="id_card")
    unknown = await zhejiang.paper(person.actor)
    answer = await zhejiang.ask(
        person.actor,
        "ordinary-hospital",
        documents=[*papers, {"receipt": further}, {"receipt": card}, unknown],
    )
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    assert [(d["rule"], d["stay"]) for d in claim["documents"]] == [
        ("receipt", 1), ("settlement", 1), ("discharge-record", 1), ("more", 0), ("id-card", 0), ("more", 0),
    ]  # fmt: skip
    values = {(f["code"], f["stay"]): f["value"] for f in claim["fields"]}
    assert values["receipt_number", 1] == "3300000009" and values["cash_paid", 1] == "5000.00"
    claim = (await zhejiang.fill(person.actor, claim, fields=[{"code": "disease", "value": "肺炎"}])).json()
    sent = await zhejiang.send_in(person.actor, claim)
    assert sent.status_code == 200, sent.text


@pytest.mark.feature("B.06")
async def test_a_paper_without_a_rule_waits_until_it_has_been_read(zhejiang: World, person: Person) -> None:
    document_id, digest = new_id(), "ab" * 32
    token = zhejiang.receipt_token(person.actor, document_id, digest)
    claim = (
        await zhejiang.ask(person.actor, "ordinary-hospital", documents=[{"receipt": token, "stay": 2}])
    ).json()
    assert [(d["rule"], d["title"], d["state"]) for d in claim["documents"]] == [
        ("", "待识别归类", "being_read")
    ]
    refused = await zhejiang.send_in(person.actor, claim)
    assert ("document.being_read", "documents") in {(e["code"], e["field"]) for e in refused.json()["errors"]}
    read = receipt(person.name, "3300000011", admitted=FIRST)
    await zhejiang.tell(zhejiang.recognized(person.actor, read, document_id=document_id, sha256=digest))
    claim = await zhejiang.read(person.actor, claim)
    assert [(d["rule"], d["stay"], d["title"]) for d in claim["documents"]] == [("receipt", 2, "发票")]
    values = {(f["code"], f["stay"]): f["value"] for f in claim["fields"]}
    assert values["receipt_number", 2] == "3300000011"


@pytest.mark.feature("B.05")
async def test_several_stays_each_with_its_own_papers(zhejiang: World, person: Person) -> None:
    later = FIRST + timedelta(days=30)
    papers = [
        *await stay(zhejiang, person, "1"),
        *await stay(zhejiang, person, "2", place=2, admitted=later, cash="3000.00"),
    ]
    claim = await subsidy(zhejiang, person, *papers)
    values = {(f["code"], f["stay"]): f["value"] for f in claim["fields"]}
    assert values["receipt_number", 1] == "1" and values["receipt_number", 2] == "2"
    assert values["admission_date", 2] == later.isoformat()
    done = (await zhejiang.send_in(person.actor, claim)).json()
    # (5000 - 1000) × 30 % and (3000 - 1000) × 30 %
    assert done["amount"] == "1800.00"


@pytest.mark.feature("B.05")
async def test_a_stay_lacks_its_own_paper_although_the_other_has_it(zhejiang: World, person: Person) -> None:
    second = await stay(zhejiang, person, "2", place=2, admitted=FIRST + timedelta(days=30))
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"), second[0])
    refused = await zhejiang.send_in(person.actor, claim)
    assert {e["field"] for e in refused.json()["errors"]} == {
        "stays.2.settlement", "stays.2.discharge-record",
    }  # fmt: skip
    gone = await zhejiang.client.send(
        "DELETE", f"/claims/{claim['id']}/stays/2", person.actor, headers={"If-Match": str(claim["version"])}
    )
    assert {f["stay"] for f in gone.json()["fields"]} == {0, 1}
    assert (await zhejiang.send_in(person.actor, claim)).status_code == 200
    again = await zhejiang.client.send(
        "DELETE", f"/claims/{claim['id']}/stays/2", person.actor, headers={"If-Match": "99"}
    )
    assert again.status_code == 412


@pytest.mark.feature("B.05")
async def test_stays_out_of_order_and_too_many_are_refused(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    wrong = [{"code": "discharge_date", "value": (FIRST - timedelta(days=1)).isoformat(), "stay": 1}]
    claim = (await zhejiang.fill(person.actor, claim, fields=wrong)).json()
    assert "date.order" in errors(await zhejiang.send_in(person.actor, claim))
    many = [{"code": "hospital", "value": "浙江医院", "stay": place} for place in range(1, 12)]
    assert "stays.too_many" in errors(await zhejiang.fill(person.actor, claim, fields=many))


@pytest.mark.feature("B.06")
async def test_read_typed_and_corrected_stay_apart(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1", verified=False))
    field = {(f["code"], f["stay"]): f for f in claim["fields"]}
    number = field["receipt_number", 1]
    assert (number["source"], number["confidence"], number["corrected"]) == ("recognized", 0.99, False)
    assert number["document_id"] is not None
    assert field["disease", 1]["source"] == "typed" and field["disease", 1]["confidence"] is None
    change = [{"code": "cash_paid", "value": "4800.00", "stay": 1}]
    claim = (await zhejiang.fill(person.actor, claim, fields=change)).json()
    cash = next(f for f in claim["fields"] if f["code"] == "cash_paid")
    assert (cash["value"], cash["source"], cash["corrected"], cash["read"]) == (
        "4800.00", "typed", True, "5000.00",
    )  # fmt: skip
    sent = (await zhejiang.send_in(person.actor, claim)).json()
    reviewer = await zhejiang.read(zhejiang.role("city_reviewer"), sent)
    reasons = {(r["code"], r["field"]) for r in reviewer["review_reasons"]}
    assert ("field.corrected", "stays.1.cash_paid") in reasons
    assert ("field.unverified", "stays.1.total_cost") in reasons


@pytest.mark.feature("B.06")
async def test_further_receipts_go_to_other_papers(zhejiang: World, person: Person) -> None:
    read = receipt(person.name, "9", admitted=FIRST)
    more = {"receipt": await zhejiang.upload(person.actor, read), "rule": "more"}
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"), more)
    numbers = [f["value"] for f in claim["fields"] if f["code"] == "receipt_number"]
    assert numbers == ["1"]
    assert (await zhejiang.send_in(person.actor, claim)).status_code == 200
    # a further receipt counts as used all the same
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    again = await subsidy(zhejiang, other, *await stay(zhejiang, other, "9"))
    refused = await zhejiang.send_in(other.actor, again)
    assert refused.json()["code"] == "claim.receipt_already_claimed"


@pytest.mark.feature("B.01", "B.03")
async def test_a_paper_of_which_nothing_is_known_stays_where_its_owner_put_it(
    zhejiang: World, person: Person
) -> None:
    """A pale photograph of an ID card is still one: it is neither missing nor moved among other papers."""
    pale = {"receipt": await zhejiang.paper(person.actor, person.name, kind="other"), "rule": "id-card"}
    answer = await zhejiang.ask(
        person.actor, "ordinary-hospital", documents=[pale, *await stay(zhejiang, person, "3300000077")]
    )
    claim = answer.json()
    assert pale_at(claim) == "id-card"
    claim = (
        await zhejiang.fill(person.actor, claim, fields=[{"code": "disease", "value": "肺炎", "stay": 1}])
    ).json()
    sent = await zhejiang.send_in(person.actor, claim)
    assert sent.status_code == 200, sent.text
    assert pale_at(sent.json()) == "id-card"


def pale_at(claim: dict[str, Any]) -> str:
    """Where the paper stands that recognition could not name."""
    return next(str(paper["rule"]) for paper in claim["documents"] if paper["type"] == "other")
