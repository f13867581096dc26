"""Pure rules of campaigns: their days and hours, what may change when, a person's next place."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
CHANGEABLE = frozenset(
    {"title", "body", "closes_on", "closes_time", "valid_until", "place", "low_stock", "audience"}
)
"""What staff may still change of a campaign that members know of."""


class Standing(StrEnum):
    """Where a campaign stands at an instant."""

    NOT_BEGUN = "not_begun"
    OPEN = "open"
    ENDED = "ended"


def day_out_of_order(*, opens_on: date, closes_on: date, valid_until: date) -> str | None:
    """Return the name of the first day that is before the one it has to follow, or None."""
    if closes_on < opens_on:
        return "closes_on"
    return "valid_until" if valid_until < closes_on else None


def opening(opens_on: date, opens_time: time | None) -> datetime:
    """Return the instant from which it is open: that hour of its first day in Asia/Shanghai, or midnight."""
    return datetime.combine(opens_on, opens_time or time.min, ZONE)


def closing(closes_on: date, closes_time: time | None) -> datetime:
    """Return the first instant at which it is closed: that hour of its last day, or the midnight that ends it."""
    if closes_time is None:
        return datetime.combine(closes_on + timedelta(days=1), time.min, ZONE)
    return datetime.combine(closes_on, closes_time, ZONE)


def standing(at: datetime, *, opens_at: datetime, closes_at: datetime) -> Standing:
    """Return where a campaign stands at an instant; its first instant belongs to it, its closing does not."""
    if at < opens_at:
        return Standing.NOT_BEGUN
    return Standing.OPEN if at < closes_at else Standing.ENDED


def next_place(taken: Collection[int], *, per_person: int) -> int | None:
    """Return the lowest free number of a person's rewards, from 1; None if they have had all of theirs."""
    return next((place for place in range(1, per_person + 1) if place not in taken), None)


def fixed_changes(changed: Iterable[str], *, state: str) -> list[str]:
    """Return the fields that may not change any more in a state; a draft may change in all."""
    if state == "draft":
        return []
    return sorted(set(changed) - CHANGEABLE)
