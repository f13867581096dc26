"""The bank of a card that an application names: asked beside the number, and named in the bank's file (B.09)."""

import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from claims.intake.models import Claim
from common.identifiers import mask_bank_card
from common.sheets import open_workbook

from .test_member_cards import changed
from .test_wuxi import BANK, PAPERS, taken_in
from .test_zhejiang import FIRST, PRODUCT, stay, subsidy
from .world import Person, World, card_number, errors, fields, heir

pytestmark = pytest.mark.feature("B.09", "B.03")
MINE, PLACE = "杭州银行", "payee.bank_name"


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    """Covered, and no card is on file."""
    return await zhejiang.cover(product_code=PRODUCT, bank_card=None, bank_name=None)


def shown(claim: dict[str, Any]) -> Any:
    return next((field for field in claim["fields"] if field["code"] == PLACE), None)


def bank(name: str = MINE) -> dict[str, str]:
    return {PLACE: name}


async def test_the_bank_is_asked_beside_a_card_that_is_typed_and_goes_to_the_payout(
    zhejiang: World, person: Person
) -> None:
    kinds = {kind["code"]: kind for kind in (await zhejiang.client.get("/kinds", person.actor)).json()}
    asked = [(field["code"], field["type"]) for field in kinds["ordinary-hospital"]["fields"]]
    assert asked[asked.index(("bank_card", "bank_card")) + 1] == (PLACE, "bank_name")
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(bank_card=card_number(7)))).json()
    refused = await zhejiang.send_in(person.actor, claim)
    assert errors(refused) == {"payee.bank_missing"} and refused.json()["errors"][0]["field"] == PLACE
    wrong = await zhejiang.fill(person.actor, claim, fields=fields(**bank("12")))
    assert (errors(wrong), wrong.json()["errors"][0]["field"]) == ({"bank.format"}, PLACE)
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(**bank()))).json()
    assert (shown(claim)["value"], shown(claim)["source"], claim["payee"]["bank_name"]) == (
        MINE,
        "typed",
        MINE,
    )
    assert claim["payee"]["card"] == mask_bank_card(card_number(7)), "the number stays"
    seen = shown((await zhejiang.preview(person.actor, claim))["claim"])
    assert (seen["title"], seen["shown"]) == ("开户银行", MINE)
    done = (await zhejiang.send_in(person.actor, claim)).json()
    assert (done["status"], done["payout"]["bank_name"]) == ("approved", MINE)


async def test_card_and_bank_are_typed_in_either_order_and_the_bank_stays_beside_another_number(
    zhejiang: World, person: Person
) -> None:
    claim = await subsidy(zhejiang, person)
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(**bank()))).json()
    assert (shown(claim)["value"], claim["payee"]["card"]) == (MINE, None)
    for number in (card_number(7), card_number(8)):
        claim = (await zhejiang.fill(person.actor, claim, fields=fields(bank_card=number))).json()
        assert (claim["payee"]["card"], claim["payee"]["bank_name"]) == (mask_bank_card(number), MINE)
    both = fields(**bank("农业银行"), bank_card=card_number(9))
    claim = (await zhejiang.fill(person.actor, claim, fields=both)).json()
    assert (claim["payee"]["card"], claim["payee"]["bank_name"]) == (
        mask_bank_card(card_number(9)),
        "农业银行",
    )
    emptied = fields(bank_card="", **bank(""))
    claim = (await zhejiang.fill(person.actor, claim, fields=emptied)).json()
    assert (claim["payee"]["named_here"], shown(claim)["shown"]) == (False, None)


async def test_a_card_on_file_needs_no_typing_and_keeps_its_bank(zhejiang: World, person: Person) -> None:
    await zhejiang.tell(changed(zhejiang, person))
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert (shown(claim)["value"], shown(claim)["shown"], shown(claim)["source"]) == (
        None,
        "江苏银行",
        "register",
    )
    assert (await zhejiang.preview(person.actor, claim))["ready"] is True
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(**bank()))).json()
    assert claim["payee"]["bank_name"] == "江苏银行", "a bank without a number changes nothing of it"
    done = (await zhejiang.send_in(person.actor, claim)).json()
    assert (done["payout"]["card"], done["payout"]["bank_name"]) == (
        mask_bank_card(card_number(901)),
        "江苏银行",
    )


async def test_the_enrolled_card_typed_again_has_its_bank(zhejiang: World) -> None:
    person = await zhejiang.cover(product_code=PRODUCT)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    number = card_number(person.serial)
    claim = (await zhejiang.fill(person.actor, claim, fields=fields(bank_card=number))).json()
    assert claim["payee"]["named_here"] and claim["payee"]["bank_name"]
    assert (await zhejiang.send_in(person.actor, claim)).status_code == 200


