"""The legal heir who is paid where the person has died: named so that it is plain who it is (B.02, B.09)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from claims.intake.models import Claim
from common.audit.models import AuditEntry
from common.contracts.identity import PersonErased
from common.identifiers import mask_bank_card, mask_document_number, mask_mobile
from common.ids import new_id

from .test_zhejiang import PRODUCT, stay, subsidy
from .test_zhejiang_behalf import behalf
from .world import Person, World, card_number, errors, fields, heir, id_number

pytestmark = pytest.mark.feature("B.02", "B.09")


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


@pytest_asyncio.fixture
async def widow(zhejiang: World) -> Person:
    return await zhejiang.cover("王芳", product_code=PRODUCT)


async def of_the_dead(world: World, person: Person, widow: Person, **more: Any) -> dict[str, Any]:
    """Begin an application for somebody who has died, with all its papers."""
    papers = await stay(world, person, "1", actor=widow.actor)
    claim = await subsidy(world, person, *papers, actor=widow.actor, on_behalf=behalf(person), **more)
    claim = (await world.fill(widow.actor, claim, fields=fields(deceased="yes"))).json()
    for rule in ("death-certificate", "heirship"):
        paper = await world.paper(widow.actor)
        claim = await world.hand_in(widow.actor, claim, {"receipt": paper, "rule": rule})
    return claim


async def test_an_heir_is_named_with_relation_number_and_mobile_and_shown_masked(
    zhejiang: World, person: Person, widow: Person
) -> None:
    named = heir(
        "王芳", widow.serial, card_number(7), relation="child", mobile="13912345678", bank_name="杭州银行"
    )
    claim = await of_the_dead(zhejiang, person, widow, payee=named)
    assert claim["payee"] == {
        "kind": "legal_heir", "name": "王*", "card": mask_bank_card(card_number(7)), "bank_name": "杭州银行",
        "named_here": True, "relation": "child", "relation_title": "子女", "document_kind": "resident_id",
        "document_number": mask_document_number(id_number(widow.serial)), "mobile": mask_mobile("13912345678"),
    }  # fmt: skip
    assert "bank_card" not in {field["code"] for field in claim["fields"]}, "the card is the heir's"
    sent = (await zhejiang.send_in(widow.actor, claim)).json()
    seen = await zhejiang.read(zhejiang.role("city_reviewer"), sent)
    assert seen["payee"] == claim["payee"]
    assert not any("银行卡" in field["title"] for field in seen["fields"])
    whole = {"name": "王芳", "document_number": id_number(widow.serial), "mobile": "13912345678"}
    path = f"/claims/{claim['id']}/payee/reveal"
    assert (await zhejiang.client.post(path, zhejiang.role("city_reviewer"))).json() == whole
    assert (await zhejiang.client.post(path, widow.actor)).status_code == 403
    async with zhejiang.client.context.db.transaction(zhejiang.tenant.id) as session:
        looks = select(AuditEntry.subject).where(AuditEntry.action == "claim.revealed")
        assert list((await session.execute(looks)).scalars()) == [f"claim:{claim['id']}"]
    stored = (await kept(zhejiang, claim)).payee
    assert stored and not {"王芳", id_number(widow.serial), "13912345678"} & set(map(str, stored.values()))


async def test_what_is_wrong_with_an_heir_is_told_at_once_at_its_field(
    zhejiang: World, person: Person
) -> None:
    claim = await subsidy(zhejiang, person)
    number = id_number(9)
    wrong = {
        "kind": "legal_heir", "name": "张 丽", "document_number": number[:-1] + ("0" if number[-1] != "0" else "1"),
        "mobile": "12345", "card_number": card_number(5)[:-1] + "x", "bank_name": "12",
    }  # fmt: skip
    refused = await zhejiang.fill(person.actor, claim, payee=wrong)
    assert refused.status_code == 422
    told = {error["field"] for error in refused.json()["errors"]}
    assert told == {
        f"payee.{name}" for name in ("name", "document_number", "mobile", "card_number", "bank_name")
    }


async def test_the_person_who_has_died_is_no_heir_of_theirs(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person)
    own = id_number(person.serial)
    for named, places in (
        ({"name": person.name}, {"payee.name"}),
        ({"name": person.name, "document_number": own}, {"payee.name", "payee.document_number"}),
        ({"name": "王芳", "document_number": own.lower()}, {"payee.document_number"}),
    ):
        refused = await zhejiang.fill(person.actor, claim, payee={"kind": "legal_heir", **named})
        assert refused.status_code == 422, named
        assert {error["field"] for error in refused.json()["errors"]} == places
        assert (
            errors(refused) == {"payee.is_the_insured"} and "已去世" in refused.json()["errors"][0]["message"]
        )
    namesake = heir(person.name, 9, card_number(9))
    assert (await zhejiang.fill(person.actor, claim, payee=namesake)).status_code == 200, "of the same name"


async def test_a_draft_of_before_is_readable_and_asks_for_the_rest(
    zhejiang: World, person: Person, widow: Person
) -> None:
    keys = zhejiang.tenant.keys
    claim = await of_the_dead(zhejiang, person, widow)
    before = {
        "kind": "legal_heir", "name": keys.seal("王芳", context="person.name"),
        "card": keys.seal(card_number(7), context="person.card"), "bank_name": "杭州银行",
    }  # fmt: skip
    async with zhejiang.client.context.db.transaction(zhejiang.tenant.id) as session:
        await session.execute(update(Claim).where(Claim.id == UUID(claim["id"])).values(payee=before))
    seen = await zhejiang.read(widow.actor, claim)
    assert (seen["payee"]["name"], seen["payee"]["relation"], seen["payee"]["document_number"]) == (
        "王*",
        None,
        None,
    )
    refused = await zhejiang.send_in(widow.actor, seen)
    assert errors(refused) == {"payee.relation_missing", "payee.document_missing"}
    assert {e["field"] for e in refused.json()["errors"]} == {"payee.relation", "payee.document_number"}
    rest = {"kind": "legal_heir", "relation": "spouse", "document_number": id_number(widow.serial)}
    seen = (await zhejiang.fill(widow.actor, seen, payee=rest)).json()
    assert (seen["payee"]["name"], seen["payee"]["card"]) == ("王*", mask_bank_card(card_number(7)))
    assert (await zhejiang.send_in(widow.actor, seen)).status_code == 200


async def test_another_heirs_name_begins_anew(zhejiang: World, person: Person) -> None:
    claim = await subsidy(zhejiang, person, payee=heir("王芳", 3, card_number(3), mobile="13912345678"))
    assert claim["payee"]["relation"] == "spouse"
    other = (await zhejiang.fill(person.actor, claim, payee={"kind": "legal_heir", "name": "李强"})).json()[
        "payee"
    ]
    assert {other[part] for part in ("card", "relation", "document_number", "mobile")} == {None}


async def test_the_payout_carries_the_heirs_mobile_sealed_and_an_erasure_takes_all(
    zhejiang: World, person: Person, widow: Person
) -> None:
    keys = zhejiang.tenant.keys
    named = heir("王芳", widow.serial, card_number(7), mobile="13912345678")
    sent = (
        await zhejiang.send_in(widow.actor, await of_the_dead(zhejiang, person, widow, payee=named))
    ).json()
    for node, role in (("first-check", "city_reviewer"), ("review", "province_reviewer")):
        sent = (await zhejiang.decide(zhejiang.role(role), sent, node)).json()
    (told,) = await zhejiang.events("claims.payout_requested.v1")
    money = told.data["payout"]
    assert keys.open(money["heir_mobile"]["ciphertext"], context="person.mobile") == "13912345678"
    assert keys.open(money["heir_name"]["ciphertext"], context="person.name") == "王芳"
    await zhejiang.tell(PersonErased(request_id=new_id(), person_id=person.id))
    assert (await kept(zhejiang, sent)).payee is None


async def kept(world: World, claim: dict[str, Any]) -> Claim:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        return (await session.execute(select(Claim).where(Claim.id == UUID(claim["id"])))).scalar_one()


async def test_the_kind_says_how_heirs_are_related(zhejiang: World, person: Person) -> None:
    kinds = (await zhejiang.client.get("/kinds", person.actor)).json()
    relations = next(kind for kind in kinds if kind["code"] == "ordinary-hospital")["on_behalf"][
        "heir_relations"
    ]
    assert list(relations)[:4] == ["spouse", "child", "parent", "sibling"] and "self" not in relations
