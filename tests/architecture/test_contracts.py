"""Every event contract has an example that round-trips; stored examples of every version still parse."""

import json
from pathlib import Path

import pytest

from common.events import Envelope
from common.events.asyncapi import asyncapi_document, load_contracts
from common.events.contract import Event
from common.events.outbox import wrap
from common.ids import new_id

EXAMPLES = Path(__file__).parent / "events"
EVENTS = load_contracts()


def stored(wire: str) -> dict[str, object]:
    path = EXAMPLES / f"{wire}.json"
    assert path.is_file(), f"{wire} has no example; add {path.name}"
    example: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return example


@pytest.mark.parametrize("wire", sorted(EVENTS))
def test_the_example_round_trips_in_its_envelope(wire: str) -> None:
    event = EVENTS[wire].model_validate(stored(wire))
    assert event.model_dump(mode="json") == stored(wire), "the example names every field"
    envelope = Envelope.decode(wrap(event, new_id()).encode())
    assert EVENTS[envelope.type].model_validate(envelope.data) == event
    assert envelope.subject == event.key
    assert 0 <= envelope.partition < envelope.partitions


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_what_was_once_said_is_still_understood(path: Path) -> None:
    assert path.stem in EVENTS, f"{path.stem} was said once; its contract may not disappear"
    EVENTS[path.stem].model_validate({**stored(path.stem), "a_newer_field": 1})


def test_every_event_is_in_the_published_document() -> None:
    document = asyncapi_document()
    assert set(document["components"]["messages"]) == set(EVENTS)
    assert all(issubclass(kind, Event) and kind.__doc__ for kind in EVENTS.values())
