"""Pure rules of the counter: how long a pass is good, and what a scan that arrives later is worth."""

from datetime import datetime, timedelta
from typing import Literal

PASS_SECONDS = 120
"""How long a pass is good; the member's app fetches the next one before."""
POSTER_SECONDS = 120
"""How long the counter's own picture is good; its screen shows the next one before."""
CLOCK_SLACK = timedelta(seconds=60)
"""Clocks of phones and counters differ a little."""
MOST_AGE = timedelta(days=14)
"""A scan made without network has to be sent within this time."""
MOST_SCANS = 200
"""Scans of one request."""

Timing = Literal["good", "expired", "ahead", "too_late"]
Outcome = Literal[
    "collected", "repeated", "double", "expired", "too_early", "given_back", "forged", "unknown", "reused",
    "too_late",
]  # fmt: skip


def timing(
    *, issued_at: datetime, expires_at: datetime, scanned_at: datetime, received_at: datetime
) -> Timing:
    """Judge the times of a scan: the pass was good when it was scanned, and the scan was not kept too long."""
    if scanned_at > received_at + CLOCK_SLACK:
        return "ahead"
    if received_at - scanned_at > MOST_AGE:
        return "too_late"
    if not issued_at - CLOCK_SLACK <= scanned_at <= expires_at + CLOCK_SLACK:
        return "expired"
    return "good"


def on_one_line(one: str, other: str) -> bool:
    """Whether two paths of the tree are the same or one lies above the other: who may hand out what."""
    first, second = (path if path.endswith("/") else f"{path}/" for path in (one, other))
    return first.startswith(second) or second.startswith(first)
