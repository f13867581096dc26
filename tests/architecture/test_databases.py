"""Every service's real database: tables of tenants are protected, and the migrations go down and up again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from common.db.migrate import downgrade, upgrade
from huzhu.home import SERVICES

from ..conftest import ROOT

OPEN_TABLES = """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"""
CROSSING = """SELECT conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND array_length(conkey, 1) < 2"""
AT_ONCE = """SELECT conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT condeferred"""
CATALOGUE = """SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'check ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'policy ' || tablename || ' ' || policyname FROM pg_policies WHERE schemaname = 'public'
ORDER BY 1"""


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_of_a_tenant_is_protected(service: str, environment: dict[str, str]) -> None:
    async with connected(environment[f"{service.upper()}_OWNER_DATABASE_URL"]) as connection:
        assert {row[0] for row in await connection.fetch(OPEN_TABLES)} == {"tenant_directory"}
        assert list(await connection.fetch(CROSSING)) == [], "references between tables never cross tenants"
        assert list(await connection.fetch(AT_ONCE)) == [], "references are checked at the commit"


@pytest.mark.parametrize("service", SERVICES)
async def test_down_and_up_again_is_the_same(service: str, parts: Any) -> None:
    name, owner = f"huzhu_{service}_down", f"{service}_owner"
    async with connected(parts.postgres.dsn()) as admin:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} OWNER {owner}")
    url = parts.postgres.dsn(name, owner, scheme="postgresql+asyncpg")
    folder = ROOT / "services" / service / "migrations"
    found = []
    for step, revision in ((upgrade, "head"), (downgrade, "base"), (upgrade, "head")):
        await asyncio.to_thread(step, folder, url, revision)
        async with connected(url) as connection:
            found.append([row[0] for row in await connection.fetch(CATALOGUE)])
    first, emptied, again = found
    assert first == again and len(first) > 50
    assert [line for line in emptied if "alembic_version" not in line] == []
