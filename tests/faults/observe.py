"""Looks at everything the system holds, as the database's owner, and waits until nothing moves any more."""

import asyncio
import time

import asyncpg

from common.events import Envelope

from .history import STAGES, DeadEvent, Effect, Entry, World, is_poisoned
from .system import System

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)


async def look(system: System) -> World:
    """Return what is there now, from one snapshot."""
    connection = await asyncpg.connect(system.owner_dsn(), timeout=10, command_timeout=60)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            entries = await connection.fetch("SELECT tenant_id::text, key, number, request FROM entry")
            effects = await connection.fetch(
                "SELECT tenant_id::text, stage, key, number, request FROM effect ORDER BY id"
            )
            letters = await connection.fetch("SELECT envelope FROM dead_letter")
            outbox = await connection.fetchval("SELECT count(*) FROM outbox")
            parked = await connection.fetchval("SELECT count(*) FROM parked_event")
    finally:
        await connection.close(timeout=10)
    return World(
        [Entry(*row) for row in entries],
        [Effect(*row) for row in effects],
        [dead_event(Envelope.decode(row["envelope"])) for row in letters],
        outbox,
        parked,
    )


def dead_event(envelope: Envelope) -> DeadEvent:
    return DeadEvent(str(envelope.tenantid), envelope.type, envelope.subject, envelope.data["number"])


def is_quiet(world: World) -> bool:
    """Whether everything that was accepted has led to its end."""
    clean = sum(not is_poisoned(e.key, e.number) for e in world.entries)
    finished = len(world.effects) >= clean * len(STAGES)
    return (
        finished and len(world.dead) >= len(world.entries) - clean and not world.outbox and not world.parked
    )


async def until_quiet(system: System, *, deadline: float) -> World:
    """Return the world when it is quiet, or as it is at the deadline: then the checker says what is missing."""
    end = time.monotonic() + deadline
    world = World()
    while time.monotonic() < end:
        try:
            world = await look(system)
            if is_quiet(world):
                # Whatever would come twice would come soon.
                await asyncio.sleep(1.0)
                return await look(system)
        except AWAY:
            pass
        await asyncio.sleep(0.3)
    return world
