"""Whose card is paid to: of the application, of the enrolment, or the one that the member put on file (B.09, E.11)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from common.identifiers import mask_bank_card

from .test_bit import condolence
from .test_member_cards import changed
from .test_zhejiang import PRODUCT, stay, subsidy
from .world import Person, World, card_number, errors, fields

pytestmark = pytest.mark.feature("B.09", "B.03", "E.11")


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    """Covered, and the enrolment named no card."""
    return await zhejiang.cover(product_code=PRODUCT, bank_card=None, bank_name=None)


async def test_the_card_on_file_is_paid_to_where_nothing_names_one(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert claim["payee"]["card"] is None
    refused = await zhejiang.send_in(person.actor, claim)
    [fault] = refused.json()["errors"]
    assert fault["code"] == "payee.card_missing" and "“银行卡”" in fault["message"]
    assert fault["field"] == "bank_card", "where the form has the card"
    await zhejiang.tell(changed(zhejiang, person))
    seen = await zhejiang.read(person.actor, claim)
    assert (seen["payee"]["card"], seen["payee"]["named_here"]) == (mask_bank_card(card_number(901)), False)
    shown = next(f for f in seen["fields"] if f["code"] == "bank_card")
    assert (shown["value"], shown["source"]) == (seen["payee"]["card"], "register")
    assert (await zhejiang.preview(person.actor, claim))["ready"] is True
    done = (await zhejiang.send_in(person.actor, claim)).json()
    assert done["status"] == "approved"
    assert (done["payout"]["card"], done["payout"]["bank_name"]) == (
        mask_bank_card(card_number(901)),
        "江苏银行",
    )


async def test_the_enrolments_card_comes_before_and_the_applications_before_that(zhejiang: World) -> None:
    person = await zhejiang.cover(product_code=PRODUCT)
    await zhejiang.tell(changed(zhejiang, person))
    claim = await subsidy(zhejiang, person)
    assert claim["payee"]["card"] == mask_bank_card(card_number(person.serial))
    claim = (await zhejiang.fill(person.actor, claim, payee={"card_number": card_number(7)})).json()
    assert claim["payee"]["card"] == mask_bank_card(card_number(7))


async def test_the_field_and_the_payee_are_one_word_for_one_thing(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person)
    wrong = await zhejiang.fill(person.actor, claim, fields=fields(bank_card="6228450000000000017"))
    assert wrong.status_code == 422, wrong.text
    (error,) = wrong.json()["errors"]
    assert (error["field"], error["code"]) == ("bank_card", "card.luhn")
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(bank_card=card_number(7)))).json()
    named = {"card": mask_bank_card(card_number(7)), "named_here": True}
    assert {key: claim["payee"][key] for key in named} == named
    shown = next(f for f in claim["fields"] if f["code"] == "bank_card")
    assert (shown["value"], shown["source"], shown["verified"]) == (named["card"], "typed", False)
    await zhejiang.tell(changed(zhejiang, person))
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(bank_card=""))).json()
    assert claim["payee"]["card"] == mask_bank_card(card_number(901)), (
        "emptied, the card on file counts again"
    )


async def test_an_heir_is_never_paid_on_the_members_card(zhejiang: World, person: Person) -> None:
    await zhejiang.tell(changed(zhejiang, person))
    claim = await subsidy(zhejiang, person, payee={"kind": "legal_heir", "name": "王芳"})
    assert claim["payee"]["card"] is None
    assert "bank_card" not in {field["code"] for field in claim["fields"]}
    refused = await zhejiang.fill(person.actor, claim, fields=fields(bank_card=card_number(8)))
    assert (errors(refused), refused.json()["errors"][0]["field"]) == ({"field.not_asked"}, "bank_card")
    card = {"kind": "legal_heir", "card_number": card_number(8)}
    claim = (await zhejiang.fill(person.actor, claim, payee=card)).json()
    assert (claim["payee"]["kind"], claim["payee"]["name"], claim["payee"]["card"]) == (
        "legal_heir", "王*", mask_bank_card(card_number(8)),
    )  # fmt: skip
    for named, card in (
        ({"kind": "legal_heir", "bank_name": "工商银行"}, mask_bank_card(card_number(8))),
        ({"kind": "legal_heir", "name": "李强"}, None),
    ):
        claim = (await zhejiang.fill(person.actor, claim, payee=named)).json()
        assert (claim["payee"]["name"], claim["payee"]["card"]) == ("王*" if card else "李*", card)


@pytest.mark.feature("N.04")
async def test_another_card_on_a_photo_is_offered_and_told_to_the_reviewer(zhejiang: World) -> None:
    person = await zhejiang.cover(product_code=PRODUCT)
    mine, other = mask_bank_card(card_number(person.serial)), mask_bank_card(card_number(18))
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    photo = await zhejiang.upload(person.actor, {"卡号": card_number(18)}, kind="bank_card")
    claim = await zhejiang.hand_in(person.actor, claim, {"receipt": photo, "rule": "bank-card"})
    readings = next(f for f in claim["fields"] if f["code"] == "bank_card")["readings"]
    assert [(r["value"], r["used"]) for r in readings] == [(mine, True), (other, False)]
    assert readings[0]["document_id"] is None and claim["payee"]["card"] == mine, (
        "nothing is changed silently"
    )
    preview = await zhejiang.preview(person.actor, claim)
    assert ("bank-card", True) in {(i["code"], i["present"]) for i in preview["checklist"]}, (
        "optional, but there"
    )
    (notice,) = preview["notices"]
    assert notice["code"] == "payee.card_differs" and mine in notice["text"] and other in notice["text"]
    wrong = await zhejiang.fill(
        person.actor, claim, payee={"card_document_id": claim["documents"][0]["document_id"]}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "payee.card_not_read")
    chosen = {"card_document_id": readings[1]["document_id"]}
    taken = (await zhejiang.fill(person.actor, claim, payee=chosen)).json()
    assert (taken["payee"]["card"], taken["payee"]["named_here"]) == (other, True)
    assert next(f for f in taken["fields"] if f["code"] == "bank_card")["readings"] == []
    assert (await zhejiang.preview(person.actor, taken))["notices"] == []
    back = (await zhejiang.fill(person.actor, taken, fields=fields(bank_card=""))).json()
    assert back["payee"]["card"] == mine
    sent = (await zhejiang.send_in(person.actor, back)).json()
    assert sent["status"] == "in_review"
    assert "payee.card_differs" in {reason["code"] for reason in sent["review_reasons"]}


@pytest.mark.feature("A.03", "A.07")
async def test_a_member_of_the_campus_union_needs_no_payee_with_a_card_on_file(
    union: Callable[[str], Awaitable[World]],
) -> None:
    bit = await union("bit")
    member: Any = await bit.admit()
    claim = await condolence(bit, member, "marriage", payee=None)
    paper = await bit.paper(member.actor)
    await bit.hand_in(member.actor, claim, {"receipt": paper, "rule": "marriage-certificate"})
    assert errors(await bit.send_in(member.actor, claim)) == {"payee.card_missing"}
    await bit.tell(changed(bit, member))
    sent = await bit.send_in(member.actor, claim)
    assert sent.status_code == 200, sent.text
    done = (await bit.decide(bit.role("chair"), sent.json(), "chair")).json()
    assert done["payout"]["card"] == mask_bank_card(card_number(901)), done["payout"]
