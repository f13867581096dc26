"""The consumer runtime: every event takes effect exactly once, in order per key, and none is ever dropped.

Fast path: a whole batch of a partition in one transaction. If an event of it fails by its own fault, the batch
is rolled back and each event gets its own transaction, so that only the failing key is parked.
"""

import asyncio
import logging
import random
import time
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from ..bus.interface import Bus, BusConsumer, BusUnavailable, Record, TopicPartition
from ..clock import now
from ..events.asyncapi import load_contracts
from ..events.contract import Event
from ..events.envelope import Envelope
from ..events.models import WAITS
from ..events.outbox import write_outbox
from ..failures import is_infrastructure
from ..http.context import ServiceContext
from ..telemetry import consumer_span
from .news import UNKNOWN, UnreadableEvent, is_of_a_later_release, read
from .repository import InboxRepository, topic_of
from .subscription import ConsumerContext, Subscription

log = structlog.get_logger()
BATCH = 200
MEASURE_SECONDS = 5.0
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
    partitions the batches are handled side by side, None for all. `beside`: topics on which another consumer of the
    service looks after events that a later release has brought.
    """

    def __init__(
        self,
        context: ServiceContext,
        subscriptions: Sequence[Subscription[Event]],
        bus: Bus,
        *,
        group: str | None = None,
        at_once: int | None = None,
        beside: Collection[str] = (),
    ) -> None:
        load_contracts()
        self._context = context
        self._bus = bus
        self._group = group or context.service
        self._at_once = at_once
        self._by_wire = {s.event.wire: s for s in subscriptions}
        self._measured_at = 0.0
        self._topics = sorted({s.event.topic() for s in subscriptions})
        self._beside = frozenset(beside)

    @property
    def context(self) -> ServiceContext:
        """The service's."""
        return self._context

    def listens_to(self, envelope: Envelope) -> bool:
        """Whether this version of the service has a handler for it."""
        return envelope.type in self._by_wire

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
        """Return the envelope if this service listens to it, or if it may do so in a later release.

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
        heard = self.listens_to(envelope) or (
            record.topic not in self._beside and is_of_a_later_release(envelope, record.topic)
        )
        return envelope if heard else None

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
            free: list[Envelope] = []
            waiting: list[Envelope] = []
            for envelope in envelopes:
                place = (topic_of(envelope), envelope.subject)
                if place not in parked and not self.listens_to(envelope):
                    if await inbox.is_handled(envelope.id):
                        continue  # by a process of the later release, or given up
                    parked.add(place)
                (waiting if place in parked else free).append(envelope)
            await self._put_aside(inbox, waiting)
            new = await inbox.claim(free)
            for envelope in free:
                if envelope.id in new:
                    # Sent again by a relay that was killed before it deleted, it may stand twice in one batch.
                    new.remove(envelope.id)
                    await self.call(session, envelope)
        self.count(free, "handled")

    async def _put_aside(self, inbox: InboxRepository, envelopes: Sequence[Envelope]) -> None:
        """Park, in order, what is behind a parked event of its key and what a later release has brought.

        Nothing that already took effect, by an earlier delivery or in a process of that release.
        """
        for envelope in envelopes:
            if await inbox.is_handled(envelope.id):
                continue
            if self.listens_to(envelope):
                await inbox.park(envelope)
                self.count([envelope], "parked")
            else:
                await inbox.park(envelope, error=UNKNOWN, attempts=WAITS)
                self.count([envelope], "waiting")

    async def _alone(self, tenant_id: UUID, envelope: Envelope) -> None:
        """One event in one transaction; if it fails by its own fault its key is parked."""
        try:
            await self._together(tenant_id, [envelope])
        except Exception as error:
            if is_infrastructure(error):
                raise
            waits = isinstance(error, UnreadableEvent)
            if waits:
                log.warning("event.waits", reason=describe(error), **self.named(envelope))
            else:
                log.error("event.failed", exc_info=error, **self.named(envelope))
            async with self._context.db.transaction(tenant_id) as session:
                inbox = InboxRepository(session, tenant_id)
                if not await inbox.is_handled(envelope.id):
                    await inbox.park(envelope, error=describe(error), attempts=WAITS if waits else 1)
            self.count([envelope], "waiting" if waits else "failed")

    async def call(self, session: AsyncSession, envelope: Envelope) -> None:
        """Let the handler of an event do its work in a transaction. UnreadableEvent: not in this version."""
        subscription = self._by_wire.get(envelope.type)
        if subscription is None:
            raise UnreadableEvent(f"{envelope.type}: this version does not listen to it")
        if envelope.replay and subscription.acts:
            return
        event = read(subscription.event, envelope)
        with consumer_span(envelope, group=self._context.service):
            await subscription.handler(session, event, ConsumerContext(self._context, envelope))
            await write_outbox(session)

    def count(self, envelopes: Sequence[Envelope], outcome: str) -> None:
        """Measure what became of events."""
        told = logging.getLogger(__name__).isEnabledFor(logging.DEBUG)
        for envelope in envelopes:
            HANDLED.labels(self._context.service, envelope.type, outcome).inc()
            if told:  # after the commit, so that what a request caused can be followed in the logs
                log.debug(f"event.{outcome}", **self.named(envelope))
            if outcome == "handled":
                DELAY.labels(self._context.service).observe(max(0.0, (now() - envelope.time).total_seconds()))

    def named(self, envelope: Envelope) -> dict[str, str]:
        """What a line of the log names an event by; the trace is that of the request that caused it."""
        trace = (envelope.traceparent or "").split("-")
        return {
            "service": self._context.service,
            "type": envelope.type,
            "event_id": str(envelope.id),
            **({"trace_id": trace[1]} if len(trace) == 4 else {}),
        }

    async def replay(self, envelope: Envelope) -> None:
        """Apply an event again to rebuild a copy: no inbox, versions decide; handlers that act are skipped."""
        subscription = self._by_wire.get(envelope.type)
        if subscription is None or subscription.acts:
            return
        again = envelope.model_copy(update={"replay": True})
        async with self._context.db.transaction(envelope.tenantid) as session:
            await self.call(session, again)


def describe(error: BaseException) -> str:
    """Name a failure without the values it was about."""
    if isinstance(error, UnreadableEvent):
        return str(error)[:500]
    return f"{type(error).__module__}.{type(error).__qualname__}"[:500]
