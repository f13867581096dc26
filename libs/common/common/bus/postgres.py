"""The embedded transport: an append-only event log in PostgreSQL.

Offsets come from `UPDATE head … RETURNING` in the transaction that inserts the rows, so a reader that has
seen offset n has seen everything before it; a serial column would not promise that.
"""

import asyncio
from collections.abc import Sequence

import asyncpg

from .away import AWAY
from .interface import BusUnavailable, Record
from .postgres_consumer import PostgresConsumer

SCHEMA = """
CREATE TABLE IF NOT EXISTS bus_head (
  topic text NOT NULL, partition int NOT NULL, next_offset bigint NOT NULL, PRIMARY KEY (topic, partition));
CREATE TABLE IF NOT EXISTS bus_event (
  topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL, key bytea NOT NULL, value bytea NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (topic, partition, "offset"));
CREATE TABLE IF NOT EXISTS bus_position (
  group_name text NOT NULL, topic text NOT NULL, partition int NOT NULL, next_offset bigint NOT NULL,
  PRIMARY KEY (group_name, topic, partition));
CREATE TABLE IF NOT EXISTS bus_member (
  group_name text NOT NULL, member uuid NOT NULL, seen_at timestamptz NOT NULL, PRIMARY KEY (group_name, member));
GRANT SELECT, INSERT, UPDATE ON bus_head, bus_event, bus_position TO bus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON bus_member TO bus_app;
GRANT DELETE ON bus_event TO bus_app;
"""
MOST_CONNECTIONS = 6
"""Of a process that publishes; a consumer holds one more."""
HEADS = """
INSERT INTO bus_head AS h (topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = h.next_offset + excluded.next_offset
RETURNING h.topic, h.partition, h.next_offset
"""
APPEND = """
INSERT INTO bus_event (topic, partition, "offset", key, value)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::bytea[])
"""


async def create_schema(dsn: str) -> None:
    """Create the log's tables as their owner; does nothing when they exist."""
    connection = await asyncpg.connect(plain(dsn))
    try:
        await connection.execute(SCHEMA)
    finally:
        await connection.close()


def plain(url: str) -> str:
    """Return an SQLAlchemy address as asyncpg reads it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


class PostgresBus:
    """Publishes to the log; `notify` wakes readers at once (off: they poll, see docs/adr/0003)."""

    def __init__(self, url: str, *, partitions: int = 12, notify: bool = True) -> None:
        self._dsn = plain(url)
        self.partitions = partitions
        self._notify = notify
        self._pool: asyncpg.Pool | None = None
        self._lock = asyncio.Lock()

    async def _connected(self) -> asyncpg.Pool:
        async with self._lock:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn, min_size=0, max_size=MOST_CONNECTIONS, command_timeout=60
                )
        return self._pool

    async def publish(self, records: Sequence[Record]) -> None:
        """Append records in one transaction; partitions are locked in a fixed order."""
        if not records:
            return
        try:
            pool = await self._connected()
            async with pool.acquire() as connection, connection.transaction():
                await self._append(connection, records)
        except AWAY as error:
            raise BusUnavailable(type(error).__name__) from error

    async def _append(
        self, connection: "asyncpg.pool.PoolConnectionProxy", records: Sequence[Record]
    ) -> None:
        counts: dict[tuple[str, int], int] = {}
        for record in records:
            place = (record.topic, record.partition)
            counts[place] = counts.get(place, 0) + 1
        places = sorted(counts)
        rows = await connection.fetch(
            HEADS, [p[0] for p in places], [p[1] for p in places], [counts[p] for p in places]
        )
        following = {
            (r["topic"], r["partition"]): r["next_offset"] - counts[r["topic"], r["partition"]] for r in rows
        }
        offsets: list[int] = []
        for record in records:
            place = (record.topic, record.partition)
            offsets.append(following[place])
            following[place] += 1
        await connection.execute(
            APPEND,
            [r.topic for r in records],
            [r.partition for r in records],
            offsets,
            [r.key for r in records],
            [r.value for r in records],
        )
        if self._notify:
            for topic in {place[0] for place in places}:
                await connection.execute("SELECT pg_notify('huzhu_bus', $1)", topic)

    def consumer(self, group: str, topics: Sequence[str]) -> PostgresConsumer:
        """Return a new member of a group."""
        return PostgresConsumer(self._dsn, group=group, topics=topics, partitions=self.partitions)

    async def prune(self, *, keep_days: int, most: int = 10_000) -> int:
        """Delete events older than `keep_days` that every group has passed; return how many."""
        pool = await self._connected()
        done = await pool.execute(
            """DELETE FROM bus_event WHERE (topic, partition, "offset") IN (
                 SELECT e.topic, e.partition, e."offset" FROM bus_event e
                 WHERE e.appended_at < now() - make_interval(days => $1)
                   AND e."offset" < (SELECT coalesce(min(p.next_offset), 0) FROM bus_position p
                                     WHERE p.topic = e.topic AND p.partition = e.partition)
                 LIMIT $2)""",
            keep_days,
            most,
        )
        return int(done.split()[-1])

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
