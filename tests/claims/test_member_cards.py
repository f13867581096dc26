"""A member's card of the register: for payouts without a card, and those the bank refused (B.09, E.11, N.05)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from claims.intake.models import Claim
from claims.payouts.models import Payout
from common.clock import now
from common.contracts.identity import BankCardChanged
from common.db import unscoped

from .test_feed import as_csv, line
from .test_payout_life import one_payout
from .world import FUND, Person, World, card_number

pytestmark = pytest.mark.feature("B.09", "E.11", "N.05")


def changed(world: World, person: Person, serial: int | None = 901, *, ago: int = 0) -> BankCardChanged:
    keys, number = world.tenant.keys, card_number(serial) if serial else None
    return BankCardChanged(
        person_id=person.id, changed_at=now() - timedelta(minutes=ago),
        card=keys.sealed(number, context="person.card", kind="card") if number else None,
        card_tail=keys.sealed(number[-4:], context="card.tail") if number else None,
        bank_name="江苏银行" if number else None,
    )  # fmt: skip


async def approved_by_feed(world: World, person: Person, line_id: str = "1") -> None:
    await world.feed(as_csv(line(person, line_id)))
    await world.decide_feed()


async def refused(world: World, reason: str = "账户已销户") -> dict[str, Any]:
    batch = await world.released()
    rows = await world.result_rows(batch)
    answer = await world.send_result(batch, world.result_file(rows, "失败", reason))
    assert answer.status_code in (200, 201), answer.text
    return await one_payout(world)


async def paid_on(world: World) -> str:
    return (await world.result_rows(await world.released()))[0][1]


async def test_a_payout_without_a_card_takes_the_one_that_the_member_adds(world: World) -> None:
    await world.fund()
    person = await world.cover(bank_card=None, bank_name=None)
    await approved_by_feed(world, person)
    assert (await one_payout(world))["status"] == "awaiting_card"
    event = changed(world, person)
    await world.tell(event, times=2)
    assert (await one_payout(world))["status"] == "waiting"
    assert len(await world.events("claims.payout_requested.v1")) == 2
    assert await paid_on(world) == card_number(901)


async def test_a_card_on_file_before_is_used_where_enrolment_named_none(world: World) -> None:
    await world.fund()
    person = await world.cover(bank_card=None, bank_name=None)
    await world.tell(changed(world, person))
    await world.tell(changed(world, person, 902, ago=5))
    await approved_by_feed(world, person)
    assert (await one_payout(world))["status"] == "waiting"
    assert await world.events("claims.payout_failed.v1") == [], "nobody is asked for what is known"
    assert await paid_on(world) == card_number(901), "the older word is ignored"


async def test_a_refused_transfer_takes_another_card_and_never_the_same_again(
    world: World, person: Person
) -> None:
    await world.fund()
    await approved_by_feed(world, person)
    assert (await refused(world))["status"] == "failed"
    await world.tell(changed(world, person, person.serial))
    assert (await one_payout(world))["status"] == "failed", "the bank has refused this card"
    await world.tell(changed(world, person, 903))
    assert (await one_payout(world))["status"] == "waiting"
    assert await paid_on(world) == card_number(903)


async def test_a_payout_that_waits_keeps_the_card_named_at_enrolment(world: World, person: Person) -> None:
    await world.fund()
    await approved_by_feed(world, person)
    await world.tell(changed(world, person, 904))
    assert await paid_on(world) == card_number(person.serial)


async def test_no_card_any_more_and_an_heirs_money(world: World) -> None:
    await world.fund()
    person = await world.cover(bank_card=None, bank_name=None)
    await world.tell(changed(world, person), changed(world, person, None))
    await approved_by_feed(world, person)
    assert (await one_payout(world))["status"] == "awaiting_card", "the card was taken off the file"
    heir = {"kind": "heir", "name": world.tenant.keys.seal("许继承", context="person.name")}
    named = unscoped(
        update(Claim).where(Claim.tenant_id == world.tenant.id).values(payee=heir), why="an heir"
    )
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await session.execute(named)
    await world.tell(changed(world, person, 905))
    assert (await one_payout(world))["status"] == "awaiting_card"
    assert await world.count(Payout, Payout.card.is_not(None)) == 0 and FUND
