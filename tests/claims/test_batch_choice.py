"""The maker of a batch sees what waits and what the money covers, and chooses (制单)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.payouts.batches.rules import Waiting, covered_by
from common.ids import new_id
from common.testing import Client

from .conftest import NewTenant
from .world import FUND, Person, World

pytestmark = pytest.mark.feature("N.05")


async def waiting(world: World) -> dict[str, Any]:
    answer = await world.client.get("/payout-batches/waiting", world.staff("payout_maker"))
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()
    return dict(found)


async def make(world: World, **body: Any) -> Any:
    path = "/payout-batches"
    return await world.client.post(path, world.staff("payout_maker"), json={"fund": FUND, **body})


async def payouts(world: World, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await world.client.get(f"/payouts?{asked}", world.staff("payout_maker"))
    return list(answer.json()["items"])


async def three(world: World) -> Decimal:
    """Three payouts of one amount that wait; returns it."""
    for number in ("1", "2", "3"):
        await world.approved(await world.cover(), number)
    (amount,) = {Decimal(one["amount"]) for one in await payouts(world, status="waiting")}
    return amount


async def test_the_maker_sees_what_waits_and_what_the_money_covers(world: World) -> None:
    assert (await world.client.get("/payout-batches/waiting", world.staff("payout_maker"))).json() == []
    amount = await three(world)
    await world.fund(str(amount * 2 + Decimal("0.99")))
    found = await waiting(world)
    assert found["waiting"] == found["batch"] == {"payouts": 3, "total": str(amount * 3)}
    assert found["covered"] == {"payouts": 2, "total": str(amount * 2)}
    assert found["left"] == found["available"] == str(amount * 2 + Decimal("0.99"))
    refused = await world.client.get("/payout-batches/waiting", world.staff("payout_checker"))
    assert refused.status_code == 403


async def test_a_batch_up_to_the_money_takes_the_oldest_and_is_released(world: World) -> None:
    amount = await three(world)
    await world.fund(str(amount * 2))
    oldest = [one["number"] for one in await payouts(world, status="waiting")][:0:-1]
    made = await make(world, covered_only=True, shown={"payouts": 2, "total": str(amount * 2)})
    assert made.status_code == 201 and made.json()["payouts"] == 2, made.text
    held = await payouts(world, batch_id=made.json()["id"])
    assert sorted(one["number"] for one in held) == sorted(oldest)
    left = await waiting(world)
    assert (left["prepared"], left["left"]) == (str(amount * 2), "0.00"), "what is prepared is spoken for"
    assert left["covered"]["payouts"] == 0
    again = await make(world, covered_only=True)
    assert again.status_code == 409 and again.json()["code"] == "payout.nothing_covered", again.text
    path = f"/payout-batches/{made.json()['id']}/release"
    assert (await world.client.post(path, world.staff("payout_checker"))).status_code == 200
    assert (await waiting(world))["prepared"] == "0.00"


async def test_a_batch_of_those_that_were_chosen(world: World) -> None:
    await three(world)
    first, second, _ = await payouts(world, status="waiting")
    made = await make(world, payout_ids=[first["id"]])
    assert made.status_code == 201 and made.json()["payouts"] == 1, made.text
    gone = await make(world, payout_ids=[first["id"], second["id"]])
    assert gone.status_code == 409 and gone.json()["code"] == "payout.not_waiting"
    assert "2 笔中有 1 笔" in gone.json()["detail"]
    other = await make(world, payout_ids=[second["id"]], purpose="refund")
    assert other.json()["code"] == "payout.not_waiting", "of another purpose"
    assert (await waiting(world))["waiting"]["payouts"] == 2, "a refusal takes nothing"


async def test_a_batch_is_the_one_that_was_shown(world: World, person: Person) -> None:
    await world.approved(person)
    found = await waiting(world)
    await world.approved(await world.cover(), "2")
    late = await make(world, shown=found["batch"])
    assert late.status_code == 409 and late.json()["code"] == "payout.waiting_changed"
    assert "现在 2 笔" in late.json()["detail"], late.text
    assert (await make(world, shown=(await waiting(world))["batch"])).status_code == 201


async def test_a_bank_takes_only_so_many(claims: Client, new_tenant: NewTenant, wuxi_plain: Any) -> None:
    batch = wuxi_plain.bank.batch.model_copy(update={"max_rows": 2})
    pack = wuxi_plain.model_copy(update={"bank": wuxi_plain.bank.model_copy(update={"batch": batch})})
    world = World(claims, await new_tenant(claims.context, pack=pack))
    await world.approve_unit()
    amount = await three(world)
    await world.fund()
    found = await waiting(world)
    assert (found["waiting"]["payouts"], found["batch"]["payouts"]) == (3, 2)
    assert found["covered"] == {"payouts": 2, "total": str(amount * 2)}
    every = [one["id"] for one in await payouts(world, status="waiting")]
    long = await make(world, payout_ids=every)
    assert long.status_code == 409 and long.json()["code"] == "payout.batch_too_long"


amounts = st.decimals(min_value="0.01", max_value="9999.99", places=2)


@given(st.lists(amounts, max_size=30), amounts, st.integers(1, 40))
def test_what_is_covered_is_paid_by_the_money_and_nothing_more_fits(
    sums: list[Decimal], money: Decimal, most: int
) -> None:
    rows = [Waiting(new_id(), amount) for amount in sums]
    found = covered_by(money, rows, most=most)
    rest = money - sum(one.amount for one in found)
    chosen: set[UUID] = {one.id for one in found}
    assert rest >= 0 and len(found) <= most
    assert [one for one in rows if one.id in chosen] == found, "in their order"
    assert len(found) == most or all(one.amount > rest for one in rows if one.id not in chosen)
