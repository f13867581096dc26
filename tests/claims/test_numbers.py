"""Numbers of claims, batches and refunds run for each union alone (N.02)."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from claims.intake.repository import ClaimRepository
from claims.payouts.repository import PayoutRepository
from common.db.migrate import downgrade, upgrade
from common.ids import new_id

from .test_migrations import FOLDER
from .world import World

BATCH = """INSERT INTO payout_batch (tenant_id, id, created_at, version, number, fund, status, maker_id, total, payouts)
VALUES ($1, $2, now(), 1, 'B20260101000042', 'mutual', 'cancelled', gen_random_uuid(), 1, 1)"""


async def taken(world: World, count: int = 1) -> list[int]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        return await ClaimRepository(session, world.tenant.id).numbers(count)


async def until_waiting(world: World, sessions: int) -> None:
    """Wait, with a deadline, until so many sessions wait for the lock under which a series is made."""
    asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    async with asyncio.timeout(30):
        while True:
            async with world.client.context.db.transaction(world.tenant.id) as session:
                if (await session.execute(asked)).scalar_one() >= sessions:
                    return
            await asyncio.sleep(0.02)


@pytest.mark.feature("N.02")
async def test_what_one_union_does_moves_no_number_of_another(world: World, other: World) -> None:
    mine, _ = await taken(world), await taken(other, 40)
    assert await taken(world, 2) == [mine[0] + 1, mine[0] + 2]
    for union in (world, other):
        async with union.client.context.db.transaction(union.tenant.id) as session:
            repository = PayoutRepository(session, union.tenant.id)
            assert [await repository.batch_number() for _ in range(2)] == [1, 2]
            assert [await repository.refund_number() for _ in range(2)] == [1, 2]


@pytest.mark.feature("N.02")
async def test_many_at_once_get_numbers_of_their_own(world: World) -> None:
    """The first of a union makes the series; those who wait for that go on with it, and with each other's numbers."""
    begun, made = asyncio.Event(), asyncio.Event()

    async def first() -> list[int]:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            numbers = await ClaimRepository(session, world.tenant.id).numbers(3)
            begun.set()
            await made.wait()
            return numbers

    making = asyncio.create_task(first())
    await begun.wait()
    waiting = [asyncio.create_task(taken(world, 3)) for _ in range(6)]
    await until_waiting(world, 6)
    made.set()
    found = await asyncio.gather(making, *waiting)
    numbers = [number for part in found for number in part]
    assert sorted(numbers) == list(range(1, 22))


@pytest.mark.feature("N.02", "P.10")
async def test_a_union_that_has_numbers_goes_on_behind_them(parts: Any, spare_database: str) -> None:
    """Far enough for an older release that runs beside the new one; after a step back no number comes twice either."""
    url = parts.postgres.dsn(spare_database, "claims_owner", scheme="postgresql+asyncpg")
    await asyncio.to_thread(upgrade, FOLDER, url, "0021")
    rows = await asyncpg.connect(parts.postgres.dsn(spare_database))
    old, new = new_id(), new_id()
    await rows.fetch("SELECT nextval('payout_batch_number') FROM generate_series(1, 42)")
    await rows.execute(BATCH, old, new_id())
    await asyncio.to_thread(upgrade, FOLDER, url, "0022")
    for tenant, first in ((old, 100_042), (new, 1)):
        await rows.execute("SELECT set_config('app.tenant', $1, false)", str(tenant))
        found = await rows.fetch("SELECT next_numbers('batch', 2) AS number")
        assert [row["number"] for row in found] == [first, first + 1]
    assert await rows.fetchval("SELECT nextval('payout_batch_number')") == 43, (
        "the older release goes on as it did"
    )
    await asyncio.to_thread(downgrade, FOLDER, url, "0021")
    assert await rows.fetchval("SELECT nextval('payout_batch_number')") == 100_044
    assert await rows.fetchval("SELECT count(*) FROM pg_class WHERE relname ~ '^number_'") == 0
    await rows.close()


@pytest.mark.feature("N.02")
async def test_without_a_union_there_is_no_number(world: World) -> None:
    with pytest.raises(DBAPIError):
        async with world.client.context.db.transaction(world.tenant.id) as session:
            await session.execute(text("SELECT set_config('app.tenant', '', true)"))
            await session.execute(text("SELECT next_numbers('claim', 1)"))
    with pytest.raises(DBAPIError):
        async with world.client.context.db.transaction(world.tenant.id) as session:
            await session.execute(text("SELECT next_numbers('anything', 1)"))
