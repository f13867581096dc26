"""Two versions consume while a release is rolled out: what only the newer one knows waits for it, and nothing is lost.

The older version is a runtime whose catalogue lacks an event, or whose contract cannot read what the newer one says.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar, Literal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from common import clock
from common.bus.interface import Record, TopicPartition
from common.consumer import ConsumerContext, Worker, known_word
from common.consumer.news import UnreadableEvent
from common.consumer.parking import MOST_ATTEMPTS, Parking
from common.consumer.repository import Aside, counts
from common.consumer.runtime import Runtime
from common.consumer.subscription import Subscription, subscribe
from common.contracts.settlement import LinesReported
from common.db import unscoped
from common.events import Envelope, Event
from common.events.contract import _registry
from common.events.models import WAITS
from common.events.outbox import wrap

from .conftest import SUBSCRIPTIONS, MailWanted, Sample, ThingHappened, faults, record


class NewThing(ThingHappened):
    """An event that the newer version brings."""

    wire: ClassVar[str] = "sample.new_thing.v1"


class NewerOfTwo(ThingHappened):
    """Said beside sample.thing_happened.v1."""

    wire: ClassVar[str] = "sample.thing_happened.v2"


class Closed(ThingHappened):
    """What the older version takes for the whole list."""

    wire: ClassVar[str] = "sample.closed.v1"
    kind: Literal["old"]


class Opened(Closed):
    """The same event in the newer version; it is not in the catalogue a second time."""

    wire: ClassVar[str] = ""
    kind: Literal["old", "new"]  # type: ignore[assignment]


Opened.wire = Closed.wire
LISTENING = (
    *SUBSCRIPTIONS,
    subscribe(NewThing, record),
    subscribe(NewerOfTwo, record),
    subscribe(Opened, record),
)


class Side:
    """One process: its consumer, and what it does about parked events."""

    def __init__(self, sample: Sample, table: tuple[Subscription[Event], ...]) -> None:
        self.sample = sample
        self.runtime = Runtime(sample.context, table, sample.bus)
        self.parking = Parking(self.runtime)

    async def takes(self, *events: ThingHappened | Envelope, topic: str = "sample") -> None:
        envelopes = [e if isinstance(e, Envelope) else wrap(e, self.sample.tenant) for e in events]
        records = [Record(topic, 0, e.subject.encode(), e.encode(), n) for n, e in enumerate(envelopes)]
        await self.runtime.handle({TopicPartition(topic, 0): records})

    async def looks(self) -> int:
        """Look after the parked events as the worker does; return how many keys were due."""
        at = clock.now() + timedelta(seconds=1)
        due = [each for each in await self.parking.due(at) if each[0] == self.sample.tenant]
        with clock.set_to(at):
            for place in due:
                await self.parking.retry_key(*place)
        return len(due)


@contextmanager
def catalogue_of_before() -> Iterator[None]:
    kept = {wire: _registry.pop(wire) for wire in (NewThing.wire, NewerOfTwo.wire)}
    try:
        yield
    finally:
        _registry.update(kept)


@pytest.fixture
def newer(sample: Sample) -> Side:
    return Side(sample, LISTENING)


class Older(Side):
    """A process of the version before: whatever it does, it does with that version's catalogue."""

    async def takes(self, *events: ThingHappened | Envelope, topic: str = "sample") -> None:
        with catalogue_of_before():
            await super().takes(*events, topic=topic)

    async def looks(self) -> int:
        with catalogue_of_before():
            return await super().looks()


@pytest.fixture
def older(sample: Sample) -> Side:
    return Older(sample, (*SUBSCRIPTIONS, subscribe(Closed, record)))


async def aside(sample: Sample) -> Aside:
    async with sample.context.relay_db.sessions() as session:
        return await counts(session)


async def rows(sample: Sample, query: str) -> list[tuple[object, ...]]:
    async with sample.context.db.transaction(sample.tenant) as session:
        return [tuple(row) for row in await session.execute(unscoped(text(query), why="test"))]


PARKED = "SELECT attempts, last_error FROM parked_event ORDER BY seq"


def thing(number: int, key: str = "a") -> ThingHappened:
    return ThingHappened(thing=key, number=number)


