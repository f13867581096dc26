"""The consumer runtime: every event takes effect exactly once, in order per key, and none is ever dropped.

Fast path: a whole batch of a partition in one transaction. If an event of it fails by its own fault, the batch
is rolled back and each event gets its own transaction, so that only the failing key is parked.
"""

import asyncio
import logging
import random
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from ..bus.interface import Bus, BusConsumer, BusUnavailable, Record, TopicPartition
from ..clock import now
from ..events.contract import Event
from ..events.envelope import Envelope
from ..events.outbox import write_outbox
from ..failures import is_infrastructure
from ..http.context import ServiceContext
from ..telemetry import consumer_span
from .repository import InboxRepository, pause_after
from .subscription import ConsumerContext, Subscription

log = structlog.get_logger()
BATCH = 200
MOST_ATTEMPTS = 8
MEASURE_SECONDS = 5.0
POSTPONED = timedelta(seconds=15)
MOST_PAUSE_SECONDS = 15.0
HANDLED = Counter("huzhu_consumer_events_total", "Events by outcome", ["service", "type", "outcome"])
LAG = Gauge("huzhu_consumer_lag", "Events not yet handled", ["service", "topic", "partition"])
DELAY = Histogram(
    "huzhu_event_delay_seconds",
    "From emission to effect",
    ["service"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
)


class Runtime:
    """Runs one service's subscriptions.

    `group`: under which name it consumes, the service's unless it is a lane of its own; `at_once`: of how many
    partitions the batches are handled side by side, None for all.
    """

    def __init__(
        self,
        context: ServiceContext,
        subscriptions: Sequence[Subscription[Event]],
        bus: Bus,
        *,
        group: str | None = None,
        at_once: int | None = None,
    ) -> None:
        self._context = context
        self._bus = bus
        self._group = group or context.service
        self._at_once = at_once
        self._by_wire = {s.event.wire: s for s in subscriptions}
        self._measured_at = 0.0
        self._topics = sorted({s.event.topic() for s in subscriptions})

    async def run(self) -> None:
        """Consume for ever; a bus that is away is waited for."""
        if not self._topics:
            return
        while True:
            consumer = self._bus.consumer(self._group, self._topics)
            try:
                await consumer.start()
                while True:
                    batches = await consumer.poll(within=1.0, most=BATCH)
                    if batches:
                        await self.handle(batches)
                        await consumer.commit(
                            {place: records[-1].offset + 1 for place, records in batches.items()}
                        )
                    await self._measure(consumer)
            except BusUnavailable as error:
                log.warning("bus.away", service=self._context.service, reason=str(error))
                await asyncio.sleep(1.0)
            finally:
                await consumer.stop()

    async def _measure(self, consumer: BusConsumer) -> None:
        """Say how far behind the consumer is, every few seconds."""
        if time.monotonic() - self._measured_at < MEASURE_SECONDS:
            return
        self._measured_at = time.monotonic()
        for place, behind in (await consumer.lag()).items():
            LAG.labels(self._group, place.topic, str(place.partition)).set(behind)

    async def handle(self, batches: Mapping[TopicPartition, Sequence[Record]]) -> None:
        """Handle the batches of several partitions side by side; returns when all effects are committed."""
        gate = asyncio.Semaphore(self._at_once or max(len(batches), 1))

        async def handle(records: Sequence[Record]) -> None:
            async with gate:
                await self._handle_partition(records)

        async with asyncio.TaskGroup() as group:
            for records in batches.values():
                group.create_task(handle(records))

    async def _handle_partition(self, records: Sequence[Record]) -> None:
        by_tenant: dict[UUID, list[Envelope]] = {}
        for record in records:
            envelope = self._decode(record)
            if envelope is not None:
                by_tenant.setdefault(envelope.tenantid, []).append(envelope)
        for tenant_id, envelopes in by_tenant.items():
            await self._until_done(tenant_id, envelopes)

    def _decode(self, record: Record) -> Envelope | None:
        """Return the envelope if this service listens to it.

        Bytes that are no envelope can only come from outside the relays: they are logged and counted, and stay
        on the bus.
        """
        try:
            envelope = Envelope.decode(record.value)
        except ValueError:
            log.error(
                "event.undecodable", topic=record.topic, partition=record.partition, offset=record.offset
            )
            HANDLED.labels(self._context.service, "?", "undecodable").inc()
            return None
        return envelope if envelope.type in self._by_wire else None

    async def _until_done(self, tenant_id: UUID, envelopes: Sequence[Envelope]) -> None:
        """Handle events of one tenant and partition, waiting out failures of the infrastructure."""
        pause = 0.1
        while True:
            try:
                await self._together_or_alone(tenant_id, envelopes)
                return
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                log.warning("consumer.waiting", service=self._context.service, kind=type(error).__name__)
                await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - jitter
                pause = min(pause * 2, MOST_PAUSE_SECONDS)

    async def _together_or_alone(self, tenant_id: UUID, envelopes: Sequence[Envelope]) -> None:
        try:
            await self._together(tenant_id, envelopes)
        except Exception as error:
            if is_infrastructure(error):
                raise
            for envelope in envelopes:
                await self._alone(tenant_id, envelope)

    async def _together(self, tenant_id: UUID, envelopes: Sequence[Envelope]) -> None:
        async with self._context.db.transaction(tenant_id) as session:
            inbox = InboxRepository(session, tenant_id)
            parked = await inbox.parked_keys(envelopes)
            waiting = [e for e in envelopes if (e.type.split(".", 1)[0], e.subject) in parked]
            free = [e for e in envelopes if (e.type.split(".", 1)[0], e.subject) not in parked]
            await self._park_successors(inbox, waiting)
            new = await inbox.claim(free)
            for envelope in free:
                if envelope.id in new:
                    # Sent again by a relay that was killed before it deleted, it may stand twice in one batch.
                    new.remove(envelope.id)
                    await self._call(session, envelope)
        self._count(free, "handled")

    async def _park_successors(self, inbox: InboxRepository, waiting: Sequence[Envelope]) -> None:
        """Put events behind their parked predecessor, unless an earlier delivery already took effect."""
        await inbox.park([e for e in waiting if not await inbox.is_handled(e.id)])
        self._count(waiting, "parked")

    async def _alone(self, tenant_id: UUID, envelope: Envelope) -> None:
        """One event in one transaction; if it fails by its own fault its key is parked."""
        try:
            await self._together(tenant_id, [envelope])
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.error("event.failed", exc_info=error, **self._named(envelope))
            async with self._context.db.transaction(tenant_id) as session:
                inbox = InboxRepository(session, tenant_id)
                if not await inbox.is_handled(envelope.id):
                    await inbox.park([envelope], error=describe(error), attempts=1)
            self._count([envelope], "failed")

    async def _call(self, session: AsyncSession, envelope: Envelope) -> None:
        subscription = self._by_wire[envelope.type]
        if envelope.replay and subscription.acts:
            return
        event = subscription.event.model_validate(envelope.data)
        with consumer_span(envelope, group=self._context.service):
            await subscription.handler(session, event, ConsumerContext(self._context, envelope))
            await write_outbox(session)

    def _count(self, envelopes: Sequence[Envelope], outcome: str) -> None:
        told = logging.getLogger(__name__).isEnabledFor(logging.DEBUG)
        for envelope in envelopes:
            HANDLED.labels(self._context.service, envelope.type, outcome).inc()
            if told:  # after the commit, so that what a request caused can be followed in the logs
                log.debug(f"event.{outcome}", **self._named(envelope))
            if outcome == "handled":
                DELAY.labels(self._context.service).observe(max(0.0, (now() - envelope.time).total_seconds()))

    def _named(self, envelope: Envelope) -> dict[str, str]:
        """What a line of the log names an event by; the trace is that of the request that caused it."""
        trace = (envelope.traceparent or "").split("-")
        return {
            "service": self._context.service,
            "type": envelope.type,
            "event_id": str(envelope.id),
            **({"trace_id": trace[1]} if len(trace) == 4 else {}),
        }

    async def retry_key(self, tenant_id: UUID, topic: str, key: str) -> None:
        """Try the parked events of a key in order until one fails or none is left."""
        while await self._retry_head(tenant_id, topic, key):
            pass

    async def _retry_head(self, tenant_id: UUID, topic: str, key: str) -> bool:
        try:
            async with self._context.db.transaction(tenant_id) as session:
                inbox = InboxRepository(session, tenant_id)
                parked = await inbox.head_of(topic, key)
                if parked is None or parked.next_attempt_at > now():
                    return False
                envelope = Envelope.decode(parked.envelope)
                if await inbox.claim([envelope]):
                    await self._call(session, envelope)
                await inbox.unpark(parked)
            self._count([envelope], "handled")
            return True
        except Exception as error:
            if is_infrastructure(error):
                raise
            return await self._failed_again(tenant_id, topic, key, describe(error))

    async def postpone_key(self, tenant_id: UUID, topic: str, key: str) -> None:
        """Let a key wait a little without counting a failure against its event."""
        async with self._context.db.transaction(tenant_id) as session:
            parked = await InboxRepository(session, tenant_id).head_of(topic, key)
            if parked is not None:
                parked.next_attempt_at = now() + POSTPONED

    async def _failed_again(self, tenant_id: UUID, topic: str, key: str, error: str) -> bool:
        """Count a failure; after the last attempt the event becomes a dead letter and its key goes on."""
        async with self._context.db.transaction(tenant_id) as session:
            inbox = InboxRepository(session, tenant_id)
            parked = await inbox.head_of(topic, key)
            if parked is None:
                return False
            if parked.attempts + 1 < MOST_ATTEMPTS:
                parked.attempts += 1
                parked.next_attempt_at = now() + pause_after(parked.attempts)
                parked.last_error = error
                return False
            envelope = Envelope.decode(parked.envelope)
            await inbox.bury(parked, envelope, error)
        log.error("event.dead", **self._named(envelope))
        self._count([envelope], "dead")
        return True

    async def replay_dead_letter(self, tenant_id: UUID, event_id: UUID) -> bool:
        """Do a dead letter's work after all; its effect never happened, so nothing happens twice."""
        async with self._context.db.transaction(tenant_id) as session:
            inbox = InboxRepository(session, tenant_id)
            letter = await inbox.dead_letter(event_id)
            if letter is None or letter.replayed_at is not None:
                return False
            await self._call(session, Envelope.decode(letter.envelope))
            letter.replayed_at = now()
        return True

    async def replay(self, envelope: Envelope) -> None:
        """Apply an event again to rebuild a copy: no inbox, versions decide; handlers that act are skipped."""
        subscription = self._by_wire.get(envelope.type)
        if subscription is None or subscription.acts:
            return
        again = envelope.model_copy(update={"replay": True})
        async with self._context.db.transaction(envelope.tenantid) as session:
            await self._call(session, again)


def describe(error: BaseException) -> str:
    """Name a failure without the values it was about."""
    return f"{type(error).__module__}.{type(error).__qualname__}"[:500]
