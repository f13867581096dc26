"""What a running service holds, and is handed to whatever it does."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import configure_mappers

from ..auth.epochs import SessionEpochs
from ..auth.tokens import TokenVerifier
from ..crypto import Keyring, MasterKeys, parse_link_key
from ..db.engine import Database
from ..db.naming import Subjects
from ..db.repository import unscoped
from ..settings import CommonSettings
from .rates import UnionRates
from .shares import Shares

READY_WITHIN = 3.0
WARM_WITHIN = 2.0
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
    subjects: Subjects = field(default_factory=dict)
    """What the audit log calls the things that this service keeps."""
    extras: dict[str, Any] = field(default_factory=dict)
    """The service's own long-lived things (ports, stores), by name."""
    warm: bool = False
    """Whether the first request finds everything that a process makes once."""
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
        """Whether the service can reach its database; the first time with what first requests would wait for."""
        try:
            async with asyncio.timeout(READY_WITHIN), self.db.engine.connect() as connection:
                await connection.execute(unscoped(text("SELECT 1"), why="readiness reads no table"))
        except (DBAPIError, PoolTimeout, OSError, TimeoutError):
            return False
        if not self.warm:
            self.warm = True
            await self._warm_up()
        return True

    async def _warm_up(self) -> None:
        """Configure the mappers, connect to the cache, fetch identity's keys; what is away keeps nobody unready."""
        configure_mappers()
        with suppress(TimeoutError):
            async with asyncio.timeout(WARM_WITHIN):
                await asyncio.gather(self.verifier.learn(), self.redis.ping(), return_exceptions=True)

    async def close(self) -> None:
        """Close connections."""
        while self.closing:
            self.closing.pop()()
        await self.db.close()
        await self.relay_db.close()
        await self.redis.aclose()
