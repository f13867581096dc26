"""Processes of two versions consume: what only the newer one knows waits for it, as long as none of it runs."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from common.bus.interface import Record
from common.bus.postgres import PostgresBus
from common.clock import now
from common.contracts.identity import TenantConfigured
from common.events.models import WAITS
from common.events.outbox import wrap
from common.ids import new_id
from tests.conftest import ROOT, Parts, copy_databases

WORKER = Path(__file__).with_name("older_worker.py")
SECONDS = 240.0
STATE = """SELECT (SELECT count(*) FROM tenant_pack WHERE tenant_id = $1),
  (SELECT count(*) FROM dead_letter WHERE tenant_id = $1),
  ARRAY(SELECT attempts FROM parked_event WHERE tenant_id = $1 ORDER BY seq)"""


@pytest_asyncio.fixture
async def place(parts: Parts, worker_id: str) -> dict[str, str]:
    """Databases and a bus of this test alone: a worker has nobody else's events to go through first."""
    suffix = f"_{worker_id}_{os.getpid()}_news"
    await copy_databases(parts.postgres.dsn(), suffix)
    return parts.environment(suffix)


@asynccontextmanager
async def consuming(
    place: dict[str, str], log: Path, *events: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker of notify whose catalogue lacks some events."""
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(WORKER), "notify", *events),
            cwd=ROOT,
            env=os.environ | {name: value for name, value in place.items() if "_OWNER_" not in name},
            stdout=out,
            stderr=out,
        )
    try:
        yield process
        assert process.returncode is None, log.read_text()[-3000:]
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until(
    database: asyncpg.Connection, tenant: UUID, wanted: tuple[int, int, list[int]], log: Path
) -> None:
    """Wait for the packs, dead letters and attempts of parked events that a tenant has at notify."""
    end, found = time.monotonic() + SECONDS, ()
    while (found := tuple(await database.fetchrow(STATE, tenant))) != wanted:
        assert time.monotonic() < end, f"{found}, not {wanted}\n{log.read_text()[-3000:]}"
        await asyncio.sleep(0.2)


@pytest.mark.timeout(900)
async def test_an_event_that_is_new_waits_for_the_first_process_that_knows_it(
    place: dict[str, str], tmp_path: Path
) -> None:
    tenant, wire, bus = new_id(), TenantConfigured.wire, PostgresBus(place["HUZHU_BUS_DATABASE_URL"])

    async def said(version: int) -> None:
        event = TenantConfigured(
            code=f"t{tenant.hex[:12]}", pack_version=version, effective_from=now(), pack={}, keys=[]
        )
        envelope = wrap(event, tenant)
        await bus.publish([Record("identity", envelope.partition, event.key.encode(), envelope.encode())])

    database = await asyncpg.connect(place["NOTIFY_OWNER_DATABASE_URL"].replace("+asyncpg", ""))
    try:
        older, newer = tmp_path / "older.log", tmp_path / "newer.log"
        await said(1)
        async with consuming(place, older, wire):
            await until(database, tenant, (0, 0, [WAITS]), older)
            await said(2)
            await until(database, tenant, (0, 0, [WAITS, WAITS]), older)
            async with consuming(place, newer):
                await until(database, tenant, (2, 0, []), newer)
                await said(3)  # whichever of the two gets it
                await until(database, tenant, (3, 0, []), newer)
    finally:
        await database.close()
        await bus.close()
