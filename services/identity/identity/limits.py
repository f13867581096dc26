"""Limits on attempts, counted in Redis so that all processes share them and a rollback does not forget them."""

from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from common.errors import ServiceBusy

from .errors import TooManyRequests

# Counts and sets the end of the window in one step: a process killed between the two would lock for ever.
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 or redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('TTL', KEYS[1])}
"""


class Limits:
    """Counters with a window. When Redis is away nothing is allowed: ServiceBusy."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def count(self, name: str, *, seconds: int) -> tuple[int, int]:
        """Count one attempt; return how many there were in the window and the seconds left of it."""
        try:
            found = await self._redis.eval(COUNT, 1, f"limit:{name}", str(seconds))
        except (RedisError, OSError):
            raise ServiceBusy from None
        attempts, left = cast(list[int], found)
        return int(attempts), max(int(left), 1)

    async def hit(self, name: str, *, most: int, seconds: int) -> None:
        """Count one attempt; TooManyRequests when it is one too many."""
        attempts, left = await self.count(name, seconds=seconds)
        if attempts > most:
            raise TooManyRequests(seconds=left)

    async def check(self, name: str, *, most: int) -> None:
        """TooManyRequests when that many attempts were counted; counts none."""
        try:
            attempts = int(await self._redis.get(f"limit:{name}") or 0)
            left = int(await self._redis.ttl(f"limit:{name}"))
        except (RedisError, OSError):
            raise ServiceBusy from None
        if attempts >= most:
            raise TooManyRequests(seconds=max(left, 1))

    async def remember(self, name: str, *, seconds: int) -> None:
        """Keep a mark for a while."""
        try:
            await self._redis.set(f"mark:{name}", 1, ex=seconds)
        except (RedisError, OSError):
            raise ServiceBusy from None

    async def remembers(self, name: str) -> bool:
        """Whether a mark is kept."""
        try:
            return bool(await self._redis.exists(f"mark:{name}"))
        except (RedisError, OSError):
            raise ServiceBusy from None

    async def check_lock(self, name: str) -> None:
        """TooManyRequests while `lock` holds."""
        try:
            left = int(await self._redis.ttl(f"lock:{name}"))
        except (RedisError, OSError):
            raise ServiceBusy from None
        if left > 0:
            raise TooManyRequests(seconds=left)

    async def lock(self, name: str, *, seconds: int) -> None:
        """Refuse `name` for a while."""
        try:
            await self._redis.set(f"lock:{name}", 1, ex=seconds)
        except (RedisError, OSError):
            raise ServiceBusy from None

    async def forget(self, name: str) -> None:
        """Forget counted attempts after a success."""
        try:
            await self._redis.delete(f"limit:{name}")
        except (RedisError, OSError):
            raise ServiceBusy from None
