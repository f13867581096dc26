"""Real PostgreSQL and object store for the tests of libs/common, started once."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.crypto import Keyring, MasterKeys
from common.crypto.migrations import create_person_key_table_v1
from common.db import Database
from common.db.migrations import create_common_tables_v1, protect
from common.ids import new_id
from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed

SERVICE = "ocr"
SAMPLE = """CREATE TABLE sample (tenant_id uuid NOT NULL, id uuid NOT NULL, name text, name_index text,
  created_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))"""


@dataclass(frozen=True)
class Addresses:
    """Where the service's database is, by role."""

    owner: str
    app: str


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="hz-"))
    folder.chmod(0o711)
    yield Home(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgres(home: Home) -> AsyncIterator[EmbeddedPostgres]:
    async with EmbeddedPostgres(home, services=(SERVICE,)) as part:
        yield part


@pytest.fixture(scope="session")
async def seaweed(home: Home) -> AsyncIterator[EmbeddedSeaweed]:
    async with EmbeddedSeaweed(home) as part:
        yield part


def _create_tables(connection: Connection) -> None:
    with Operations.context(MigrationContext.configure(connection)) as op:
        create_common_tables_v1(service=SERVICE)
        create_person_key_table_v1(service=SERVICE)
        op.execute(SAMPLE)
        protect("sample", service=SERVICE)


@pytest.fixture(scope="session")
async def addresses(postgres: EmbeddedPostgres) -> Addresses:
    made = Addresses(
        *(
            postgres.dsn(f"huzhu_{SERVICE}", f"{SERVICE}_{role}", scheme="postgresql+asyncpg")
            for role in ("owner", "app")
        )
    )
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
