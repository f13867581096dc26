"""Pure rules of campaigns: whether a day is before, within or after one."""

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """Where a campaign stands on a day."""

    NOT_BEGUN = "not_begun"
    OPEN = "open"
    ENDED = "ended"


def day_out_of_order(*, opens_on: date, closes_on: date, valid_until: date) -> str | None:
    """Return the name of the first day that is before the one it has to follow, or None."""
    if closes_on < opens_on:
        return "closes_on"
    return "valid_until" if valid_until < closes_on else None


def standing(on: date, *, opens_on: date, closes_on: date) -> Standing:
    """Return where a campaign stands on a day; its first and last days belong to it."""
    if on < opens_on:
        return Standing.NOT_BEGUN
    return Standing.OPEN if on <= closes_on else Standing.ENDED


def next_place(taken: int, *, per_person: int) -> int | None:
    """Return the number of a person's next reward, counted from 1; None if they have had all of theirs."""
    return taken + 1 if taken < per_person else None
