"""The production transport: Apache Kafka by aiokafka, with the settings that lose nothing."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    NoError,
    OutOfOrderSequenceNumber,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)

from .interface import BusUnavailable, Record, TopicPartition

DRAIN_SECONDS = 30.0
STOP_SECONDS = 5.0
BATCH_BYTES = 256 * 1024
LOOK_SECONDS = 1.0
# Whoever may not create topics relies on somebody having done it.
TOPIC_IS_THERE = (NoError, TopicAlreadyExistsError, TopicAuthorizationFailedError)


class KafkaBus:
    """Publishes with acks=all and idempotence; makes a new producer after a sequence error."""

    def __init__(
        self,
        servers: str,
        *,
        partitions: int = 12,
        replication: int = -1,
        access: Mapping[str, Any] | None = None,
    ) -> None:
        self._servers = servers
        self._access = dict(access or {})
        self._partitions = partitions
        self._replication = replication
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()
        self._made: set[str] = set()

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create topics that do not exist yet, with the number of partitions of the envelope."""
        if self._made.issuperset(topics):
            return
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers, **self._access)
        try:
            await admin.start()
            answer = await admin.create_topics([self._new_topic(topic) for topic in topics])
        except (KafkaError, OSError) as error:
            raise BusUnavailable(type(error).__name__) from error
        finally:
            await admin.close()
        for kind in (for_code(code) for _, code, *_ in answer.topic_errors):
            if kind not in TOPIC_IS_THERE:
                raise BusUnavailable(kind.__name__)
        self._made.update(topics)

    def _new_topic(self, name: str) -> NewTopic:
        topic = NewTopic(name, self._partitions, 1)
        topic.replication_factor = (
            self._replication
        )  # -1, which NewTopic refuses, is the cluster's own default
        return topic

    async def _started(self) -> AIOKafkaProducer:
        async with self._lock:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._servers,
                    acks="all",
                    enable_idempotence=True,
                    max_batch_size=BATCH_BYTES,
                    request_timeout_ms=10_000,
                    **self._access,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def publish(self, records: Sequence[Record]) -> None:
        """Append records and wait until all in-sync replicas have them.

        A partition's records go in one batch after the other, so that none can pass one that failed.
        """
        if not records:
            return
        by_place: dict[TopicPartition, list[Record]] = {}
        for record in records:
            by_place.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
        await self.ensure_topics(sorted({place.topic for place in by_place}))
        try:
            producer = await self._started()
            done = await asyncio.gather(
                *(_append(producer, place, waiting) for place, waiting in by_place.items()),
                return_exceptions=True,
            )
            for result in done:
                if isinstance(result, BaseException):
                    raise result
        except (KafkaError, OSError, AssertionError) as error:
            await self._forget_producer(error)
            raise BusUnavailable(type(error).__name__) from error

    async def _forget_producer(self, error: BaseException) -> None:
        """A producer that lost its sequence, or its broker, never recovers: make a new one next time."""
        if isinstance(error, OutOfOrderSequenceNumber | KafkaConnectionError | KafkaError):
            producer, self._producer = self._producer, None
            if producer is not None:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(producer.stop(), STOP_SECONDS)
                    return
                # What is left would go on trying to send: its task and its connections end here.
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(producer._sender.close(), STOP_SECONDS)
                await producer.client.close()

    def consumer(self, group: str, topics: Sequence[str]) -> "KafkaConsumer":
        """Return a new member of a group."""
        return KafkaConsumer(self, self._servers, group=group, topics=topics, access=self._access)

    async def close(self) -> None:
        """Flush and stop the producer."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None


async def _append(producer: AIOKafkaProducer, place: TopicPartition, records: Sequence[Record]) -> None:
    """Append records to one partition, batch after batch; stops at the first that fails."""
    sent = 0
    while sent < len(records):
        batch = producer.create_batch()
        while sent < len(records):
            record = records[sent]
            if batch.append(timestamp=None, key=record.key, value=record.value) is None:
                break
            sent += 1
        batch.close()
        delivered = await producer.send_batch(batch, place.topic, partition=place.partition)
        await asyncio.shield(delivered)


class KafkaConsumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member: no automatic commits, earliest offset, the current batch drained before partitions go."""

    def __init__(
        self, bus: KafkaBus, servers: str, *, group: str, topics: Sequence[str], access: Mapping[str, Any]
    ) -> None:
        self._access = access
        self._bus = bus
        self._servers = servers
        self._group = group
        self._topics = list(topics)
        self._consumer: AIOKafkaConsumer | None = None
        self._given: set[KafkaPartition] = set()
        """Partitions polled since they were assigned: only these may be committed."""
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self) -> None:
        """Make the topics if need be and join the group."""
        await self._bus.ensure_topics(self._topics)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_interval_ms=600_000,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            metadata_max_age_ms=10_000,
            **self._access,
        )
        consumer.subscribe(self._topics, listener=self)
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await consumer.stop()
            raise BusUnavailable(type(error).__name__) from error
        self._consumer = consumer

    async def _joined(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            await self.start()
        if self._consumer is None:
            raise BusUnavailable("not joined")
        return self._consumer

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Let the batch in work finish and commit before its partitions change hands."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), DRAIN_SECONDS)

    async def on_partitions_assigned(self, assigned: object) -> None:
        """Positions come from the group's commits; what was polled before is another's to commit by now."""
        self._given.clear()

    async def poll(self, *, within: float, most: int) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return the next records; calling it again says that the batch before is done."""
        self._idle.set()
        consumer = await self._joined()
        try:
            batches = await consumer.getmany(timeout_ms=int(within * 1000), max_records=most)
        except (KafkaError, OSError) as error:
            raise BusUnavailable(type(error).__name__) from error
        if batches:
            self._idle.clear()
            self._given |= set(batches)
        return {
            TopicPartition(tp.topic, tp.partition): [
                Record(m.topic, m.partition, m.key or b"", m.value, m.offset) for m in messages
            ]
            for tp, messages in batches.items()
        }

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Commit next offsets; partitions that went to another member meanwhile, even if back, are left."""
        consumer = await self._joined()
        mine = consumer.assignment() & self._given
        offsets = {KafkaPartition(*place): offset for place, offset in positions.items()}
        kept = {tp: offset for tp, offset in offsets.items() if tp in mine}
        try:
            if kept:
                await consumer.commit(kept)
        except (CommitFailedError, IllegalStateError):
            return
        except (KafkaError, OSError) as error:
            raise BusUnavailable(type(error).__name__) from error
        finally:
            self._idle.set()

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Return how far each assigned partition is behind its high-water mark."""
        if self._consumer is None:
            return {}
        result: dict[TopicPartition, int] = {}
        for tp in self._consumer.assignment():
            end = self._consumer.highwater(tp)
            if end is None:
                continue
            # The partition may go to another member, or the broker away, while this looks.
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    position = await self._consumer.position(tp)
                result[TopicPartition(tp.topic, tp.partition)] = max(0, end - position)
        return result

    async def stop(self) -> None:
        """Leave the group."""
        self._idle.set()
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None
