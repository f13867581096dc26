"""A library that says the same thing many times a second while a part is away is heard once in a while."""

import logging
import threading
import time
from collections.abc import Callable

PAUSE_S = 30.0
LOUD = ("aiokafka",)
"""Loggers, with all below them, whose lines are counted rather than written while they repeat."""


class Repeats(logging.Filter):
    """Lets each kind of line of loud loggers through once in `PAUSE_S`, with how many were left out before it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written; one that stands for others says so."""
        if record.name.partition(".")[0] not in LOUD:
            return True
        # The message before its values are filled in: what differs is the node or the second only.
        kind, now = (record.name, str(record.msg)), self._clock()
        with self._lock:
            said_at, left_out = self._said.get(kind, (None, 0))
            if said_at is not None and now - said_at < PAUSE_S:
                self._said[kind] = (said_at, left_out + 1)
                return False
            self._said[kind] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} (and {left_out} like it since it was last said)"
        return True
