"""Wakes the relay as soon as a transaction with events commits (LISTEN/NOTIFY; the poll stands behind it)."""

import asyncio

import asyncpg

from ..bus.away import AWAY
from .relay import Relay

CHANNEL = "huzhu_outbox"
RETRY_SECONDS = 2.0


async def listen(relay: Relay, url: str) -> None:
    """Listen for ever on the relay's own connection; without it the relay's poll still finds everything."""
    dsn = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=10)
            try:
                closed = asyncio.Event()
                connection.add_termination_listener(lambda *_, ended=closed: ended.set())
                await connection.add_listener(CHANNEL, lambda *_: relay.wake())
                relay.wake()
                await closed.wait()
            finally:
                connection.terminate()
        except AWAY:
            pass
        await asyncio.sleep(RETRY_SECONDS)
