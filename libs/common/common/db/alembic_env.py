"""The env.py that all services' migrations share.

A migration never takes the running system away: it waits for a table's lock only for a moment, because everybody who
comes after it waits behind it, gives way, and tries again.
"""

import asyncio
import os
import random
import time

import structlog
from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

log = structlog.get_logger()
LOCK_MILLISECONDS = 1_000
"""How long a statement waits for a lock, and with it everybody behind it."""
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 600.0
LOCK_NOT_AVAILABLE = "55P03"


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    if context.config.attributes.get("forward") and (newer := _of_a_newer_version()):
        # A roll-back: this version works on what a newer one has expanded (docs/adr/0036), and has nothing to do here.
        log.warning("migration.schema_is_newer", schema=newer, version=context.script.get_current_head())
        return
    with context.begin_transaction():
        context.run_migrations()


def _of_a_newer_version() -> str | None:
    """The schema's revision where it comes after all that this version knows; revisions are numbers in one line."""
    newest = context.script.get_current_head()
    return next(
        (one for one in context.get_context().get_current_heads() if newest is None or one > newest), None
    )


async def _run(url: str) -> None:
    limits = {"server_settings": {"lock_timeout": str(LOCK_MILLISECONDS)}}
    engine = create_async_engine(url, poolclass=pool.NullPool, connect_args=limits)
    end = time.monotonic() + PATIENCE_SECONDS
    try:
        while True:
            try:
                async with engine.connect() as connection:
                    await connection.run_sync(_migrate)
                    await connection.commit()
                return
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or time.monotonic() > end:
                    raise
                # Revisions that were done stay done: the next try goes on with the one that had to give way.
                log.warning("migration.gave_way", waits_seconds=PAUSE_SECONDS)
                await asyncio.sleep(PAUSE_SECONDS * (0.5 + random.random()))  # noqa: S311 - jitter
    finally:
        await engine.dispose()


def run(service: str) -> None:
    """Run migrations of `service` as its owner role.

    The address comes from the Alembic configuration's `url` attribute, else from <SERVICE>_OWNER_DATABASE_URL.
    """
    url = context.config.attributes.get("url") or os.environ[f"{service.upper()}_OWNER_DATABASE_URL"]
    asyncio.run(_run(url))
