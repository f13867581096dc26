"""What `migrate` does before a new version starts: the newest schema, closed to everybody else, and the bucket."""

import asyncio
import os
import time
from pathlib import Path

import asyncpg
import structlog

from .bus.away import AWAY
from .bus.postgres import create_schema, plain
from .db.migrate import upgrade
from .settings import CommonSettings
from .storage import ObjectStore, StorageUnavailable

log = structlog.get_logger()
LOCK = 4713
PAUSE_SECONDS = 1.0


def owner_variable(service: str) -> str:
    """Return the name of the variable with the address of a service's database as its owner."""
    return f"{service.upper()}_OWNER_DATABASE_URL"


def bring_up_to_date(service: str, migrations: Path, settings: CommonSettings, *, within: float) -> None:
    """Migrate, close the database to others, make the bucket, and with the embedded bus its tables.

    Several at once wait for each other. A database or store that does not answer is waited for.
    """
    asyncio.run(_Migration(service, migrations, settings, within).run())


class _Migration:
    def __init__(self, service: str, migrations: Path, settings: CommonSettings, within: float) -> None:
        self.service, self.migrations, self.settings = service, migrations, settings
        self.url = os.environ[owner_variable(service)]
        self.until = time.monotonic() + within

    async def run(self) -> None:
        connection = await self._connected()
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
            await asyncio.to_thread(upgrade, self.migrations, self.url)
            await self._close_to_others(connection)
        finally:
            await connection.close()
        log.info("migrated", service=self.service)
        if bus := os.environ.get("BUS_OWNER_DATABASE_URL"):
            await create_schema(bus)
        if self.settings.s3_endpoint:
            await self._make_bucket()

    async def _connected(self) -> asyncpg.Connection:
        while True:
            try:
                return await asyncpg.connect(plain(self.url), timeout=10)
            except AWAY as error:
                if time.monotonic() > self.until:
                    raise
                log.warning("migrate.waiting", service=self.service, kind=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _close_to_others(self, connection: asyncpg.Connection) -> None:
        """Only the service's own roles may connect, and only the owner may create."""
        database = await connection.fetchval("SELECT quote_ident(current_database())")
        roles = f"{self.service}_app, {self.service}_relay"
        for statement in (
            f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {roles}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            f"GRANT USAGE ON SCHEMA public TO {roles}",
        ):
            await connection.execute(statement)

    async def _make_bucket(self) -> None:
        store = ObjectStore.connect(self.settings, self.service)
        try:
            while True:
                try:
                    return await store.ensure_bucket()
                except StorageUnavailable:
                    if time.monotonic() > self.until:
                        raise
                    log.warning("migrate.waiting", service=self.service, bucket=store.bucket)
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            store.close()
