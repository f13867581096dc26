"""What is owed to somebody who was erased is still paid, then blanked; one payout stops no other (rows N.05, N.07)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from claims.payouts.batches.models import PayoutBatch, PayoutItem
from claims.payouts.batches.schedule import prepare_batches
from claims.payouts.models import Payout
from common.clock import now, set_to
from common.contracts.identity import PersonErased
from common.ids import new_id

from .test_refunds import of_member, payouts
from .world import FUND, Person, World, card_number


async def erase(world: World, person: Person) -> None:
    await world.tell(PersonErased(person_id=person.id, request_id=new_id()), times=2)


async def changed(world: World, **values: Any) -> None:
    """Leave the union's payouts as a fault would."""
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = Payout.tenant_id == world.tenant.id, Payout.purpose == "refund"
        await session.execute(update(Payout).where(*mine).values(**values))


@pytest.mark.feature("N.05", "N.07")
@pytest.mark.parametrize("erased_when", ["waiting", "batched", "released"])
async def test_what_is_owed_to_the_erased_is_paid_and_then_blanked(
    world: World, person: Person, erased_when: str
) -> None:
    await world.fund("500.00")
    await world.tell(of_member(world, person))
    if erased_when == "waiting":
        await erase(world, person)
        batch = await world.released("refund")
    elif erased_when == "batched":
        batch = await world.batch("refund")
        await erase(world, person)
        release = f"/payout-batches/{batch['id']}/release"
        assert (await world.client.post(release, world.staff("payout_checker"))).status_code == 200
    else:
        batch = await world.released("refund")
        await erase(world, person)
    rows = await world.result_rows(batch)
    assert rows[0][1] == card_number(person.serial), "the bank pays the account that was named"
    paid = world.result_file(rows)
    answer = await world.send_result(batch, paid)
    assert answer.status_code == 200 and answer.json()["paid"] == 1, answer.text
    (shown,) = await payouts(world, "paid")
    assert (shown["name"], shown["card"], shown["bank_name"]) == ("已**", None, None)
    number = world.tenant.keys.seal(card_number(person.serial), context="person.card")
    assert await world.count(PayoutItem, PayoutItem.card == number) == 0
    items = f"/payout-batches/{batch['id']}/items"
    (line,) = (await world.client.get(items, world.staff("payout_maker"))).json()["items"]
    assert line["name"] == "已**" and card_number(person.serial)[-4:] not in line["card"]
    again = await world.send_result(batch, paid)
    assert (again.status_code, again.json()["repeated"]) == (200, 1), again.text
    ledger = (await world.ledger())["accounts"]
    assert (ledger["bank"], ledger["refunds_payable"]) == ("380.00", "0.00")


@pytest.mark.feature("N.07")
async def test_a_claim_paid_before_is_blanked_at_once(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    await erase(world, person)
    listed = await world.client.get("/payouts?purpose=claim", world.staff("payout_maker"))
    assert [(one["name"], one["card"]) for one in listed.json()["items"]] == [("已**", None)]


@pytest.mark.feature("B.09", "N.05")
async def test_a_payout_without_an_account_goes_into_no_batch(world: World, person: Person) -> None:
    await world.fund()
    await world.tell(of_member(world, person))
    await changed(world, card=None)
    empty = {"fund": FUND, "purpose": "refund"}
    answer = await world.client.post("/payout-batches", world.staff("payout_maker"), json=empty)
    assert (answer.status_code, answer.json()["code"]) == (422, "payout.nothing_waiting")


@pytest.mark.feature("B.09", "N.05")
async def test_batches_that_cannot_be_prepared_keep_no_others_waiting(world: World, person: Person) -> None:
    """A refund that lies in a batch already (as after a fault) is refused by the database; the claims go out."""
    await world.fund()
    await world.tell(of_member(world, person))
    await world.batch("refund")
    await changed(world, status="waiting")
    await world.submitted(person)
    monday = now().replace(hour=8, minute=0) + timedelta(days=(7 - now().weekday()) % 7)
    with set_to(monday), pytest.raises(ExceptionGroup):
        await prepare_batches(world.client.context, world.tenant.id)
    assert await world.count(PayoutBatch, PayoutBatch.purpose == "claim") == 1
    await changed(world, status="batched")
    with set_to(monday):
        await prepare_batches(world.client.context, world.tenant.id)
    assert await world.count(PayoutBatch) == 2, "the moment is tried again, and makes no batch twice"
