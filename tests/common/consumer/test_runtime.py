"""Exactly one effect, order per key, one failing key holds up nobody else, nothing is ever dropped."""

import logging
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from common import clock
from common.bus.interface import Record, TopicPartition
from common.consumer.parking import MOST_ATTEMPTS
from common.consumer.repository import due_keys
from common.db import unscoped
from common.events import Envelope
from common.events.outbox import wrap
from common.failures import InfrastructureAway

from .conftest import MailWanted, Sample, ThingHappened, faults


def envelope(sample: Sample, thing: str, number: int, kind: type[ThingHappened] = ThingHappened) -> Envelope:
    return wrap(kind(thing=thing, number=number), sample.tenant)


async def deliver(sample: Sample, *envelopes: Envelope) -> None:
    records = [Record("sample", 0, e.subject.encode(), e.encode(), n) for n, e in enumerate(envelopes)]
    await sample.runtime.handle({TopicPartition("sample", 0): records})


async def dead(sample: Sample) -> list[tuple[str, int]]:
    async with sample.context.db.transaction(sample.tenant) as session:
        rows = await session.execute(unscoped(text("SELECT error, attempts FROM dead_letter"), why="test"))
        return [(row.error, row.attempts) for row in rows]


async def parked(sample: Sample) -> int:
    async with sample.context.db.transaction(sample.tenant) as session:
        return int(await session.scalar(unscoped(text("SELECT count(*) FROM parked_event"), why="test")) or 0)


async def test_delivered_twice_takes_effect_once(sample: Sample) -> None:
    event = envelope(sample, "a", 1)
    await deliver(sample, event)
    await deliver(sample, event)
    await deliver(sample, event, event)
    assert await sample.effects() == [("a", 1)]


