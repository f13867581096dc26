"""Session epochs: raising an account's epoch ends all its sessions at once, before their tokens expire."""

import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from ..errors import SessionEnded
from .actor import Actor
from .tokens import subject_key

log = structlog.get_logger()
ASK_SECONDS = 2.0
"""How often a cache that is away is asked again."""
UNCHECKED = Counter("huzhu_epoch_unchecked_total", "Requests let through because the epoch cache was away")


class SessionEpochs:
    """The current epoch of each account, in Redis; identity's database is the lasting record.

    When Redis is away the token alone decides, for the ten minutes it lives at most (docs/adr/0007).
    """

    def __init__(self, redis: "Redis", *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._seconds = seconds
        self._away = False
        self._ask_at = 0.0

    async def check(self, actor: Actor) -> None:
        """Raise SessionEnded if the actor's session has been ended."""
        if self._away:
            if self._seconds() < self._ask_at:
                UNCHECKED.inc()
                return
            # One request asks whether it is back; the others do not wait for the answer.
            self._ask_at = self._seconds() + ASK_SECONDS
        try:
            values = await self._redis.mget(
                subject_key(actor.tenant_id, actor.id), f"session-ended:{actor.session_id}"
            )
        except (RedisError, OSError):
            UNCHECKED.inc()
            self._away, self._ask_at = True, self._seconds() + ASK_SECONDS
            log.warning("epoch.unchecked")
            return
        self._away = False
        if (values[0] is not None and int(values[0]) > actor.epoch) or values[1] is not None:
            raise SessionEnded

    async def published(self, actor_key: str) -> int:
        """Return the epoch that is published for an account; 0 if none is, or while Redis is away."""
        try:
            found = await self._redis.get(actor_key)
        except (RedisError, OSError):
            return 0
        return int(found) if found is not None else 0

    async def raise_to(self, actor_key: str, epoch: int, *, keep_seconds: int = 86_400) -> None:
        """Publish an account's new epoch; kept longer than any token lives."""
        await self._redis.set(actor_key, epoch, ex=keep_seconds)

    async def end_session(self, session_id: object, *, keep_seconds: int = 86_400) -> None:
        """End one session; kept longer than any token lives."""
        await self._redis.set(f"session-ended:{session_id}", 1, ex=keep_seconds)
