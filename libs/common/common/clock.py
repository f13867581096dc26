"""The one source of time. Tests set it; nothing else asks the operating system for the date."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta(0))


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC) + _offset.get()


def today() -> date:
    """Return the business day: the calendar date in Asia/Shanghai."""
    return now().astimezone(BUSINESS_ZONE).date()


def business_day(instant: datetime) -> date:
    """Return the calendar date in Asia/Shanghai of an aware instant."""
    return instant.astimezone(BUSINESS_ZONE).date()


@contextmanager
def set_to(instant: datetime) -> Iterator[None]:
    """Let the clock of this context run on from `instant` (aware); for tests only."""
    token = _offset.set(instant - datetime.now(UTC))
    try:
        yield
    finally:
        _offset.reset(token)
