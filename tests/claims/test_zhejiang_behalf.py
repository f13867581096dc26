"""The provincial union: who applies for another, and whose card is paid (B.02, B.09)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from common.identifiers import mask_bank_card

from .test_zhejiang import PRODUCT, stay, subsidy
from .world import Person, World, card_number, errors, fields, heir, id_number


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


def behalf(person: Person, **changes: Any) -> dict[str, Any]:
    number = id_number(person.serial)
    told = {"document_number": number, "name": person.name, "relation": "spouse", "consent": True}
    return told | changes


@pytest.mark.feature("B.02")
async def test_another_applies_and_the_insured_person_is_paid(zhejiang: World, person: Person) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    papers = await stay(zhejiang, person, "1", actor=other.actor)
    claim = await subsidy(zhejiang, person, *papers, actor=other.actor, on_behalf=behalf(person))
    told = claim["on_behalf"]
    assert (told["relation"], told["relation_title"], told["applicant"]) == ("spouse", "配偶", "王*")
    assert "同意" in told["consent"] and told["consented_at"]
    sent = (await zhejiang.send_in(other.actor, claim)).json()
    assert sent["person_id"] == str(person.id) and sent["status"] == "approved"
    assert sent["payout"]["card"] == mask_bank_card(card_number(person.serial))
    # both the applicant and the insured person follow it
    for actor in (other.actor, person.actor):
        assert [c["id"] for c in (await zhejiang.client.get("/claims", actor)).json()["items"]] == [
            claim["id"]
        ]


@pytest.mark.feature("B.02")
async def test_on_behalf_of_another_needs_consent_relation_and_the_right_person(
    zhejiang: World, person: Person
) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    for change, code in (
        ({"consent": False}, "claim.consent_missing"),
        ({"relation": "union_staff"}, "claim.on_behalf_not_possible"),
        ({"relation": "self"}, "claim.on_behalf_not_possible"),
        ({"relation": "neighbour"}, "claim.on_behalf_not_possible"),
        ({"name": "许晓云"}, "claim.person_not_found"),
        ({"document_number": id_number(77)}, "claim.person_not_found"),
    ):
        refused = await zhejiang.ask(other.actor, "ordinary-hospital", on_behalf=behalf(person, **change))
        assert refused.status_code == 422 and refused.json()["code"] == code, refused.text
        if code == "claim.on_behalf_not_possible":
            assert "配偶、子女、父母、兄弟姐妹、法定继承人、同事" in refused.json()["detail"]
    own = await zhejiang.ask(person.actor, "ordinary-hospital", on_behalf=behalf(person))
    assert own.status_code == 422 and own.json()["code"] == "claim.on_behalf_of_oneself"
    unrelated = await zhejiang.ask(other.actor, "ordinary-hospital", on_behalf=behalf(person) | {"more": 1})
    assert unrelated.status_code == 422


@pytest.mark.feature("B.02")
async def test_an_heir_is_paid_only_where_the_insured_person_has_died(
    zhejiang: World, person: Person
) -> None:
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    paid = heir("王芳", other.serial, card_number(other.serial))
    papers = await stay(zhejiang, person, "1", actor=other.actor)
    told = behalf(person, relation="legal_heir")
    claim = await subsidy(zhejiang, person, *papers, actor=other.actor, on_behalf=told, payee=paid)
    assert errors(await zhejiang.send_in(other.actor, claim)) == {"payee.not_allowed"}
    claim = (await zhejiang.fill(other.actor, claim, fields=fields(deceased="yes"))).json()
    refused = await zhejiang.send_in(other.actor, claim)
    assert {e["field"] for e in refused.json()["errors"]} == {"death-certificate", "heirship"}
    for rule in ("death-certificate", "heirship"):
        paper = await zhejiang.paper(other.actor)
        await zhejiang.hand_in(other.actor, claim, {"receipt": paper, "rule": rule})
    sent = await zhejiang.send_in(other.actor, claim)
    assert sent.status_code == 200, sent.text
    read = await zhejiang.read(zhejiang.role("city_reviewer"), sent.json())
    assert "payee.heir" in {reason["code"] for reason in read["review_reasons"]}


@pytest.mark.feature("B.09")
async def test_paid_to_the_card_named_in_the_application(zhejiang: World) -> None:
    person = await zhejiang.cover(product_code=PRODUCT, bank_card=None, bank_name=None)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert errors(await zhejiang.send_in(person.actor, claim)) == {"payee.card_missing"}
    wrong = {"payee": {"card_number": card_number(5)[:-1] + "x"}}
    refused = await zhejiang.fill(person.actor, claim, **wrong)
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "payee.card_number"
    card = {"payee": {"card_number": card_number(5), "bank_name": "杭州银行"}}
    claim = (await zhejiang.fill(person.actor, claim, **card)).json()
    assert claim["payee"]["card"] == mask_bank_card(card_number(5))
    done = (await zhejiang.send_in(person.actor, claim)).json()
    assert done["status"] == "approved" and done["payout"]["status"] == "waiting"
    assert (done["payout"]["card"], done["payout"]["bank_name"]) == (
        mask_bank_card(card_number(5)), "杭州银行",
    )  # fmt: skip


@pytest.mark.feature("B.02")
async def test_who_applies_for_themselves_is_not_asked_whether_they_have_died(
    zhejiang: World, person: Person
) -> None:
    kinds = {kind["code"]: kind for kind in (await zhejiang.client.get("/kinds", person.actor)).json()}
    for kind in kinds.values():
        asked = {field["code"]: field["applicant"] for field in kind["fields"]}
        assert asked["deceased"] == "other" and asked["name"] is None
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert "deceased" not in {field["code"] for field in claim["fields"]}
    refused = await zhejiang.fill(person.actor, claim, fields=fields(deceased="yes"))
    assert refused.status_code == 422 and errors(refused) == {"field.not_asked"}
    other = await zhejiang.cover("王芳", product_code=PRODUCT)
    theirs = await zhejiang.ask(other.actor, "ordinary-hospital", on_behalf=behalf(person))
    assert "deceased" in {field["code"] for field in theirs.json()["fields"]}
