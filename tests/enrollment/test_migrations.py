"""The migrations go up, down and up again, and every table of a tenant is protected."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from common.db.migrate import downgrade, upgrade

MIGRATIONS = Path(__file__).resolve().parents[2] / "services" / "enrollment" / "migrations"
OPEN_TABLES = """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"""
CROSSING = """SELECT conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND array_length(conkey, 1) < 2"""


@pytest.fixture
def dsn(environment: dict[str, str]) -> str:
    return environment["ACTIVITIES_OWNER_DATABASE_URL"].replace("+asyncpg", "")


async def test_every_table_of_a_tenant_is_protected(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        assert {row["relname"] for row in await connection.fetch(OPEN_TABLES)} == {"tenant_directory"}
        assert list(await connection.fetch(CROSSING)) == [], "references between tables never cross tenants"
    finally:
        await connection.close()


async def test_down_and_up_again(parts) -> None:
    name = "huzhu_enrollment_down"
    admin = await asyncpg.connect(parts.postgres.dsn())
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name}")
        await admin.execute(f"CREATE DATABASE {name} OWNER enrollment_owner")
    finally:
        await admin.close()
    url = parts.postgres.dsn(name, "enrollment_owner", scheme="postgresql+asyncpg")
    for step, revision in ((upgrade, "head"), (downgrade, "base"), (upgrade, "head")):
        await asyncio.to_thread(step, MIGRATIONS, url, revision)
    connection = await asyncpg.connect(parts.postgres.dsn(name, "enrollment_owner"))
    try:
        assert await connection.fetchval("SELECT to_regclass('enrolment_order') IS NOT NULL")
    finally:
        await connection.close()
