"""The migrations go up, down and up again, and every table of a tenant is protected."""

from pathlib import Path

import asyncpg
import pytest

from common.db.migrate import downgrade, upgrade

MIGRATIONS = Path(__file__).resolve().parents[2] / "services" / "identity" / "migrations"


@pytest.fixture
def dsn(environment: dict[str, str]) -> str:
    return environment["IDENTITY_OWNER_DATABASE_URL"].replace("+asyncpg", "")


async def test_every_table_with_a_tenant_is_protected_and_indexed_by_it(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        open_tables = await connection.fetch(
            """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                 AND (NOT c.relrowsecurity
                      OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"""
        )
        assert {row["relname"] for row in open_tables} == {"tenant_directory"}
        without = await connection.fetch(
            """SELECT r.conrelid::regclass::text AS child, r.conname FROM pg_constraint r
               WHERE r.contype = 'f' AND r.connamespace = 'public'::regnamespace AND array_length(r.conkey, 1) < 2"""
        )
        assert list(without) == [], "references between tables never cross tenants"
    finally:
        await connection.close()


async def test_down_and_up_again(parts, dsn: str) -> None:
    import asyncio

    name = "huzhu_identity_down"
    admin = await asyncpg.connect(parts.postgres.dsn())
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name}")
        await admin.execute(f"CREATE DATABASE {name} OWNER identity_owner")
    finally:
        await admin.close()
    url = parts.postgres.dsn(name, "identity_owner", scheme="postgresql+asyncpg")
    for step in ((upgrade, "head"), (downgrade, "base"), (upgrade, "head")):
        await asyncio.to_thread(step[0], MIGRATIONS, url, step[1])
    connection = await asyncpg.connect(parts.postgres.dsn(name, "identity_owner"))
    tables = await connection.fetchval(
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    await connection.close()
    assert tables > 20
