"""A card that an application names, or that replaces one, needs its owner's word a moment ago (docs/adr/0033)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.auth import Actor
from common.auth.confirmed import FRESH
from common.clock import now

from .test_feed import as_csv, line
from .test_member_cards import changed, refused
from .test_zhejiang import PRODUCT, stay, subsidy
from .world import Person, World, card_number

pytestmark = pytest.mark.feature("B.09", "E.11")


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


def since(actor: Actor, ago: timedelta | None) -> Actor:
    """The same caller, whose mobile was proved so long ago; None: never in this session."""
    return actor.model_copy(update={"confirmed_at": now() - ago if ago is not None else None})


def needs_confirmation(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "auth.confirmation_needed")


@pytest.mark.parametrize("ago", [None, FRESH + timedelta(seconds=5)], ids=["by a portal", "too long ago"])
async def test_a_card_named_in_the_application_asks_before_it_is_handed_in(
    zhejiang: World, person: Person, ago: timedelta | None
) -> None:
    late = since(person.actor, ago)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    filled = await zhejiang.fill(late, claim, payee={"card_number": card_number(7), "bank_name": "工商银行"})
    assert filled.status_code == 200, "a draft is typed without being asked"
    assert needs_confirmation(await zhejiang.send_in(late, claim))
    assert (await zhejiang.read(late, claim))["status"] == "draft", "nothing is lost"
    done = await zhejiang.send_in(since(person.actor, timedelta(minutes=4)), claim)
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "approved" and done.json()["payout"]["card"].endswith(card_number(7)[-4:])
    again = await zhejiang.send_in(late, claim)
    assert again.status_code == 200 and again.json()["number"] == done.json()["number"]


async def test_a_card_that_is_known_already_is_not_asked_about(zhejiang: World, person: Person) -> None:
    late = since(person.actor, None)
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    await zhejiang.fill(late, claim, payee={"card_number": card_number(person.serial)})
    assert (await zhejiang.send_in(late, claim)).status_code == 200, "the enrolment's card, typed again"
    other = await zhejiang.cover(product_code=PRODUCT)
    await zhejiang.tell(changed(zhejiang, other))
    claim = await subsidy(zhejiang, other, *await stay(zhejiang, other, "2"))
    await zhejiang.fill(since(other.actor, None), claim, payee={"card_number": card_number(901)})
    assert (await zhejiang.send_in(since(other.actor, None), claim)).status_code == 200, "the card on file"
    nobody = await zhejiang.cover(product_code=PRODUCT)
    claim = await subsidy(zhejiang, nobody, *await stay(zhejiang, nobody, "3"))
    assert (await zhejiang.send_in(since(nobody.actor, None), claim)).status_code == 200, "no card is named"


async def test_another_card_after_a_failed_transfer_asks(world: World) -> None:
    await world.fund()
    person = await world.cover()
    await world.feed(as_csv(line(person, "1")))
    await world.decide_feed()
    assert (await refused(world))["status"] == "failed"
    (claim,) = (await world.client.get("/claims", person.actor)).json()["items"]
    path, body = f"/claims/{claim['id']}/payee", {"card_number": card_number(77), "bank_name": "江苏银行"}
    late = since(person.actor, timedelta(hours=1))
    wrong = await world.client.post(path, late, json={**body, "card_number": card_number(77)[:-1] + "x"})
    assert wrong.status_code == 422, "what is wrong with it is said first"
    assert needs_confirmation(await world.client.post(path, late, json=body))
    changed_to = await world.client.post(path, since(late, timedelta(0)), json=body)
    assert changed_to.status_code == 200 and changed_to.json()["status"] == "waiting"
