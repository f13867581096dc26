"""The relay: carries committed events from the outbox to the bus, in order per partition, at least once."""

import asyncio
import time

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, INTEGER
from sqlalchemy.exc import DBAPIError

from ..bus.interface import Bus, BusUnavailable, Record
from ..db.engine import Database
from ..db.repository import unscoped

log = structlog.get_logger()
LOCK_SPACE = 4711
BATCH = 500
IDLE_SECONDS = 2.0
MOST_PAUSE_SECONDS = 10.0
RELAYED = Counter("huzhu_relay_events_total", "Events carried to the bus", ["service"])
WAITING = Gauge("huzhu_outbox_oldest_seconds", "Age of the oldest event not yet on the bus", ["service"])

WHY = "the relay carries the events of all tenants and has rights on the outbox alone"
PENDING = unscoped(text("SELECT DISTINCT partition FROM outbox ORDER BY partition"), why=WHY)
LOCK = unscoped(text("SELECT pg_try_advisory_xact_lock(:space, :partition)"), why=WHY)
READ = unscoped(
    text(
        "SELECT seq, topic, partition, key, envelope, extract(epoch FROM clock_timestamp() - created_at) AS age "
        "FROM outbox WHERE partition = ANY(:partitions) ORDER BY seq LIMIT :most"
    ).bindparams(bindparam("partitions", type_=ARRAY(INTEGER))),
    why=WHY,
)
DELETE = unscoped(
    text("DELETE FROM outbox WHERE seq = ANY(:seqs)").bindparams(bindparam("seqs", type_=ARRAY(BIGINT))),
    why=WHY,
)


class Relay:
    """One service's relay. Several may run: a partition is carried by whoever holds its lock."""

    def __init__(self, *, service: str, relay_db: Database, bus: Bus) -> None:
        self._service = service
        self._db = relay_db
        self._bus = bus
        self._wake = asyncio.Event()
        self._oldest: float | None = None
        # Asked for when it is read: a bus that answers nobody holds the relay up, and the age must grow meanwhile.
        WAITING.labels(service).set_function(self._waiting_seconds)

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    async def carry(self) -> int:
        """Carry one batch and return how many events it had.

        The lock is held until the deletion commits; a crash in between sends the batch again, and inboxes
        make that harmless.
        """
        async with self._db.sessions() as session:
            pending = (await session.execute(PENDING)).scalars().all()
            mine = [
                partition
                for partition in pending
                if (await session.execute(LOCK, {"space": LOCK_SPACE, "partition": partition})).scalar_one()
            ]
            if not mine:
                return 0
            rows = (await session.execute(READ, {"partitions": mine, "most": BATCH})).all()
            if not rows:
                return 0
            self._oldest = time.monotonic() - float(rows[0].age)
            await self._bus.publish(
                [Record(r.topic, r.partition, r.key.encode(), bytes(r.envelope)) for r in rows]
            )
            await session.execute(DELETE, {"seqs": [r.seq for r in rows]})
            await session.commit()
        self._oldest = None
        RELAYED.labels(self._service).inc(len(rows))
        return len(rows)

    def _waiting_seconds(self) -> float:
        return 0.0 if self._oldest is None else time.monotonic() - self._oldest

    async def run(self) -> None:
        """Carry for ever; when the database or the bus is away, try again with growing pauses."""
        pause = 0.1
        while True:
            try:
                carried = await self.carry()
                pause = 0.1
            except (BusUnavailable, DBAPIError, OSError, TimeoutError) as error:
                log.warning("relay.waiting", service=self._service, kind=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, MOST_PAUSE_SECONDS)
                continue
            if carried == 0:
                self._oldest = None
                self._wake.clear()
                try:
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    pass
