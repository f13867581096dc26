"""Every table of every service, seen by the superuser: who has rows in it, and what only one tenant has."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg

PLATFORM_TABLES = {
    "alembic_version": "the revision of the migrations",
    "tenant_directory": "ids and public codes of the tenants: read before a tenant is known",
    "signing_key": "keys of the platform's tokens; private parts sealed by the master key",
}
"""Tables that are nobody's in particular, and why."""
MARKER_LENGTH = 8


@dataclass(frozen=True)
class Table:
    """A tenant's table of a service."""

    service: str
    name: str


def dsn_of(environment: dict[str, str], service: str, role: str) -> str:
    name = {"app": "DATABASE_URL", "relay": "RELAY_DATABASE_URL", "owner": "OWNER_DATABASE_URL"}[role]
    return environment[f"{service.upper()}_{name}"].replace("postgresql+asyncpg", "postgresql")


async def connect_superuser(environment: dict[str, str], service: str, superuser: str) -> asyncpg.Connection:
    database = dsn_of(environment, service, "app").rsplit("/", 1)[1]
    return await asyncpg.connect(f"{superuser.rsplit('/', 1)[0]}/{database}")


async def tenant_tables(connection: asyncpg.Connection, service: str) -> list[Table]:
    """Return the tables with a tenant_id; fails on a table that is neither that nor a known platform table."""
    names = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    with_tenant = {
        row["table_name"]
        for row in await connection.fetch(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        )
    }
    tables = []
    for row in names:
        name = row["relname"]
        if name in PLATFORM_TABLES:
            continue
        assert name in with_tenant, f"{service}.{name} has no tenant_id and is not a known platform table"
        tables.append(Table(service, name))
    return tables


async def fill(connection: asyncpg.Connection, table: Table, tenant: UUID) -> None:
    """Put a made-up row of a tenant into a table that the main job leaves empty (test databases only)."""
    if await connection.fetchval(f'SELECT count(*) FROM "{table.name}" WHERE tenant_id = $1', tenant):
        return
    columns = await connection.fetch(
        """SELECT column_name, data_type FROM information_schema.columns
           WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO' AND is_identity = 'NO'
           AND is_generated = 'NEVER'""",
        table.name,
    )
    checks = await connection.fetch(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass", table.name
    )
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for check in checks:
            await connection.execute(f'ALTER TABLE "{table.name}" DROP CONSTRAINT "{check["conname"]}"')
        names = ", ".join(f'"{c["column_name"]}"' for c in columns)
        marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        values = [tenant if c["column_name"] == "tenant_id" else made_up(c["data_type"]) for c in columns]
        await connection.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', *values)


def made_up(kind: str) -> Any:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    return {
        "uuid": uuid4(), "text": uuid4().hex, "character varying": uuid4().hex, "bytea": b"x" * 8, "integer": 1,
        "bigint": uuid4().int % 10**12, "smallint": 1, "boolean": False, "jsonb": "{}", "numeric": Decimal(1),
        "date": date(2026, 1, 1), "timestamp with time zone": datetime(2026, 1, 1, tzinfo=UTC),
        "double precision": 1.0, "real": 1.0, "ARRAY": [],
    }[kind]  # fmt: skip


async def rows_of(connection: asyncpg.Connection, table: Table, tenant: UUID) -> int:
    return int(await connection.fetchval(f'SELECT count(*) FROM "{table.name}" WHERE tenant_id = $1', tenant))


async def fingerprint(connection: asyncpg.Connection, table: Table, tenant: UUID) -> str:
    """Return a digest of all rows that a tenant has in a table."""
    digest = "md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
    return str(
        await connection.fetchval(f'SELECT {digest} FROM "{table.name}" t WHERE tenant_id = $1', tenant)
    )


async def markers(connection: asyncpg.Connection, table: Table, tenant: UUID) -> set[str]:
    """Return ids and texts that stand in a tenant's rows; the caller removes what others have too."""
    rows = await connection.fetch(f'SELECT * FROM "{table.name}" WHERE tenant_id = $1 LIMIT 200', tenant)
    found: set[str] = set()
    for row in rows:
        for name, value in row.items():
            if name != "tenant_id" and isinstance(value, UUID | str) and len(str(value)) >= MARKER_LENGTH:
                found.add(str(value))
    return found
