"""The migrations go up, down and up again, and every table of a tenant is protected."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from common.db.migrate import downgrade, upgrade

MIGRATIONS = Path(__file__).resolve().parents[2] / "services" / "claims" / "migrations"
OPEN_TABLES = """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"""
CROSSING = """SELECT conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND array_length(conkey, 1) < 2"""
AT_ONCE = """SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT condeferred"""


@pytest.fixture
def dsn(environment: dict[str, str]) -> str:
    return environment["CLAIMS_OWNER_DATABASE_URL"].replace("+asyncpg", "")


async def test_every_table_of_a_tenant_is_protected(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        assert {row["relname"] for row in await connection.fetch(OPEN_TABLES)} == {"tenant_directory"}
        assert list(await connection.fetch(CROSSING)) == [], "references between tables never cross tenants"
        assert list(await connection.fetch(AT_ONCE)) == [], "references are checked at the commit"
    finally:
        await connection.close()


async def test_down_and_up_again(parts: Any) -> None:
    name = "huzhu_claims_down"
    admin = await asyncpg.connect(parts.postgres.dsn())
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name}")
        await admin.execute(f"CREATE DATABASE {name} OWNER claims_owner")
    finally:
        await admin.close()
    url = parts.postgres.dsn(name, "claims_owner", scheme="postgresql+asyncpg")
    for step, revision in ((upgrade, "head"), (downgrade, "base"), (upgrade, "head")):
        await asyncio.to_thread(step, MIGRATIONS, url, revision)
    connection = await asyncpg.connect(parts.postgres.dsn(name, "claims_owner"))
    try:
        assert await connection.fetchval("SELECT to_regclass('payout_slot') IS NOT NULL")
    finally:
        await connection.close()
