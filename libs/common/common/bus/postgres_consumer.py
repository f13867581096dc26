"""A member of a consumer group on the PostgreSQL log.

A partition's owner holds a session advisory lock, so the kernel and the database release it when the owner
dies. Members share the partitions evenly by counting each other's heartbeats.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

import asyncpg

from ..ids import new_id
from .away import AWAY
from .interface import BusUnavailable, Record, TopicPartition

Result = TypeVar("Result")
HEARTBEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 5
POLL_SECONDS = 1.0
FETCH = """SELECT partition, "offset", key, value FROM bus_event
WHERE topic = $1 AND partition = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4"""
HEADS = "SELECT topic, partition, next_offset FROM bus_head WHERE topic = ANY($1)"
ADVANCE = """INSERT INTO bus_position AS p (group_name, topic, partition, next_offset)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[])
ON CONFLICT (group_name, topic, partition)
DO UPDATE SET next_offset = greatest(p.next_offset, excluded.next_offset)"""


def lock_number(group: str, place: TopicPartition) -> int:
    """Return the advisory lock number of a group's partition (signed 64 bit)."""
    digest = hashlib.blake2b(f"{group}/{place.topic}/{place.partition}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class PostgresConsumer:
    """One member; holds one connection whose end gives all its partitions back."""

    def __init__(self, dsn: str, *, group: str, topics: Sequence[str], partitions: int) -> None:
        self._dsn = dsn
        self._group = group
        self._topics = list(topics)
        self._all = [TopicPartition(t, p) for t in topics for p in range(partitions)]
        self._member = new_id()
        self._connection: asyncpg.Connection | None = None
        self._next: dict[TopicPartition, int] = {}
        self._wake = asyncio.Event()
        self._balanced_at = 0.0
        self._stopped = False

    async def start(self) -> None:
        """Connect and take the first share of partitions."""
        await self._guard(self._connect())

    async def _connect(self) -> asyncpg.Connection:
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        self._next.clear()
        self._balanced_at = 0.0
        self._connection = await asyncpg.connect(self._dsn, timeout=10, command_timeout=60)
        await self._connection.add_listener("huzhu_bus", self._on_notify)
        return self._connection

    def _on_notify(self, *args: object) -> None:
        if args[-1] in self._topics:
            self._wake.set()

    async def _guard(self, work: Awaitable[Result]) -> Result:
        try:
            return await work
        except AWAY as error:
            await self._drop()
            raise BusUnavailable(type(error).__name__) from error

    async def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
        self._next.clear()

    async def poll(self, *, within: float, most: int) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return the next records of the partitions owned."""
        deadline = time.monotonic() + within
        while not self._stopped:
            self._wake.clear()
            found: dict[TopicPartition, list[Record]] = await self._guard(self._poll_once(most))
            remaining = deadline - time.monotonic()
            if found or remaining <= 0:
                return found
            try:
                async with asyncio.timeout(min(remaining, POLL_SECONDS)):
                    await self._wake.wait()
            except TimeoutError:
                pass
        return {}

    async def _poll_once(self, most: int) -> dict[TopicPartition, list[Record]]:
        connection = await self._connect()
        if time.monotonic() - self._balanced_at > HEARTBEAT_SECONDS:
            await self._balance(connection)
        heads = await self._heads()
        found: dict[TopicPartition, list[Record]] = {}
        for head in heads:
            place = TopicPartition(head["topic"], head["partition"])
            start = self._next.get(place)
            if start is None or start >= head["next_offset"]:
                continue
            rows = await connection.fetch(FETCH, place.topic, place.partition, start, most)
            if rows:
                found[place] = [
                    Record(place.topic, r["partition"], r["key"], r["value"], r["offset"]) for r in rows
                ]
                self._next[place] = rows[-1]["offset"] + 1
            else:  # the head moved on over pruned events
                self._next[place] = head["next_offset"]
        return found

    async def _heads(self) -> list[asyncpg.Record]:
        connection = await self._connect()
        return await connection.fetch(HEADS, self._topics)

    async def _balance(self, connection: asyncpg.Connection) -> None:
        """Beat, count the living members, and take or give partitions towards an even share."""
        await connection.execute(
            """INSERT INTO bus_member (group_name, member, seen_at) VALUES ($1, $2, clock_timestamp())
               ON CONFLICT (group_name, member) DO UPDATE SET seen_at = excluded.seen_at""",
            self._group,
            self._member,
        )
        alive: int = await connection.fetchval(
            """SELECT count(*) FROM bus_member WHERE group_name = $1
               AND seen_at > clock_timestamp() - make_interval(secs => $2)""",
            self._group,
            float(DEAD_AFTER_SECONDS),
        )
        share = -(-len(self._all) // max(alive, 1))
        for place in list(self._next)[share:]:
            del self._next[place]
            await connection.execute("SELECT pg_advisory_unlock($1)", lock_number(self._group, place))
        for place in self._all:
            if len(self._next) >= share:
                break
            if place not in self._next and await connection.fetchval(
                "SELECT pg_try_advisory_lock($1)", lock_number(self._group, place)
            ):
                self._next[place] = await self._position(connection, place)
        self._balanced_at = time.monotonic()

    async def _position(self, connection: asyncpg.Connection, place: TopicPartition) -> int:
        value = await connection.fetchval(
            "SELECT next_offset FROM bus_position WHERE group_name = $1 AND topic = $2 AND partition = $3",
            self._group,
            place.topic,
            place.partition,
        )
        return int(value or 0)

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Store positions; they never go back."""
        places = sorted(positions)
        await self._guard(
            self._execute(
                ADVANCE,
                self._group,
                [p.topic for p in places],
                [p.partition for p in places],
                [positions[p] for p in places],
            )
        )

    async def _execute(self, statement: str, *values: object) -> None:
        connection = await self._connect()
        await connection.execute(statement, *values)

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Return how far each owned partition is behind its head."""
        heads = await self._guard(self._heads())
        ends = {TopicPartition(h["topic"], h["partition"]): h["next_offset"] for h in heads}
        return {place: max(0, ends.get(place, 0) - start) for place, start in self._next.items()}

    async def stop(self) -> None:
        """Give all partitions back."""
        self._stopped = True
        self._wake.set()
        if self._connection is None or self._connection.is_closed():
            return
        try:
            await self._connection.execute("DELETE FROM bus_member WHERE member = $1", self._member)
            await self._connection.close(timeout=5)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            self._connection.terminate()
