"""A step back of the schema takes away nothing that people rely on: it is refused, with what to do."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from claims.payouts.refunds.service import REFUSED_ONLINE
from common.clock import now
from common.db.migrate import downgrade, upgrade
from common.ids import new_id

from ..conftest import ROOT

FOLDER = ROOT / "services" / "claims" / "migrations"
USE = """INSERT INTO evidence (tenant_id, id, created_at, claim_id, kind, mark, share)
VALUES ($1, $2, now(), $3, 'receipt', 'm', $4)"""


@pytest.mark.feature("N.04", "P.10")
async def test_shared_uses_of_a_receipt_keep_the_schema_that_knows_them(
    parts: Any, spare_database: str
) -> None:
    url = parts.postgres.dsn(spare_database, "claims_owner", scheme="postgresql+asyncpg")
    await asyncio.to_thread(upgrade, FOLDER, url, "0019")
    rows = await asyncpg.connect(parts.postgres.dsn(spare_database))
    await rows.execute("SET session_replication_role = replica")  # the claims themselves do not matter here
    tenant, others = new_id(), new_id()
    for share in ("", "large-expense", "critical-illness"):
        await rows.execute(USE, tenant, new_id(), new_id(), share)
    await rows.execute(USE, others, new_id(), new_id(), "")
    with pytest.raises(Exception, match="2 receipts or pictures are used by several claims"):
        await asyncio.to_thread(downgrade, FOLDER, url, "0018")
    assert await rows.fetchval("SELECT count(*) FROM evidence") == 4
    await rows.execute("DELETE FROM evidence WHERE share <> ''")
    await asyncio.to_thread(downgrade, FOLDER, url, "0018")
    assert await rows.fetchval("SELECT count(*) FROM evidence") == 2
    await rows.close()


OWED = """INSERT INTO ledger_posting (tenant_id, id, created_at, fund, cause_kind, cause_id, booked_on, memo)
VALUES ($1, $2, $3, 'f', 'refund_due', $4, '2026-11-01', 'm')"""
WAITING = """INSERT INTO payout (tenant_id, id, created_at, version, number, claim_number, fund, amount, status, name,
attempts, requested_on, purpose, payee, refund_id, person_id) VALUES ($1, $2, $3, 1, $4, 'c', 'f', 10, $5, 'n', 0,
'2026-11-01', 'refund', 'member', $6, $7)"""


@pytest.mark.feature("N.04")
async def test_what_a_provider_refused_before_the_upgrade_waits_for_a_person(
    parts: Any, spare_database: str
) -> None:
    url = parts.postgres.dsn(spare_database, "claims_owner", scheme="postgresql+asyncpg")
    await asyncio.to_thread(upgrade, FOLDER, url, "0023")
    rows = await asyncpg.connect(parts.postgres.dsn(spare_database))
    await rows.execute("SET session_replication_role = replica")
    tenant, told = new_id(), now() - timedelta(days=3)
    for number, status, later in (
        ("refused", "awaiting_card", timedelta(hours=1)),
        ("no-card", "awaiting_card", timedelta(milliseconds=30)),
        ("under-way", "waiting", timedelta(hours=1)),
    ):
        refund = new_id()
        await rows.execute(OWED, tenant, new_id(), told, refund)
        await rows.execute(WAITING, tenant, new_id(), told + later, number, status, refund, new_id())
    await asyncio.to_thread(upgrade, FOLDER, url, "0025")
    found = {row["number"]: row["failure"] for row in await rows.fetch("SELECT number, failure FROM payout")}
    assert found == {"refused": REFUSED_ONLINE, "no-card": None, "under-way": None}
    await rows.close()


@pytest.mark.feature("N.04", "P.06")
async def test_withdrawn_payouts_keep_the_schema_that_knows_them(parts: Any, spare_database: str) -> None:
    url = parts.postgres.dsn(spare_database, "claims_owner", scheme="postgresql+asyncpg")
    await asyncio.to_thread(upgrade, FOLDER, url, "0028")
    rows = await asyncpg.connect(parts.postgres.dsn(spare_database))
    await rows.execute("SET session_replication_role = replica")
    await rows.execute(WAITING, new_id(), new_id(), now(), "taken-back", "withdrawn", new_id(), new_id())
    with pytest.raises(Exception, match="1 payouts are withdrawn"):
        await asyncio.to_thread(downgrade, FOLDER, url, "0027")
    await rows.execute("UPDATE payout SET status = 'waiting'")
    await asyncio.to_thread(downgrade, FOLDER, url, "0027")
    await rows.close()
