"""The contract when things break: the server killed, a member killed, a member that does not know it is dead."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio

from common.bus.interface import Bus, BusConsumer, BusUnavailable, Record
from tests.stack.servers import BusServer, bus_server

from .conftest import PARTITIONS
from .test_contract import collect, joined, next_of, per_partition, records

pytestmark = pytest.mark.xdist_group("bus-outages")
ROOT = Path(__file__).resolve().parents[3]
DEADLINE = 90.0


@pytest_asyncio.fixture(
    scope="module", loop_scope="session", params=["postgres", pytest.param("kafka", marks=pytest.mark.stack)]
)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BusServer]:
    """A server of the module's own: it gets killed."""
    async with bus_server(request.param, partitions=PARTITIONS) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def own_bus(server: BusServer) -> AsyncIterator[Bus]:
    bus = server.connect()
    yield bus
    await bus.close()


class Member:
    """A consuming process."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def ask(self, command: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(f"{command}\n".encode())
        return await self.answer()

    async def answer(self) -> str:
        assert self.process.stdout
        return (await asyncio.wait_for(self.process.stdout.readline(), DEADLINE)).decode().strip()


@asynccontextmanager
async def member(server: BusServer, topic: str) -> AsyncIterator[Member]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.stack.consuming_process", topic),
        cwd=ROOT,
        env=os.environ | server.environment,
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        made = Member(process)
        assert await made.answer() == "joined"
        yield made
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def publish_through(bus: Bus, batch: list[Record]) -> None:
    """Publish as the relay does: what may not have arrived is sent again, in the same order."""
    end = time.monotonic() + DEADLINE
    while True:
        try:
            return await bus.publish(batch)
        except BusUnavailable:
            assert time.monotonic() < end, "the bus did not come back"
            await asyncio.sleep(0.2)


async def collect_through(bus: Bus, topic: str, wanted: set[int]) -> list[Record]:
    """Consume as the runtime does: a bus that is away is joined anew."""
    found: list[Record] = []
    end = time.monotonic() + DEADLINE
    while wanted - {int(r.value) for r in found}:
        assert time.monotonic() < end, f"missing: {sorted(wanted - {int(r.value) for r in found})[:20]}"
        consumer = bus.consumer("g", [topic])
        with suppress(BusUnavailable):
            await consume(consumer, found, wanted)
        with suppress(BusUnavailable):
            await consumer.stop()
        await asyncio.sleep(0.2)
    return found


async def consume(consumer: BusConsumer, found: list[Record], wanted: set[int]) -> None:
    await consumer.start()
    while wanted - {int(r.value) for r in found}:
        batches = await consumer.poll(within=0.5, most=50)
        found.extend(r for batch in batches.values() for r in batch)
        if batches:
            await consumer.commit(next_of(batches))
        await consumer.lag()


async def test_a_server_killed_in_the_middle_loses_nothing(
    server: BusServer, own_bus: Bus, topic: str
) -> None:
    await own_bus.publish(records(topic, 20))
    collecting = asyncio.create_task(collect_through(own_bus, topic, set(range(600))))

    async def feed() -> None:
        for start in range(20, 600, 20):
            await publish_through(own_bus, records(topic, 20, start=start))
            await asyncio.sleep(0.05)

    feeding = asyncio.create_task(feed())
    for _ in range(2):
        await asyncio.sleep(0.4)
        await server.kill()
        await server.start()
    await feeding
    found = await collecting
    first = list({int(r.value): r for r in reversed(found)}.values())[::-1]
    assert all(values == sorted(values) for values in per_partition(first).values()), (
        "order of first arrivals"
    )


async def test_a_killed_member_is_replaced_and_its_uncommitted_records_come_again(
    server: BusServer, own_bus: Bus, topic: str
) -> None:
    async with member(server, topic) as one:
        await own_bus.publish(records(topic, 20))
        committed: list[int] = json.loads(await one.ask("poll"))
        assert await one.ask("commit") == "committed"
        await own_bus.publish(records(topic, 20, start=20))
        assert json.loads(await one.ask("poll"))
        one.process.send_signal(signal.SIGKILL)
        await one.process.wait()
        two = await joined(own_bus, topic)
        rest = await collect(two, 40 - len(committed), deadline=DEADLINE)
        await two.stop()
    assert sorted(int(r.value) for r in rest) == sorted(set(range(40)) - set(committed))


async def test_a_zombies_commit_does_no_harm(server: BusServer, own_bus: Bus, topic: str) -> None:
    async with member(server, topic) as zombie:
        await own_bus.publish(records(topic, 20))
        assert json.loads(await zombie.ask("poll"))
        if server.is_kafka:
            zombie.process.send_signal(signal.SIGSTOP)
        else:
            await server.cut()
        two = await joined(own_bus, topic)
        # A connection of the pool may have been cut as well: whoever publishes tries again, as the relay does.
        await publish_through(own_bus, records(topic, 20, start=20))
        found = await collect(two, 40, deadline=DEADLINE)
        assert sorted(int(r.value) for r in found) == list(range(40))
        zombie.process.send_signal(signal.SIGCONT)
        assert await zombie.ask("commit")
        zombie.process.kill()
        await two.stop()
    await own_bus.publish(records(topic, 20, start=40))
    three = await joined(own_bus, topic)
    rest = await collect(three, 20, deadline=DEADLINE)
    await three.stop()
    assert sorted(int(r.value) for r in rest) == list(range(40, 60)), "neither lost nor given again"
