"""Moves events between services in a test, in this process, until nothing moves any more."""

import asyncio
import time
from collections.abc import Sequence

from ..bus.interface import Bus, BusConsumer
from ..consumer.runtime import Runtime
from ..consumer.worker import Worker
from ..events.relay import Relay


class Pump:
    """Runs relays and consumers of several workers step by step on a real bus."""

    def __init__(self, bus: Bus, workers: Sequence[Worker]) -> None:
        self._relays = [
            Relay(service=w.context.service, relay_db=w.context.relay_db, bus=bus) for w in workers
        ]
        self._runtimes = [Runtime(w.context, w.subscriptions, bus) for w in workers]
        self._consumers: list[BusConsumer] = [
            bus.consumer(w.context.service, sorted({s.event.topic() for s in w.subscriptions}))
            for w in workers
        ]

    async def start(self) -> "Pump":
        """Join the groups."""
        for consumer in self._consumers:
            await consumer.start()
        return self

    async def step(self) -> int:
        """Carry and handle once; return how many events moved."""
        moved = 0
        for relay in self._relays:
            moved += await relay.carry()
        for runtime, consumer in zip(self._runtimes, self._consumers, strict=True):
            batches = await consumer.poll(within=0, most=500)
            if batches:
                moved += sum(len(records) for records in batches.values())
                await runtime.handle(batches)
                await consumer.commit({place: r[-1].offset + 1 for place, r in batches.items()})
        return moved

    async def settle(self, *, deadline: float = 30.0) -> None:
        """Step until nothing moves twice in a row."""
        end = time.monotonic() + deadline
        quiet = 0
        while quiet < 2:
            if time.monotonic() > end:
                raise TimeoutError("events still move")
            quiet = 0 if await self.step() else quiet + 1
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Leave the groups."""
        for consumer in self._consumers:
            await consumer.stop()
