"""One process of a service at a time runs its schedule: whoever holds a lock of the service's database.

A session lock: the database lets go of it when the process dies, however it dies, and another one takes over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import structlog
from prometheus_client import Gauge

from ..bus.away import AWAY

log = structlog.get_logger()
LOCK = 4712
ASK_SECONDS = 2.0
SIGN_SECONDS = 5.0
LEADS = Gauge("huzhu_schedule_leader", "1 in the process that runs the service's schedule", ["service"])


async def lead(service: str, url: str, run: Callable[[], Awaitable[None]]) -> None:
    """Wait for the lock and run while it is held; for ever. `run` is cancelled when the database is lost."""
    LEADS.labels(service).set(0)
    while True:
        try:
            connection = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=10, command_timeout=10)
        except AWAY:
            await asyncio.sleep(ASK_SECONDS)
            continue
        try:
            await _until_held(connection)
            log.info("schedule.leads", service=service)
            LEADS.labels(service).set(1)
            await _while_held(connection, run)
        except AWAY:
            log.warning("schedule.lost", service=service)
            await asyncio.sleep(ASK_SECONDS)
        finally:
            LEADS.labels(service).set(0)
            connection.terminate()


async def _until_held(connection: asyncpg.Connection) -> None:
    """Ask again and again: waiting in the database would not notice a network that is cut."""
    while True:
        if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            return
        await asyncio.sleep(ASK_SECONDS)


async def _while_held(connection: asyncpg.Connection, run: Callable[[], Awaitable[None]]) -> None:
    """Run until the connection, and with it the lock, is gone; raises what `run` raises."""
    work = asyncio.ensure_future(run())
    try:
        while not work.done():
            await asyncio.wait({work}, timeout=SIGN_SECONDS)
            await connection.execute("SELECT 1")
        work.result()
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({work})