async def test_each_event_has_a_line_with_the_trace_of_its_request(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    event = envelope(sample, "a", 1).model_copy(update={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    monkeypatch.setattr(logging.getLogger("common.consumer.runtime"), "isEnabledFor", lambda _: True)
    with capture_logs() as lines:
        await deliver(sample, event)
    (line,) = [one for one in lines if one["event"] == "event.handled"]
    assert line == line | {
        "type": event.type,
        "event_id": str(event.id),
        "trace_id": trace,
        "service": "sample",
    }
    assert line["log_level"] == "debug"


async def test_twice_in_one_batch_takes_effect_once(sample: Sample) -> None:
    event = envelope(sample, "a", 1)
    await deliver(sample, event, envelope(sample, "b", 1), event)
    assert sorted(await sample.effects()) == [("a", 1), ("b", 1)]


async def test_a_failing_event_parks_its_key_and_successors_and_nobody_else(sample: Sample) -> None:
    faults.failing[2] = ValueError("broken")
    events = [
        envelope(sample, "a", 1),
        envelope(sample, "a", 2),
        envelope(sample, "b", 10),
        envelope(sample, "a", 3),
    ]
    await deliver(sample, *events)
    await deliver(sample, envelope(sample, "a", 4), envelope(sample, "b", 11))
    assert await sample.numbers("a") == [1]
    assert await sample.numbers("b") == [10, 11]
    assert await parked(sample) == 3
    faults.failing.clear()
    with clock.set_to(clock.now() + timedelta(seconds=5)):
        await sample.parking.retry_key(sample.tenant, "sample", "a")
    assert await sample.numbers("a") == [1, 2, 3, 4]
    assert await parked(sample) == 0


async def test_redelivery_of_parked_and_handled_events_changes_nothing(sample: Sample) -> None:
    faults.failing[2] = ValueError("broken")
    events = [envelope(sample, "a", n) for n in (1, 2, 3)]
    await deliver(sample, *events)
    await deliver(sample, *events)
    assert await sample.effects() == [("a", 1)]
    assert await parked(sample) == 2


async def test_the_runtime_finds_due_keys_of_all_tenants(sample: Sample) -> None:
    faults.failing[2] = ValueError("broken")
    await deliver(sample, envelope(sample, "a", 2))
    mine = (sample.tenant, "sample", "a")
    assert mine not in await due_keys(sample.context.relay_db, clock.now() - timedelta(seconds=30))
    assert mine in await due_keys(sample.context.relay_db, clock.now() + timedelta(seconds=30))


async def test_after_the_last_attempt_it_is_a_dead_letter_and_the_key_goes_on(sample: Sample) -> None:
    faults.failing[2] = ValueError("broken")
    await deliver(sample, *[envelope(sample, "a", n) for n in (1, 2, 3)])
    for attempt in range(1, MOST_ATTEMPTS):
        assert await sample.numbers("a") == [1]
        with clock.set_to(clock.now() + timedelta(hours=attempt)):
            await sample.parking.retry_key(sample.tenant, "sample", "a")
    assert await sample.numbers("a") == [1, 3]
    assert await dead(sample) == [("builtins.ValueError", MOST_ATTEMPTS)]
    assert faults.calls[2] == MOST_ATTEMPTS + 1, "once in the batch, then once for each attempt"


async def test_a_dead_letter_can_be_replayed_once(sample: Sample) -> None:
    faults.failing[2] = ValueError("broken")
    event = envelope(sample, "a", 2)
    await deliver(sample, event)
    for attempt in range(1, MOST_ATTEMPTS):
        with clock.set_to(clock.now() + timedelta(hours=attempt)):
            await sample.parking.retry_key(sample.tenant, "sample", "a")
    faults.failing.clear()
    assert await sample.parking.replay_dead_letter(sample.tenant, event.id)
    assert not await sample.parking.replay_dead_letter(sample.tenant, event.id)
    assert await sample.effects() == [("a", 2)]


async def test_an_infrastructure_failure_is_waited_out_and_never_dead_lettered(sample: Sample) -> None:
    class Away(dict[int, Exception]):
        """Fails the first twelve times: more often than an event may fail by its own fault."""

        left = MOST_ATTEMPTS + 4

        def __contains__(self, number: object) -> bool:
            self.left -= 1
            return self.left >= 0

        def __getitem__(self, number: int) -> Exception:
            return InfrastructureAway("store")

    faults.failing = Away()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("common.consumer.runtime.MOST_PAUSE_SECONDS", 0.01)
        await deliver(sample, envelope(sample, "a", 1))
    faults.failing = {}
    assert await sample.effects() == [("a", 1)]
    assert await dead(sample) == []
    assert await parked(sample) == 0


async def test_a_value_that_the_driver_refuses_is_the_events_own_fault(sample: Sample) -> None:
    """Such an error carries no SQLSTATE, like that of a lost connection."""
    await deliver(sample, envelope(sample, "a", 2**40), envelope(sample, "b", 1))
    assert await sample.effects() == [("b", 1)]
    assert await parked(sample) == 1


async def test_undecodable_bytes_hold_up_nobody(sample: Sample) -> None:
    event = envelope(sample, "a", 1)
    records = [Record("sample", 0, b"", b"not an envelope", 0), Record("sample", 0, b"a", event.encode(), 1)]
    await sample.runtime.handle({TopicPartition("sample", 0): records})
    assert await sample.effects() == [("a", 1)]


async def test_replay_rebuilds_copies_but_never_acts(sample: Sample) -> None:
    await sample.runtime.replay(envelope(sample, "a", 1))
    await sample.runtime.replay(envelope(sample, "a", 2, MailWanted))
    assert await sample.effects() == [("a", 1)]


class OtherHappened(ThingHappened):
    """Test event that is in the catalogue, and nobody listens to it."""

    wire: ClassVar[str] = "sample.other_happened.v1"


async def test_events_of_other_kinds_leave_no_trace(sample: Sample) -> None:
    await deliver(sample, envelope(sample, "a", 1, OtherHappened))
    async with sample.context.db.transaction(sample.tenant) as session:
        assert await session.scalar(unscoped(text("SELECT count(*) FROM inbox"), why="test")) == 0
    assert await parked(sample) == 0
