"""A broker that is away for an hour does not fill the logs with the same line."""

import io
import logging
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from structlog import DropEvent

from common.telemetry import repeats
from common.telemetry.logs import configure_logs
from common.telemetry.repeats import PAUSE_S, Repeats, Waits


def line(name: str, message: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "here", 1, message, values, None)


def test_a_repeated_line_is_said_once_and_then_with_its_number() -> None:
    now = [0.0]
    heard = Repeats(clock=lambda: now[0])
    unable = ("aiokafka.client", "Unable connect to node with id %s: %s")
    assert heard.filter(line(*unable, 1, "refused"))
    for _ in range(70):
        now[0] += 0.1
        assert not heard.filter(line(*unable, 2, "refused"))
    assert heard.filter(line("aiokafka.consumer.fetcher", "Failed fetch messages from %s", 1))
    now[0] += PAUSE_S
    again = line(*unable, 3, "refused")
    assert heard.filter(again)
    assert again.getMessage().startswith("Unable connect to node with id 3: refused (and 70 like it")


def test_what_the_platform_says_itself_is_never_left_out() -> None:
    heard = Repeats()
    assert all(heard.filter(line("common.bus", "bus.away")) for _ in range(5))


def test_the_logs_of_a_process_are_filtered() -> None:
    assert repeats.LOUD == ("aiokafka",)
    stream = io.StringIO()
    configure_logs("claims", stream=stream)
    for node in range(100):
        logging.getLogger("aiokafka.client").error("Unable connect to node %s", node)
        logging.getLogger("claims.x").error("bus.away")
    events = [orjson.loads(one)["event"] for one in stream.getvalue().splitlines()]
    assert events.count("bus.away") == 100
    assert [one for one in events if one != "bus.away"] == ["Unable connect to node 0"]


def test_waiting_for_a_part_that_is_away_is_said_once_in_a_while_by_each() -> None:
    """Jobs look several times a second; each says that it waits, and later how often it has."""
    now = [0.0]
    waits = Waits(clock=lambda: now[0])

    def said(**entry: object) -> MutableMapping[str, Any] | None:
        try:
            return waits(None, "warning", dict(entry))
        except DropEvent:
            return None

    codes = {"event": "job.waiting", "job": "send_codes", "kind": "OperationalError"}
    assert said(**codes) == codes
    for _ in range(100):
        now[0] += 0.2
        assert said(**codes) is None
    assert said(**{**codes, "job": "reseal"}) and said(**{**codes, "kind": "ServiceBusy"})
    assert all(said(event="job.failed", job="send_codes") for _ in range(3)), "no waiting"
    now[0] += PAUSE_S
    assert said(**codes) == {**codes, "left_out": 100}


def test_the_waiting_of_a_process_is_filtered() -> None:
    stream = io.StringIO()
    configure_logs("notify", stream=stream)
    for _ in range(100):
        structlog.get_logger().warning("job.waiting", job="send_codes")
        structlog.get_logger().warning("bus.away")
    events = [orjson.loads(one)["event"] for one in stream.getvalue().splitlines()]
    assert events.count("job.waiting") == 1 and events.count("bus.away") == 100
