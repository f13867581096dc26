"""Pure rules of the counts: what an event changes, rates, periods."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple
from uuid import UUID

from common.contracts.pack.eligibility import Participation

ZERO = Decimal("0.00")
DAY = timedelta(days=1)


class Place(NamedTuple):
    """Where something is counted."""

    unit_id: UUID
    product_code: str
    day: date


@dataclass(slots=True)
class Change:
    """By how much the counters of a place change."""

    policies: int = 0
    shares: int = 0
    contributed: Decimal = ZERO
    ended: int = 0
    covered: int = 0
    received: Decimal = ZERO
    refunded: Decimal = ZERO

    def add(self, other: "Change") -> None:
        """Add another change to this one."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


Changes = dict[Place, Change]


class Issued(NamedTuple):
    """Policies with the same days as they are counted when they are issued; shares and contribution of all together."""

    unit_id: UUID
    product_code: str
    policies: int
    shares: int
    contribution: Decimal
    starts_on: date
    ends_on: date


def changes_of_issued(policies: Iterable[Issued], *, on: date) -> Changes:
    """Return what policies issued on a day change: the day's counts, and who is covered from when to when."""
    changes: Changes = {}
    for policy in policies:
        unit, product = policy.unit_id, policy.product_code
        issued = Change(policies=policy.policies, shares=policy.shares, contributed=policy.contribution)
        together(changes, Place(unit, product, on), issued)
        together(changes, Place(unit, product, policy.starts_on), Change(covered=policy.policies))
        together(changes, Place(unit, product, policy.ends_on + DAY), Change(covered=-policy.policies))
    return changes


def changes_of_end(
    *, unit_id: UUID, product_code: str, starts_on: date, ends_on: date, ended_on: date
) -> Changes:
    """Return what the end of a policy before its term changes; `ended_on` is the last day of cover."""
    changes: Changes = {}
    together(changes, Place(unit_id, product_code, ended_on), Change(ended=1))
    together(changes, Place(unit_id, product_code, max(ended_on + DAY, starts_on)), Change(covered=-1))
    together(changes, Place(unit_id, product_code, ends_on + DAY), Change(covered=1))
    return changes


def together(changes: Changes, place: Place, change: Change) -> None:
    """Add a change to those of its place."""
    changes.setdefault(place, Change()).add(change)


def rate_of(part: int, whole: int) -> Decimal | None:
    """Return a share with four decimals, cut so that 79.999 % is not 80 %; None of nothing."""
    if whole <= 0:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)


def participation_met(rule: Participation, *, covered: int, members: int) -> bool:
    """Whether a unit's group enrolment meets the product's rule; below `everyone_below` people all must join."""
    if members <= 0:
        return covered > 0
    if members < rule.everyone_below:
        return covered >= members
    return covered >= rule.share * members


def month_of(day: date) -> str:
    """Return a day's month."""
    return f"{day:%Y-%m}"
