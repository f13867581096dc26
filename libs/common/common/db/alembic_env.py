"""The env.py that all services' migrations share."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _run(url: str) -> None:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
        await connection.commit()
    await engine.dispose()


def run(service: str) -> None:
    """Run migrations of `service` as its owner role.

    The address comes from the Alembic configuration's `url` attribute, else from <SERVICE>_OWNER_DATABASE_URL.
    """
    url = context.config.attributes.get("url") or os.environ[f"{service.upper()}_OWNER_DATABASE_URL"]
    asyncio.run(_run(url))
