"""The embedded event path, from the commit of a request's transaction to the commit of its effect.

The writer is this process, relay and consumer run in a worker of their own; the baseline writes single rows to
the same database over as many connections.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator
from uuid import UUID

import asyncpg

from common.db import Database
from common.events import emit
from common.ids import new_id
from tests.faults.sample import Noted
from tests.faults.system import DATABASE, ROLE, System, running_system
from tests.stack.servers import ASYNC

from .entry import Entry, quantile

NAMES = (("event.effects_per_s", "1/s"), ("event.p50_ms", "ms"), ("event.p99_ms", "ms"))
WRITERS = 8
EVENTS = 3000
ROUNDS = 3
EMITTED = 20
"""Events of one transaction in the run for throughput: writing them must not be what takes the time."""
SINGLE = 300
PAUSE_SECONDS = 0.02
TELL = """
CREATE TABLE single (id uuid PRIMARY KEY, payload text NOT NULL);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_notify('effect', NEW.request); RETURN NEW; END $$;
CREATE TRIGGER told AFTER INSERT ON effect FOR EACH ROW EXECUTE FUNCTION tell();
"""
INSERT = "INSERT INTO single VALUES ($1, 'a row of one transaction')"


class Effects:
    """When the effect of each request was committed, as PostgreSQL tells it."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._changed = asyncio.Event()

    async def listen(self, dsn: str) -> asyncpg.Connection:
        connection = await asyncpg.connect(dsn)
        await connection.add_listener("effect", self._on_effect)
        return connection

    def _on_effect(self, *told: object) -> None:
        self.at[str(told[-1])] = time.perf_counter()
        self._changed.set()

    async def wait_for(self, count: int) -> None:
        while len(self.at) < count:
            self._changed.clear()
            await self._changed.wait()


def noted(number: int, request: str) -> Noted:
    return Noted(name=f"k{number % 64}", number=2**20 + number, request=request)


async def emit_one(db: Database, tenant: UUID, number: int) -> str:
    """Commit one event in a transaction of its own."""
    request = str(new_id())
    async with db.transaction(tenant) as session:
        emit(session, noted(number, request))
    return request


async def throughput(db: Database, effects: Effects) -> float:
    """Effects per second while there are always events to carry: requests that each emit several."""
    tenant, starts, already = new_id(), iter(range(0, EVENTS, EMITTED)), len(effects.at)
    started = time.perf_counter()

    async def write() -> None:
        for start in starts:
            async with db.transaction(tenant) as session:
                for number in range(start, start + EMITTED):
                    emit(session, noted(number, str(new_id())))

    await asyncio.gather(*(write() for _ in range(WRITERS)))
    await effects.wait_for(already + EVENTS)
    return EVENTS / (time.perf_counter() - started)


async def raw_commits(dsn: str) -> float:
    """Single-row commits per second over as many connections."""
    pool = await asyncpg.create_pool(dsn, min_size=WRITERS, max_size=WRITERS)
    numbers = iter(range(EVENTS))

    async def write() -> None:
        async with pool.acquire() as connection:
            for _ in numbers:
                await connection.execute(INSERT, new_id())

    started = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(WRITERS)))
    rate = EVENTS / (time.perf_counter() - started)
    await pool.close()
    return rate


async def latencies(db: Database, effects: Effects) -> list[float]:
    """Milliseconds from commit to effect, one event after the other."""
    tenant, committed = new_id(), {}
    for number in range(SINGLE):
        already = len(effects.at)
        request = await emit_one(db, tenant, number)
        committed[request] = time.perf_counter()
        await effects.wait_for(already + 1)
        await asyncio.sleep(PAUSE_SECONDS)
    return [max(0.0, effects.at[request] - at) * 1000 for request, at in committed.items()]


async def single_commits(dsn: str) -> list[float]:
    """Milliseconds of one commit, one after the other."""
    connection = await asyncpg.connect(dsn)
    taken = []
    for _ in itertools.repeat(None, SINGLE):
        started = time.perf_counter()
        await connection.execute(INSERT, new_id())
        taken.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE_SECONDS)
    await connection.close()
    return taken


async def prepare(system: System) -> Effects:
    """One worker, nothing else; effects are told as they are committed."""
    for name in ("api", "worker-2"):
        await system.kill(name)
    connection = await asyncpg.connect(system.owner_dsn())
    await connection.execute(TELL)
    await connection.close()
    return Effects()


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the three entries."""
    async with running_system("postgres", chained=False, on_disk=True) as system:
        effects = await prepare(system)
        listening = await effects.listen(system.owner_dsn())
        db = Database.connect(system.postgres.dsn(DATABASE, f"{ROLE}_app", scheme=ASYNC), pool_size=WRITERS)
        await emit_one(db, new_id(), 0)
        await effects.wait_for(1)
        waits, commits = await latencies(db, effects), await single_commits(system.owner_dsn())
        yield Entry("event.p50_ms", quantile(waits, 0.5), "ms", quantile(commits, 0.5))
        yield Entry("event.p99_ms", quantile(waits, 0.99), "ms", quantile(commits, 0.99))
        # In turns, and the best of each: a moment in which the machine is busy elsewhere meets only one of them.
        rates, raws = [], []
        for _ in range(ROUNDS):
            rates.append(await throughput(db, effects))
            raws.append(await raw_commits(system.owner_dsn()))
        await db.close()
        await listening.close()
        yield Entry("event.effects_per_s", max(rates), "1/s", max(raws))
