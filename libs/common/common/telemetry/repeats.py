"""Who says the same thing many times a second while a part is away is heard now and then: a library, a loop of ours."""

import logging
import threading
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from structlog import DropEvent
from structlog.typing import WrappedLogger

PAUSE_S = 30.0
LOUD = ("aiokafka",)
"""Loggers, with all below them, whose lines are counted rather than written while they repeat."""


WAITS = ".waiting"
"""Own lines of this ending: something is tried again until a part is back. Each job, relay and consumer has its own."""


class _Counted:
    """Which kinds of line were said when, and how many were left out since."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._said: dict[object, tuple[float, int]] = {}

    def turn_of(self, kind: object) -> int | None:
        """How many were left out before this one; None where it is left out itself."""
        now = self._clock()
        with self._lock:
            said_at, left_out = self._said.get(kind, (None, 0))
            if said_at is not None and now - said_at < PAUSE_S:
                self._said[kind] = (said_at, left_out + 1)
                return None
            self._said[kind] = (now, 0)
        return left_out


class Waits:
    """Processor of structlog: lets each kind of waiting through once in `PAUSE_S`, with how many were left out."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._counted = _Counted(clock)

    def __call__(
        self, _: WrappedLogger, __: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Drop what only repeats."""
        if not str(entry.get("event", "")).endswith(WAITS):
            return entry
        left_out = self._counted.turn_of(tuple(sorted((name, str(value)) for name, value in entry.items())))
        if left_out is None:
            raise DropEvent
        return {**entry, "left_out": left_out} if left_out else entry


class Repeats(logging.Filter):
    """Lets each kind of line of loud loggers through once in `PAUSE_S`, with how many were left out before it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._counted = _Counted(clock)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written; one that stands for others says so."""
        if record.name.partition(".")[0] not in LOUD:
            return True
        # The message before its values are filled in: what differs is the node or the second only.
        left_out = self._counted.turn_of((record.name, str(record.msg)))
        if left_out:
            record.msg = f"{record.msg} (and {left_out} like it since it was last said)"
        return left_out is not None
