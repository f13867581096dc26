"""Caps of a benefit and of a product: how much, how many days and how many times are left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.contracts.pack.benefits import Cap

from .facts import ZERO, Paid

PERIODS = {
    "stay": ("本次住院", "stay"),
    "claim": ("本次申请", "claim"),
    "term": ("保障期", "term"),
    "year": ("年度", "year"),
    "person": ("个人累计", "lifetime"),
}


@dataclass(frozen=True, slots=True)
class Where:
    """The stay, claim, term and day whose caps are asked for."""

    stay: str
    claim: str
    cover: str
    event_date: date


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a cap leaves: `left` in yuan of the `cap` whose `used` counts already."""

    cap: Cap
    used: Decimal
    left: Decimal


def counted(cap: Cap, entries: Iterable[Paid], where: Where) -> list[Paid]:
    """Return the entries that count against a cap."""
    if cap.per == "person":
        return list(entries)
    if cap.per == "year":
        return [paid for paid in entries if paid.event_date.year == where.event_date.year]
    if cap.per == "term":
        return [paid for paid in entries if paid.cover == where.cover]
    if cap.per == "claim":
        return [paid for paid in entries if paid.claim == where.claim]
    return of_place(entries, where)


def of_place(entries: Iterable[Paid], where: Where) -> list[Paid]:
    """Return the entries of the same stay; of the whole claim where the event is no stay."""
    if where.stay:
        return [paid for paid in entries if paid.stay == where.stay]
    return [paid for paid in entries if paid.claim == where.claim]


def times_exhausted(caps: Iterable[Cap], entries: tuple[Paid, ...], where: Where) -> bool:
    """Say whether the number of paid claims that a cap allows is used up by other claims."""
    for cap in caps:
        if cap.times is not None:
            claims = {paid.claim for paid in counted(cap, entries, where) if paid.amount > 0}
            if len(claims - {where.claim}) >= cap.times:
                return True
    return False


def days_left(caps: Iterable[Cap], entries: tuple[Paid, ...], where: Where) -> int | None:
    """Return how many days the caps leave, None if they say nothing about days."""
    left = [
        cap.days - sum(paid.days for paid in counted(cap, entries, where))
        for cap in caps
        if cap.days is not None
    ]
    return max(0, min(left)) if left else None


def ceilings(caps: Iterable[Cap], entries: tuple[Paid, ...], where: Where, shares: int) -> list[Ceiling]:
    """Return what every cap in yuan leaves, for so many shares."""
    found = []
    for cap in caps:
        if cap.amount is not None:
            used = sum((paid.amount for paid in counted(cap, entries, where)), ZERO)
            found.append(Ceiling(cap, used, max(ZERO, cap.amount * shares - used)))
    return found
