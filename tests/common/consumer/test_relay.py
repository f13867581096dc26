"""The outbox: with the commit or not at all; nothing missed, order kept by several relays."""

import asyncio
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from common.bus.interface import BusUnavailable, Record
from common.db import unscoped
from common.events import Envelope, emit
from common.events.outbox import EventTooLarge
from common.events.relay import Relay
from common.ids import new_id

from .conftest import Sample, ThingHappened


class Notebook:
    """A bus that writes down what it is given; can be told to be away."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.away = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def publish(self, records: list[Record]) -> None:
        if self.away:
            raise BusUnavailable("test")
        await self.answers.wait()
        await asyncio.sleep(0.001)
        self.records.extend(records)

    def numbers(self, tenant: UUID, key: str) -> list[int]:
        found = [Envelope.decode(r.value) for r in self.records]
        return [e.data["number"] for e in found if e.tenantid == tenant and e.subject == key]


def relay_of(sample: Sample, bus: Notebook) -> Relay:
    return Relay(service="sample", relay_db=sample.context.relay_db, bus=bus)  # type: ignore[arg-type]


async def empty(sample: Sample, *relays: Relay) -> None:
    for _ in range(200):
        if not sum(await asyncio.gather(*(relay.carry() for relay in relays))):
            async with sample.context.relay_db.sessions() as session:
                if not await session.scalar(unscoped(text("SELECT count(*) FROM outbox"), why="test")):
                    return
    raise AssertionError("the outbox does not get empty")


async def happen(sample: Sample, key: str, *numbers: int) -> None:
    async with sample.context.db.transaction(sample.tenant) as session:
        for number in numbers:
            emit(session, ThingHappened(thing=key, number=number))


async def test_an_event_leaves_with_its_commit(sample: Sample) -> None:
    bus = Notebook()
    await happen(sample, "a", 1, 2)
    await empty(sample, relay_of(sample, bus))
    assert bus.numbers(sample.tenant, "a") == [1, 2]


async def test_the_age_of_what_waits_grows_while_the_bus_answers_nobody(sample: Sample) -> None:
    def age() -> float:
        return float(REGISTRY.get_sample_value("huzhu_outbox_oldest_seconds", {"service": "sample"}) or 0.0)

    bus = Notebook()
    await empty(sample, relay := relay_of(sample, bus))
    assert age() == 0.0
    await happen(sample, "a", 1)
    bus.answers.clear()
    carrying = asyncio.create_task(relay.carry())
    async with asyncio.timeout(60):
        while not (first := age()):
            await asyncio.sleep(0.01)
        while age() <= first:
            await asyncio.sleep(0.01)
    bus.answers.set()
    assert await carrying == 1 and age() == 0.0


async def test_an_event_of_a_failed_transaction_never_leaves(sample: Sample) -> None:
    bus = Notebook()
    with pytest.raises(ZeroDivisionError):
        async with sample.context.db.transaction(sample.tenant) as session:
            emit(session, ThingHappened(thing="a", number=1))
            raise ZeroDivisionError
    await empty(sample, relay_of(sample, bus))
    assert bus.numbers(sample.tenant, "a") == []


async def test_an_event_too_large_for_the_bus_fails_with_its_transaction(sample: Sample) -> None:
    with pytest.raises(EventTooLarge, match=r"sample\.thing_happened\.v1 has \d+ bytes"):
        await happen(sample, "a" * 600_000, 1)
    assert await sample.effects() == []


async def test_a_slow_transaction_with_a_lower_number_is_not_missed(sample: Sample) -> None:
    bus = Notebook()
    relay = relay_of(sample, bus)
    async with sample.context.db.sessions() as slow:
        await slow.execute(
            unscoped(text("SELECT set_config('app.tenant', :t, true)"), why="test"), {"t": str(sample.tenant)}
        )
        slow.info["tenant_id"] = sample.tenant
        emit(slow, ThingHappened(thing="slow", number=1))
        from common.events.outbox import write_outbox

        await write_outbox(slow)
        await happen(sample, "quick", 2)
        await empty_of(sample, relay, bus, "quick", [2])
        await slow.commit()
    await empty(sample, relay)
    assert bus.numbers(sample.tenant, "slow") == [1]


async def empty_of(sample: Sample, relay: Relay, bus: Notebook, key: str, expected: list[int]) -> None:
    for _ in range(50):
        await relay.carry()
        if bus.numbers(sample.tenant, key) == expected:
            return
    raise AssertionError(bus.numbers(sample.tenant, key))


async def test_several_relays_keep_the_order_of_every_key(sample: Sample) -> None:
    bus = Notebook()
    relays = [relay_of(sample, bus) for _ in range(4)]
    stop = asyncio.Event()

    async def carry(relay: Relay) -> None:
        while not stop.is_set():
            await relay.carry()

    tasks = [asyncio.create_task(carry(relay)) for relay in relays]
    for start in range(0, 300, 5):
        await asyncio.gather(*(happen(sample, f"k{k}", *range(start, start + 5)) for k in range(4)))
    stop.set()
    await asyncio.gather(*tasks)
    await empty(sample, *relays)
    for k in range(4):
        assert bus.numbers(sample.tenant, f"k{k}") == list(range(300))


async def test_a_bus_that_is_away_loses_nothing(sample: Sample) -> None:
    bus = Notebook()
    bus.away = True
    relay = relay_of(sample, bus)
    await happen(sample, "a", 1)
    with pytest.raises(BusUnavailable):
        await relay.carry()
    bus.away = False
    await empty(sample, relay)
    assert bus.numbers(sample.tenant, "a") == [1]


async def test_the_relay_role_sees_the_outbox_and_nothing_else(sample: Sample) -> None:
    await happen(sample, "a", 1)
    async with sample.context.relay_db.sessions() as session:
        assert await session.scalar(unscoped(text("SELECT count(*) FROM outbox"), why="test"))
        for table in ("effect", "inbox", "tenant_pack", "tenant_key", "audit_entry"):
            with pytest.raises(Exception, match="permission denied"):
                await session.execute(unscoped(text(f"SELECT * FROM {table}"), why="test"))
            await session.rollback()
    await empty(sample, relay_of(sample, Notebook()))


async def test_without_a_tenant_the_database_shows_nothing(sample: Sample) -> None:
    await happen(sample, "a", 1)
    for tenant in (None, new_id()):
        async with sample.context.db.transaction(tenant) as session:
            assert await session.scalar(unscoped(text("SELECT count(*) FROM outbox"), why="test")) == 0
    await empty(sample, relay_of(sample, Notebook()))
