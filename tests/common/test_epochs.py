"""While the cache of ended sessions is away requests do not wait for it, and it is found again."""

import asyncio
from uuid import uuid4

import pytest
from redis.exceptions import RedisError

from common.auth import Actor, ActorKind, epochs
from common.auth.epochs import SessionEpochs
from common.errors import SessionEnded
from common.ids import new_id


class Cache:
    """A cache that can be cut off; counts who asks."""

    def __init__(self) -> None:
        self.away, self.asked, self.ended = False, 0, False

    async def mget(self, *_: str) -> list[bytes | None]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise RedisError
        return [None, b"1" if self.ended else None]


def actor() -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        id=new_id(),
        tenant_id=uuid4(),
        tenant="t",
        permissions=frozenset(),
        session_id=new_id(),
    )


async def test_one_request_asks_and_the_others_do_not_wait() -> None:
    cache, now = Cache(), [100.0]
    sessions, somebody = SessionEpochs(cache, seconds=lambda: now[0]), actor()  # type: ignore[arg-type]
    await sessions.check(somebody)
    cache.away = True
    await sessions.check(somebody)
    assert cache.asked == 2
    for _ in range(5):
        await sessions.check(somebody)
    assert cache.asked == 2, "nobody asks for a while"
    now[0] += epochs.ASK_SECONDS
    await asyncio.gather(*(sessions.check(somebody) for _ in range(5)))
    assert cache.asked == 3, "one asks again"

    cache.away, cache.ended = False, True
    now[0] += epochs.ASK_SECONDS
    with pytest.raises(SessionEnded):
        await sessions.check(somebody)
    with pytest.raises(SessionEnded):
        await sessions.check(somebody)
