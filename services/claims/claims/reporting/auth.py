"""Who calls the reporting interface: the holder of a key, limited in scope and in speed."""

import time
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, ActorKind
from common.errors import DomainError
from common.http import context_of, tenant_of
from common.http.context import ServiceContext
from common.http.deps import Requires, TenantUnknown
from common.text import Text

from ..auth import READ_STATISTICS
from .errors import KeyRefused
from .models import ReportingKey
from .repository import ReportingRepository
from .rules import PREFIX, KeyText, is_secret

MOST_PER_MINUTE = 120


class TooManyReads(DomainError):
    """A key asks faster than it may."""

    status = 429
    code = "reporting.too_many_reads"
    text = Text(
        "读取过于频繁：每个密钥每分钟最多 {most} 次，请稍后再试。",
        "Too many reads: a key may ask {most} times a minute. Try again later.",
    )
    headers = {"Retry-After": "60"}


class RequiresKey(Requires):
    """Dependency that admits the holder of a working key, as staff of its scope who may read statistics."""

    async def __call__(self, request: Request) -> Actor:  # type: ignore[override]
        """Return the actor; KeyRefused, TooManyReads."""
        sent = _key_of(request)
        context = context_of(request)
        try:
            tenant_id = await tenant_of(request, sent.tenant)
        except TenantUnknown:
            raise KeyRefused from None
        async with context.db.transaction(tenant_id) as session:
            key = await ReportingRepository(session, tenant_id).find(ReportingKey, sent.key_id)
            if key is None or not is_secret(sent.secret, key.digest) or not key.works:
                raise KeyRefused
            key.used()
            scope = "" if key.scope == "/" else key.scope
        await _slowly(context, sent.key_id)
        return Actor(
            kind=ActorKind.STAFF,
            id=sent.key_id,
            tenant_id=tenant_id,
            tenant=sent.tenant,
            permissions=frozenset(self.permissions),
            org_path=scope,
        )


def _key_of(request: Request) -> KeyText:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    text = value if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
    parsed = KeyText.parse(text) if text.startswith(f"{PREFIX}_") else None
    if parsed is None:
        raise KeyRefused
    return parsed


async def _slowly(context: ServiceContext, key_id: UUID) -> None:
    """Count the reads of this minute; with the cache away nothing is counted."""
    name = f"reporting:{key_id}:{int(time.time() // 60)}"
    try:
        async with context.redis.pipeline() as pipe:
            pipe.incr(name)
            pipe.expire(name, 120)
            count, _ = await pipe.execute()
    except (RedisError, OSError):
        return
    if int(count) > MOST_PER_MINUTE:
        raise TooManyReads(most=MOST_PER_MINUTE)


KEY = RequiresKey(READ_STATISTICS)
KeyHolder = Annotated[Actor, Depends(KEY)]


async def session_of_key(request: Request, actor: KeyHolder) -> AsyncIterator[AsyncSession]:
    """A transaction for the union of a key."""
    async with context_of(request).db.transaction(actor.tenant_id) as session:
        yield session


KeySessionDep = Annotated[AsyncSession, Depends(session_of_key, scope="function")]