def new(number: int, key: str = "a") -> NewThing:
    return NewThing(thing=key, number=number)


async def test_an_event_of_a_type_that_is_new_waits_with_its_key_and_takes_effect_in_order(
    sample: Sample, older: Side, newer: Side
) -> None:
    with capture_logs() as lines:
        await older.takes(thing(1), new(2), thing(3), thing(1, "b"))
        await older.takes(thing(4), new(5))
        assert await older.looks() == 1
    assert await sample.effects() == [("a", 1), ("b", 1)]
    assert await rows(sample, PARKED) == [
        (WAITS, "unknown to this version"), (0, None), (0, None), (WAITS, "unknown to this version"),
    ]  # fmt: skip
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []
    await newer.looks()
    assert await sample.numbers("a") == [1, 2, 3, 4, 5]
    assert await rows(sample, PARKED) == []
    assert await rows(sample, "SELECT 1 FROM dead_letter") == []


async def test_however_often_the_older_version_looks_nothing_is_counted_or_given_up(
    sample: Sample, older: Side, newer: Side
) -> None:
    await older.takes(new(1))
    for _ in range(MOST_ATTEMPTS + 2):
        older.parking = Parking(older.runtime)  # a process that was started anew
        assert await older.looks() == 1
        assert await older.looks() == 0, "one look is enough for a process"
    assert await rows(sample, PARKED) == [(WAITS, "unknown to this version")]
    await newer.looks()
    assert await sample.effects() == [("a", 1)]


async def test_two_processes_that_take_it_at_once_do_it_once(
    sample: Sample, older: Side, newer: Side
) -> None:
    event = wrap(new(1), sample.tenant)
    await older.takes(event)
    other = Side(sample, LISTENING)
    await asyncio.gather(newer.looks(), other.looks(), newer.takes(event))
    await newer.looks()
    assert await sample.effects() == [("a", 1)]
    await older.takes(event, thing(2))
    assert await sample.effects() == [("a", 1), ("a", 2)], "delivered again it holds up nobody"
    assert await rows(sample, PARKED) == []


async def test_who_knows_it_and_does_not_listen_lets_its_key_go_on(sample: Sample, older: Side) -> None:
    await older.takes(new(1), thing(2))
    await Side(sample, SUBSCRIPTIONS).looks()
    assert await sample.effects() == [("a", 2)]
    assert await rows(sample, PARKED) == []


async def test_what_the_newer_version_parked_is_not_dropped_by_one_that_does_not_listen(
    sample: Sample, newer: Side
) -> None:
    faults.failing[1] = ValueError("broken")
    await newer.takes(new(1), new(2))
    faults.failing.clear()
    before = Side(sample, SUBSCRIPTIONS)  # knows the event, and does not listen to it yet
    await before.looks()
    assert len(await rows(sample, PARKED)) == 2
    await newer.looks()
    assert await sample.effects() == [("a", 1), ("a", 2)]


async def test_a_content_that_the_older_contract_cannot_read_waits_too(
    sample: Sample, older: Side, newer: Side
) -> None:
    said = wrap(Opened(thing="a", number=1, kind="new"), sample.tenant)
    with capture_logs() as lines:
        await older.takes(said, thing(2))
        for _ in range(MOST_ATTEMPTS + 2):
            older.parking = Parking(older.runtime)
            await older.looks()
    assert await sample.effects() == []
    assert (await rows(sample, PARKED))[0] == (WAITS, "unreadable in this version: kind (literal_error)")
    assert {line["event"] for line in lines if line["log_level"] != "debug"} == {"event.waits"}
    await newer.looks()
    assert await sample.effects() == [("a", 1), ("a", 2)]


async def test_a_word_that_a_handler_must_know_waits_for_a_version_that_knows_it(
    sample: Sample, newer: Side
) -> None:
    words = {"x": "X"}

    async def speak(session: AsyncSession, event: ThingHappened, context: ConsumerContext) -> None:
        await record(session, event, context)
        known_word(words, event.thing, "thing")

    before = Side(sample, (subscribe(ThingHappened, speak),))
    await before.takes(thing(1), thing(1, "x"))
    for _ in range(MOST_ATTEMPTS + 2):
        before.parking = Parking(before.runtime)
        await before.looks()
    assert await sample.effects() == [("x", 1)]
    assert await rows(sample, PARKED) == [(WAITS, "unreadable in this version: thing (word unknown)")]
    await newer.looks()
    assert await sample.effects() == [("x", 1), ("a", 1)]


