"""A broker that is away for an hour does not fill the logs with the same line."""

import io
import logging

import orjson

from common.telemetry import repeats
from common.telemetry.logs import configure_logs
from common.telemetry.repeats import PAUSE_S, Repeats


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
