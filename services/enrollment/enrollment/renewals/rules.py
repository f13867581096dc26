"""Pure rules of renewal: which days a month's list covers, and when its messages are due (manual 002 part 6)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from common.contracts.pack.products import RenewalWindow

NOON = time(12, 0)
LATEST = timedelta(days=7)
"""A message that could not be sent on the 1st is still sent within a week; then the month is over for it."""


class Window(NamedTuple):
    """First and last day on which the cover of somebody on the list ends."""

    first: date
    last: date


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def window_of(month: date, renewal: RenewalWindow) -> Window:
    """Return which ends of cover stand on the list of a month.

    On the 1st a person is on it from `before_days` before the last day of cover to `after_days` after it.
    """
    first = month_of(month)
    return Window(first - timedelta(days=renewal.after_days), first + timedelta(days=renewal.before_days))


def on_list(ends_on: date, *, first: date, renewal: RenewalWindow) -> bool:
    """Whether cover that ends on a day stands on the list made on `first`, told from the person's side."""
    opens = ends_on - timedelta(days=renewal.before_days)
    closes = ends_on + timedelta(days=renewal.after_days)
    return opens <= first <= closes


def noon_of(month: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a month's messages are due: 12:00 on its 1st."""
    return datetime.combine(month_of(month), NOON, zone).astimezone(UTC)


def messages_due(at: datetime, month: date, zone: ZoneInfo) -> bool:
    """Whether a month's messages are to be sent now."""
    noon = noon_of(month, zone)
    return noon <= at < noon + LATEST
