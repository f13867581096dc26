"""How long a task will still take, and when it is given up. Pure."""

import math
from datetime import datetime

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})
MOST_ATTEMPTS = 3
"""Attempts without any progress in between."""
MOST_OPEN = 20
"""Unended tasks of one person."""


def seconds_left(*, done: int, total: int | None, started_at: datetime | None, at: datetime) -> int | None:
    """Return the whole seconds a task will still take at its speed until now; None where that cannot be said."""
    if total is None or started_at is None:
        return None
    if done >= total:
        return 0
    if done <= 0:
        return None
    elapsed = max((at - started_at).total_seconds(), 0.0)
    return math.ceil(elapsed / done * (total - done))


def is_hopeless(attempts: int) -> bool:
    """Whether a task has had its chances since it last got on."""
    return attempts >= MOST_ATTEMPTS


def retry_seconds(attempts: int) -> float:
    """Return how long to wait before the next attempt after a failure: 1, 4, 16 seconds …"""
    return float(min(4 ** max(attempts - 1, 0), 60))
