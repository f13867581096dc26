"""Events with a consumer of their own do not wait behind a burst of the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from common.bus.interface import Record
from common.consumer import Worker
from common.consumer.subscription import ConsumerContext, subscribe
from common.events import Event
from common.events.outbox import wrap

from .conftest import MailWanted, Sample, ThingHappened, record

SECONDS = 60.0


class Burst:
    """A handler that holds up everything behind it until it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = asyncio.Event(), asyncio.Event()

    async def handle(self, session: AsyncSession, event: ThingHappened, context: ConsumerContext) -> None:
        self.begun.set()
        await self.free.wait()
        await record(session, event, context)


async def publish(sample: Sample, event: Event) -> None:
    envelope = wrap(event, sample.tenant)
    await sample.bus.publish(
        [Record("sample", envelope.partition, envelope.subject.encode(), envelope.encode())]
    )


@asynccontextmanager
async def consuming(sample: Sample, burst: Burst) -> AsyncIterator[Worker]:
    table = (subscribe(ThingHappened, burst.handle), subscribe(MailWanted, record, acts=True))
    worker = Worker(sample.context, subscriptions=table, express=frozenset({MailWanted.wire}))
    tasks = [asyncio.create_task(each.run()) for each in worker.consumers(sample.bus)]
    try:
        yield worker
    finally:
        burst.free.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(sample: Sample, count: int) -> list[tuple[str, int]]:
    async with asyncio.timeout(SECONDS):
        while len(found := await sample.effects()) < count:
            await asyncio.sleep(0.02)
    return found


async def test_an_express_event_passes_a_burst_and_each_has_one_effect(sample: Sample) -> None:
    burst = Burst()
    async with consuming(sample, burst):
        await publish(sample, ThingHappened(thing="renewal", number=1))
        await asyncio.wait_for(burst.begun.wait(), SECONDS)
        await publish(sample, MailWanted(thing="renewal", number=2))
        assert await until(sample, 1) == [("renewal", 2)], (
            "although the one before it still stands in the way"
        )
        burst.free.set()
        assert await until(sample, 2) == [("renewal", 2), ("renewal", 1)]


async def test_a_worker_without_express_events_has_one_consumer(sample: Sample) -> None:
    worker = Worker(sample.context, subscriptions=(subscribe(ThingHappened, record),))
    assert len(worker.consumers(sample.bus)) == 1
