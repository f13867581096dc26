"""Composition of a service's ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry._api import TelemetryConfig
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..auth.epochs import SessionEpochs
from ..auth.tokens import TokenVerifier
from ..crypto import Keyring, MasterKeys, parse_link_key
from ..db.engine import Database
from ..db.repository import unscoped
from ..settings import CommonSettings
from ..telemetry import AccessLog
from .described import describe_headers
from .health import health_router
from .middleware import RequestEdge
from .problems import install
from .rates import UnionRates
from .shares import Shares

Lifespan = Callable[["ServiceContext"], AbstractAsyncContextManager[None]]


@dataclass
class ServiceContext:
    """What a running service holds: one per process and service, made in create_app or the worker."""

    service: str
    settings: CommonSettings
    db: Database
    relay_db: Database
    redis: Redis
    verifier: TokenVerifier
    epochs: SessionEpochs
    keyring: Keyring
    shares: Shares
    rates: UnionRates
    link_key: bytes
    """Signs document receipts and links between services."""
    subscribed: frozenset[str] = frozenset()
    """Wire names this service consumes; positions of other events need no waiting."""
    extras: dict[str, Any] = field(default_factory=dict)
    """The service's own long-lived things (ports, stores), by name."""
    closing: list[Callable[[], None]] = field(default_factory=list)
    """Called when the service ends."""

    @classmethod
    def make(
        cls, service: str, settings: CommonSettings, *, subscribed: frozenset[str] = frozenset()
    ) -> "ServiceContext":
        """Connect lazily to everything the settings name; nothing is opened before its first use."""
        # Once more at once, for a connection that a restart has closed; the client's own pauses would add to a request.
        redis: Redis = Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=1,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 1),
        )
        pool = settings.database_pool_size
        return cls(
            service=service,
            settings=settings,
            db=Database.connect(settings.database_url.get_secret_value(), pool_size=pool),
            relay_db=Database.connect(
                settings.relay_database_url.get_secret_value(), pool_size=settings.relay_pool_size
            ),
            redis=redis,
            verifier=TokenVerifier(issuer=settings.issuer, jwks_url=settings.jwks_url),
            epochs=SessionEpochs(redis),
            keyring=Keyring(MasterKeys.parse(settings.master_keys.get_secret_value())),
            # The pool opens twice its size: half of that for one union.
            shares=Shares(service, most=pool),
            rates=UnionRates(service, per_second=settings.union_requests_per_second),
            link_key=parse_link_key(settings.link_key.get_secret_value()),
            subscribed=subscribed,
        )

    async def is_ready(self) -> bool:
        """Whether the service can reach its database."""
        try:
            async with asyncio.timeout(3), self.db.engine.connect() as connection:
                await connection.execute(unscoped(text("SELECT 1"), why="readiness reads no table"))
        except (DBAPIError, PoolTimeout, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Close connections."""
        while self.closing:
            self.closing.pop()()
        await self.db.close()
        await self.relay_db.close()
        await self.redis.aclose()


def build_app(
    context: ServiceContext,
    routers: Sequence[APIRouter],
    *,
    title: str,
    lifespan: Lifespan | None = None,
    streamed: Sequence[str] = (),
) -> FastAPI:
    """Return the ASGI application of one service, served under /api/<service>.

    `streamed`: parts of the paths whose endpoints stream their body; all others hold it in memory, up to 4 MiB.
    """

    @asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        try:
            if lifespan is None:
                yield
            else:
                async with lifespan(context):
                    yield
        finally:
            await context.close()

    # The framework makes the server span itself; its spans of single steps cost more than they tell.
    steps: TelemetryConfig = {"operation_spans": False}
    app = FastAPI(title=title, version="1", lifespan=run, docs_url="/docs", redoc_url=None, telemetry=steps)
    app.state.context = context
    install(app)
    for router in routers:
        app.include_router(router)
    # Imported late: its routes need the dependencies, which need this module.
    from ..audit.router import router as audit_router

    app.include_router(audit_router)
    app.include_router(health_router)
    # The last one added is the outermost: a request gets its id, then its line in the log.
    app.add_middleware(AccessLog, service=context.service)
    app.add_middleware(RequestEdge, service=context.service, streamed=streamed)
    describe_headers(app)
    return app