async def test_a_handler_that_fails_in_the_newer_version_is_counted_from_the_first_attempt(
    sample: Sample, older: Side, newer: Side
) -> None:
    await older.takes(new(1))
    faults.failing[1] = ValueError("broken")
    await newer.looks()
    assert await rows(sample, PARKED) == [(1, "builtins.ValueError")]


async def test_a_later_version_beside_one_that_is_known_is_not_waited_for(
    sample: Sample, older: Side
) -> None:
    await older.takes(thing(1), NewerOfTwo(thing="a", number=1), thing(2))
    assert await sample.effects() == [("a", 1), ("a", 2)]
    assert await rows(sample, PARKED) == []


async def test_only_what_a_relay_may_have_sent_is_kept(sample: Sample, older: Side) -> None:
    said = wrap(new(1), sample.tenant)
    for wire in ("claims.new_thing.v1", "sample.new thing.v1", "sample.new_thing", "sample"):
        await older.takes(said.model_copy(update={"type": wire}))
    await older.takes(said.model_copy(update={"type": "settlement.whatever.v1"}), topic="settlement")
    assert await rows(sample, PARKED) == []


async def test_what_an_outsider_said_wrongly_is_a_failure(sample: Sample) -> None:
    side = Side(sample, (subscribe(LinesReported, record),))  # type: ignore[arg-type]
    said = wrap(thing(1), sample.tenant).model_copy(update={"type": LinesReported.wire})
    await side.takes(said, topic="settlement")
    assert [attempts for attempts, _ in await rows(sample, PARKED)] == [1]


async def test_a_replay_keeps_nothing_and_an_event_said_again_acts_no_second_time(
    sample: Sample, older: Side, newer: Side
) -> None:
    with catalogue_of_before():
        await older.runtime.replay(wrap(new(1), sample.tenant))
    assert await rows(sample, PARKED) == []
    again = wrap(new(2), sample.tenant).model_copy(update={"replay": True})
    await older.takes(again)
    acting = Side(sample, (*SUBSCRIPTIONS, subscribe(NewThing, record, acts=True)))
    await acting.looks()
    assert await sample.effects() == []
    assert await rows(sample, PARKED) == []


async def test_it_is_told_apart_from_what_failed_and_can_be_given_up_and_redone(
    sample: Sample, older: Side, newer: Side
) -> None:
    before = await aside(sample)
    event = wrap(new(1), sample.tenant)
    await older.takes(event, thing(2))
    counted = await aside(sample)
    assert (counted.parked, counted.waiting) == (before.parked, before.waiting + 2)
    assert counted.waiting_since is not None
    assert not await older.parking.give_up(sample.tenant, wrap(thing(9), sample.tenant).id)
    assert await older.parking.give_up(sample.tenant, event.id)
    assert not await older.parking.give_up(sample.tenant, event.id)
    await older.looks()
    assert await sample.effects() == [("a", 2)]
    with pytest.raises(UnreadableEvent):
        await older.parking.replay_dead_letter(sample.tenant, event.id)
    await newer.takes(event)
    assert await sample.effects() == [("a", 2)], "given up it is not taken from the bus again"
    assert await newer.parking.replay_dead_letter(sample.tenant, event.id)
    assert await sample.effects() == [("a", 2), ("a", 1)]


async def test_beside_an_express_lane_the_other_consumer_keeps_what_is_new(sample: Sample) -> None:
    """In the lane it would stand in the parking before what the other consumer has not come to yet."""
    worker = Worker(sample.context, subscriptions=SUBSCRIPTIONS, express=frozenset({MailWanted.wire}))
    lane, rest = worker.consumers(sample.bus)
    said = wrap(new(1), sample.tenant)
    records = {TopicPartition("sample", 0): [Record("sample", 0, b"a", said.encode(), 0)]}
    with catalogue_of_before():
        await lane.handle(records)
        assert await rows(sample, PARKED) == []
        await rest.handle(records)
    assert len(await rows(sample, PARKED)) == 1
