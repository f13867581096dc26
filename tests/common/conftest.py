"""One more database beside those of the services, with the tables that libs/common brings along."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.crypto import Keyring, MasterKeys
from common.crypto.migrations import create_person_key_table_v1
from common.db import Database
from common.db.migrations import AUDIT_INDEXES_V1, create_common_tables_v1, protect
from common.ids import new_id
from common.storage.uploads.migrations import create_upload_table_v1
from tests.conftest import Parts

SERVICE = "ocr"
ROLES = tuple(f"{SERVICE}_{role}" for role in ("owner", "app", "relay"))
SAMPLE = """CREATE TABLE sample (tenant_id uuid NOT NULL, id uuid NOT NULL, name text, name_index text,
  created_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))"""

REMARK = """CREATE TABLE remark (tenant_id uuid NOT NULL, id uuid NOT NULL, words text NOT NULL, answer text,
  created_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))"""


@dataclass(frozen=True)
class Addresses:
    """Where the database is, by role."""

    owner: str
    app: str
    relay: str


def _create_tables(connection: Connection) -> None:
    with Operations.context(MigrationContext.configure(connection)) as op:
        create_common_tables_v1(service=SERVICE)
        for name, on in AUDIT_INDEXES_V1.items():
            op.execute(f"CREATE INDEX {name} ON {on}")
        create_person_key_table_v1(service=SERVICE)
        create_upload_table_v1(service=SERVICE)
        op.execute(SAMPLE)
        protect("sample", service=SERVICE)
        op.execute(REMARK)
        protect("remark", service=SERVICE)


async def _create_database(parts: Parts, name: str) -> None:
    admin = await asyncpg.connect(parts.postgres.dsn())
    await admin.execute(f"CREATE DATABASE {name} OWNER {ROLES[0]}")
    await admin.close()
    admin = await asyncpg.connect(parts.postgres.dsn(name))
    await admin.execute(f"ALTER SCHEMA public OWNER TO {ROLES[0]}")
    await admin.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}")
    await admin.close()


@pytest.fixture(scope="session")
async def addresses(parts: Parts) -> Addresses:
    name = f"huzhu_common_{os.getpid()}"
    await _create_database(parts, name)
    made = Addresses(*(parts.postgres.dsn(name, role, scheme="postgresql+asyncpg") for role in ROLES))
    engine = create_async_engine(made.owner)
    async with engine.begin() as connection:
        await connection.run_sync(_create_tables)
    await engine.dispose()
    return made


@pytest.fixture(scope="session")
async def db(addresses: Addresses) -> AsyncIterator[Database]:
    """The database as the service's app role: row-level security holds."""
    database = Database.connect(addresses.app)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def owner_db(addresses: Addresses) -> AsyncIterator[Database]:
    """The database as its owner, whom row-level security does not bind: for planting and looking."""
    database = Database.connect(addresses.owner)
    yield database
    await database.close()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(MasterKeys({1: bytes(range(32))}))


@pytest.fixture
async def tenant(db: Database, keyring: Keyring) -> UUID:
    """A tenant of its own for each test, with its first key."""
    tenant_id = new_id()
    async with db.transaction(tenant_id) as session:
        await keyring.add_version(session, tenant_id)
    return tenant_id
