"""Engine and transactions. This is the edge: nothing else in a service commits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Work = Callable[[AsyncSession], Awaitable[None]]
SET_TENANT = text("SELECT set_config('app.tenant', :tenant, true)")


def dump_json(value: Any) -> str:
    """Serialise a JSONB value; Decimal and UUID become strings."""
    return orjson.dumps(value, default=str).decode()


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """Make an engine that finds dead connections before using them."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=15,
        hide_parameters=True,
        json_serializer=dump_json,
        json_deserializer=orjson.loads,
        connect_args={"server_settings": {"application_name": "huzhu", "jit": "off"}, "timeout": 10},
    )


async def set_tenant(session: AsyncSession, tenant_id: UUID | None) -> None:
    """Tell the database whose rows this transaction may see; without a tenant it sees none."""
    session.info["tenant_id"] = tenant_id
    await session.execute(SET_TENANT, {"tenant": str(tenant_id) if tenant_id else ""})


class Database:
    """One service's database as its app role."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def connect(cls, url: str, *, pool_size: int = 10) -> "Database":
        """Return a database for an asyncpg address; connections are opened on first use."""
        return cls(make_engine(url, pool_size=pool_size))

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID | None) -> AsyncIterator[AsyncSession]:
        """Open a session for one tenant and commit it, with the events it emitted, on a normal exit."""
        async with self.sessions() as session:
            await set_tenant(session, tenant_id)
            yield session
            await commit(session)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def before_commit(session: AsyncSession, work: Work) -> None:
    """Have something done as the last thing of this session's transaction, once for each kind of it."""
    session.info.setdefault("before_commit", {})[work] = None


async def commit(session: AsyncSession) -> None:
    """Do what waits for the commit (emitted events go to the outbox), and commit: one transaction, all or nothing."""
    for work in list(session.info.get("before_commit", ())):
        await work(session)
    await session.commit()
