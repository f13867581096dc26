"""What happens at the same moment happens once."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from claims.intake.models import Claim
from claims.intake.repository import ClaimRepository
from claims.payouts.models import Payout
from claims.payouts.repository import PayoutRepository
from common.db import unscoped

from .world import Person, World, together


@pytest.mark.feature("N.10")
async def test_eight_identical_openings_make_one_claim(world: World, person: Person) -> None:
    body = {"kind": "hospital"}
    answers = await together(
        *(world.client.post("/claims", person.actor, json=body, once="eight-times") for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1 and await world.count(Claim) == 1


@pytest.mark.feature("N.10")
async def test_eight_identical_submissions_make_one_claim(world: World, person: Person) -> None:
    draft = await world.hospital(person)
    answers = await together(*(world.submit(person, draft) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert await world.count(Payout) == 1
    assert len(await world.events("claims.claim_approved.v1")) == 1


@pytest.mark.feature("N.04")
async def test_one_receipt_in_eight_drafts_is_claimed_once(world: World) -> None:
    people = [await world.cover() for _ in range(8)]
    drafts = [await world.hospital(person) for person in people]
    answers = await together(*(world.submit(p, d) for p, d in zip(people, drafts, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7
    refused = [answer.json()["code"] for answer in answers if answer.status_code == 422]
    assert set(refused) == {"claim.receipt_already_claimed"}


async def test_two_reviewers_at_once_decide_once(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    answers = await together(
        *(world.decide(world.staff("claims_checker"), claim, "first-check") for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    answers = await together(
        *(world.decide(world.staff("claims_reviewer"), claim, "review") for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await world.count(Payout) == 1
    assert (await world.ledger())["accounts"]["claims_payable"] == "-460.00"


@pytest.mark.feature("N.05", "N.10")
async def test_the_banks_answer_and_another_card_do_not_wait_crosswise(world: World, person: Person) -> None:
    """Both hold the claim before the payout: the one that comes second waits, and nobody is refused."""
    await world.fund()
    claim_id = UUID((await world.approved(person))["id"])
    batch = await world.released()
    data = world.result_file(await world.result_rows(batch))
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await ClaimRepository(session, world.tenant.id).hold([claim_id])
        answer = asyncio.create_task(world.send_result(batch, data))
        await _somebody_waits(session)
        assert await PayoutRepository(session, world.tenant.id).of_claim(claim_id, lock=True) is not None
    assert (await answer).json()["paid"] == 1


async def _somebody_waits(session: AsyncSession) -> None:
    statement = unscoped(text("SELECT count(*) FROM pg_locks WHERE NOT granted"), why="locks are no rows")
    for _ in range(200):
        if (await session.execute(statement)).scalar_one():
            return
        await asyncio.sleep(0.05)
    pytest.fail("nobody waits for the claim")


@pytest.mark.feature("N.05")
async def test_one_result_file_many_times_at_once_pays_once(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    data = world.result_file(await world.result_rows(batch))
    answers = await together(*(world.send_result(batch, data) for _ in range(4)))
    assert sorted(answer.json()["paid"] for answer in answers) == [0, 0, 0, 1]
    assert (await world.ledger())["accounts"]["bank"] == "99540.00"


@pytest.mark.feature("N.05")
async def test_batches_at_once_share_no_payout_and_no_money(world: World) -> None:
    await world.fund("500.00")
    for number in ("1", "2"):
        await world.approved(await world.cover(), number)
    maker = world.staff("payout_maker")
    answers = await together(
        *(world.client.post("/payout-batches", maker, json={"fund": "three-in-one"}) for _ in range(4))
    )
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert sum(batch["payouts"] for batch in made) == 2
    releases = await together(
        *(
            world.client.post(f"/payout-batches/{b['id']}/release", world.staff("payout_checker"))
            for b in made
        )
    )
    released = sum(Decimal(a.json()["total"]) for a in releases if a.status_code == 200)
    assert released <= Decimal("500.00")


@pytest.mark.feature("N.03")
async def test_claims_at_once_never_exceed_a_cap(world: World, person: Person) -> None:
    """The yearly cap of 10,000 and each stay's 5,000 hold, whatever the order."""
    from datetime import timedelta

    from common.clock import today

    drafts = [
        await world.hospital(person, str(n), cash="40000.00", admitted=today() - timedelta(days=20 + 30 * n))
        for n in range(4)
    ]
    answers = await together(*(world.submit(person, draft) for draft in drafts))
    amounts = [Decimal(answer.json()["amount"]) for answer in answers]
    async with world.client.context.db.transaction(world.tenant.id) as session:
        total = await session.scalar(select(func.sum(Claim.amount)).where(Claim.tenant_id == world.tenant.id))
    # expenses: capped at 10,000 in the term; allowance: 7 days × 30 yuan for each stay
    assert sum(amounts) == total == Decimal("10840.00")
