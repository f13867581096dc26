"""SQL of the signing keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.db import unscoped

from .models import SigningKey

LOCK = unscoped(
    text("SELECT pg_advisory_xact_lock(hashtextextended('huzhu.identity.signing-key', 0))"),
    why="a lock, so that processes which start together make one key",
)


async def lock_keys(session: AsyncSession) -> None:
    """Wait until no other process makes a key; holds until the transaction ends."""
    await session.execute(LOCK)


async def published_keys(session: AsyncSession, *, retired_after: datetime) -> Sequence[SigningKey]:
    """Return the keys that sign or will, and those retired after an instant, newest first."""
    statement = (
        select(SigningKey)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > retired_after))
        .order_by(SigningKey.created_at.desc())
        .execution_options(populate_existing=True)
    )
    found = await session.execute(unscoped(statement, why="signing keys belong to no tenant"))
    return found.scalars().all()


async def all_keys(session: AsyncSession) -> Sequence[SigningKey]:
    """Return every key, retired ones too."""
    statement = select(SigningKey).order_by(SigningKey.created_at).execution_options(populate_existing=True)
    found = await session.execute(unscoped(statement, why="signing keys belong to no tenant"))
    return found.scalars().all()


def add_key(session: AsyncSession, key: SigningKey) -> None:
    """Store a new key."""
    session.add(key)
