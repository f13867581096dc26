"""What every transport must do: durable, in order per partition, each partition to one owner, nothing lost."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from common.bus.interface import Bus, BusConsumer, Record, TopicPartition

from .conftest import PARTITIONS, MakeBus

DEADLINE = 40.0


def records(topic: str, count: int, *, start: int = 0) -> list[Record]:
    return [
        Record(topic, n % PARTITIONS, f"k{n % 7}".encode(), str(n).encode())
        for n in range(start, start + count)
    ]


async def collect(
    consumer: BusConsumer, count: int, *, commit: bool = True, deadline: float = DEADLINE
) -> list[Record]:
    """Poll until `count` records came (or the deadline) and return them in the order they came."""
    found: list[Record] = []
    end = time.monotonic() + deadline
    while len(found) < count and time.monotonic() < end:
        batches = await consumer.poll(within=0.5, most=50)
        for batch in batches.values():
            found.extend(batch)
        if commit and batches:
            await consumer.commit(next_of(batches))
    return found


def next_of(batches: Mapping[TopicPartition, Sequence[Record]]) -> dict[TopicPartition, int]:
    return {place: batch[-1].offset + 1 for place, batch in batches.items()}


def per_partition(found: Sequence[Record]) -> dict[int, list[int]]:
    result: dict[int, list[int]] = {}
    for record in found:
        result.setdefault(record.partition, []).append(int(record.value))
    return result


async def joined(bus: Bus, topic: str, group: str = "g") -> BusConsumer:
    consumer = bus.consumer(group, [topic])
    await consumer.start()
    return consumer


async def test_everything_arrives_once_and_in_order(make_bus: MakeBus, topic: str) -> None:
    bus = make_bus()
    consumer = await joined(bus, topic)
    for start in range(0, 200, 20):
        await bus.publish(records(topic, 20, start=start))
    found = await collect(consumer, 200)
    await consumer.stop()
    assert sorted(int(r.value) for r in found) == list(range(200))
    assert all(values == sorted(values) for values in per_partition(found).values())
    assert [r.key for r in sorted(found, key=lambda r: int(r.value))][:3] == [b"k0", b"k1", b"k2"]


async def test_a_group_begins_at_the_beginning_and_groups_do_not_disturb_each_other(
    make_bus: MakeBus, topic: str
) -> None:
    bus = make_bus()
    first = await joined(bus, topic, "early")
    await bus.publish(records(topic, 40))
    late = await joined(bus, topic, "late")
    assert len(await collect(first, 40)) == 40
    assert len(await collect(late, 40)) == 40
    await first.stop()
    await late.stop()


async def test_what_was_not_committed_comes_again(make_bus: MakeBus, topic: str) -> None:
    bus = make_bus()
    consumer = await joined(bus, topic)
    await bus.publish(records(topic, 20))
    assert len(await collect(consumer, 20)) == 20
    await bus.publish(records(topic, 20, start=20))
    assert len(await collect(consumer, 20, commit=False)) == 20
    await consumer.stop()
    again = await joined(bus, topic)
    found = await collect(again, 20)
    await again.stop()
    assert sorted(int(r.value) for r in found) == list(range(20, 40))


async def test_two_members_share_and_the_survivor_takes_over(make_bus: MakeBus, topic: str) -> None:
    bus, other = make_bus(), make_bus()
    one = await joined(bus, topic)
    two = await joined(other, topic)
    seen: dict[str, list[Record]] = {"one": [], "two": []}

    async def drain(name: str, consumer: BusConsumer) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and len(seen["one"]) + len(seen["two"]) < 400:
            batches = await consumer.poll(within=0.3, most=20)
            for batch in batches.values():
                seen[name].extend(batch)
            if batches:
                await consumer.commit(next_of(batches))

    async def feed() -> None:
        # Membership settles while events flow; both must get some in the end.
        for start in range(0, 400, 10):
            await bus.publish(records(topic, 10, start=start))
            await asyncio.sleep(0.15)

    await asyncio.gather(feed(), drain("one", one), drain("two", two))
    values = {int(r.value) for r in (*seen["one"], *seen["two"])}
    assert values == set(range(400))
    assert seen["one"] and seen["two"], "both members own partitions"
    await two.stop()
    await bus.publish(records(topic, 40, start=400))
    rest = await collect(one, 40)
    await one.stop()
    assert {int(r.value) for r in rest} >= set(range(400, 440))


async def test_concurrent_publishers_lose_nothing(make_bus: MakeBus, topic: str) -> None:
    buses = [make_bus(), make_bus()]
    consumer = await joined(buses[0], topic)
    await asyncio.gather(*(buses[n % 2].publish(records(topic, 10, start=10 * n)) for n in range(30)))
    found = await collect(consumer, 300)
    assert sorted(int(r.value) for r in found) == list(range(300))
    assert sum((await consumer.lag()).values()) == 0
    await consumer.stop()


async def test_a_large_batch_arrives_whole_and_in_order(make_bus: MakeBus, topic: str) -> None:
    bus = make_bus()
    consumer = await joined(bus, topic)
    await bus.publish(records(topic, 5000))
    found = await collect(consumer, 5000)
    await consumer.stop()
    assert sorted(int(r.value) for r in found) == list(range(5000))
    assert all(values == sorted(values) for values in per_partition(found).values())


async def test_a_record_of_900_kb_arrives_among_small_ones(make_bus: MakeBus, topic: str) -> None:
    bus = make_bus()
    consumer = await joined(bus, topic)
    large = bytes(range(256)) * 3600
    small = [Record(topic, 0, b"k", str(n).encode()) for n in range(4)]
    await bus.publish([*small[:2], Record(topic, 0, b"k", large), *small[2:]])
    found = await collect(consumer, 5)
    await consumer.stop()
    assert [r.value for r in found] == [b"0", b"1", large, b"2", b"3"]