async def test_a_card_read_on_a_paper_takes_the_bank_of_no_other(zhejiang: World) -> None:
    person = await zhejiang.cover(product_code=PRODUCT)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    mine = fields(bank_card=card_number(7), **bank())
    claim = (await zhejiang.fill(person.actor, claim, fields=mine)).json()
    photo = await zhejiang.upload(person.actor, {"卡号": card_number(18)}, kind="bank_card")
    claim = await zhejiang.hand_in(person.actor, claim, {"receipt": photo, "rule": "bank-card"})
    chosen = {"card_document_id": claim["documents"][-1]["document_id"]}
    claim = (await zhejiang.fill(person.actor, claim, payee=chosen)).json()
    assert (claim["payee"]["card"], claim["payee"]["bank_name"]) == (mask_bank_card(card_number(18)), None)
    assert errors(await zhejiang.send_in(person.actor, claim)) == {"payee.bank_missing"}


async def test_an_heir_names_the_bank_too_and_the_members_is_not_asked(
    zhejiang: World, person: Person
) -> None:
    payee = heir("王芳", 4, card_number(4)) | {"bank_name": None}
    claim = await subsidy(zhejiang, person, payee=payee)
    assert shown(claim) is None
    refused = await zhejiang.fill(person.actor, claim, fields=fields(**bank()))
    assert errors(refused) == {"field.not_asked"}
    assert "payee.bank_missing" in errors(await zhejiang.send_in(person.actor, claim))
    payee = {"kind": "legal_heir", "bank_name": MINE}
    claim = (await zhejiang.fill(person.actor, claim, payee=payee)).json()
    assert "payee.bank_missing" not in errors(await zhejiang.send_in(person.actor, claim))


@pytest.mark.feature("C.11", "N.05")
async def test_the_banks_file_names_the_bank_of_a_card_typed_at_the_counter(world: World) -> None:
    person, staff = await world.cover(), world.role("claims_checker")
    claim = (await taken_in(world, person, staff)).json()
    assert (shown(claim)["value"], claim["payee"]["bank_name"]) == (BANK[PLACE], BANK[PLACE])
    claim = (await world.fill(staff, claim, fields=fields(**bank("")))).json()
    assert "payee.bank_missing" in errors(await world.send_in(staff, claim))
    claim = (await world.fill(staff, claim, fields=fields(**bank()))).json()
    for rule, kind in (*PAPERS, ("assessment", "other"), ("discharge-record", "discharge_record")):
        paper = await world.paper(staff, person.name, kind=kind)
        await world.hand_in(staff, claim, {"receipt": paper, "rule": rule})
    sent = (await world.send_in(staff, claim)).json()
    for role, node in (("claims_checker", "first-check"), ("claims_reviewer", "review")):
        assert (await world.decide(world.role(role), sent, node)).status_code == 200
    await world.fund()
    batch = await world.released()
    answer = await world.client.get(f"/payout-batches/{batch['id']}/file", world.staff("payout_maker"))
    with open_workbook(io.BytesIO(answer.content)) as book:
        rows = [row.cells for row in book.rows(book.sheets[0])]
    assert rows[1][3:5] == [card_number(3), MINE]


async def test_an_application_of_before_goes_on_without_a_bank(zhejiang: World) -> None:
    """It was handed in when nobody asked for the bank; sent back for something else, it is asked for that too."""
    person = await zhejiang.cover(product_code=PRODUCT)
    claims = []
    for number, admitted in (("1", FIRST), ("2", FIRST + timedelta(days=20))):
        papers = await stay(zhejiang, person, number, admitted=admitted, verified=False)
        claim = await subsidy(zhejiang, person, *papers, fields=fields(bank_card=card_number(7), **bank()))
        claims.append((await zhejiang.send_in(person.actor, claim)).json())
        assert claims[-1]["status"] == "in_review"
    async with zhejiang.client.context.db.transaction(zhejiang.tenant.id) as session:
        for row in await session.scalars(select(Claim).where(Claim.person_id == person.id)):
            row.payee = {name: value for name, value in (row.payee or {}).items() if name != "bank_name"}
    city, province = zhejiang.role("city_reviewer"), zhejiang.role("province_reviewer")
    back = await zhejiang.decide(city, claims[0], "first-check", "return", missing=[PLACE])
    assert [one["title"] for one in back.json()["missing"]] == ["开户银行"]
    assert errors(await zhejiang.send_in(person.actor, back.json())) == {"payee.bank_missing"}
    assert (await zhejiang.decide(city, claims[1], "first-check")).status_code == 200
    paid = (await zhejiang.decide(province, claims[1], "review")).json()
    assert (paid["payout"]["card"], paid["payout"]["bank_name"]) == (mask_bank_card(card_number(7)), None)
