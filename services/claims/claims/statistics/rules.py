"""What is counted, and how the counts are read. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

NO_UNIT = UUID(int=0)
ZERO = Decimal("0.00")
MOST_DAYS = 365
BUCKETS = ((0, 0), (1, 3), (4, 7), (8, 14), (15, 30), (31, 60), (61, MOST_DAYS))
"""Days from hand-in to the bank's day, as a chart groups them; both ends included."""


@dataclass(frozen=True, slots=True)
class Count:
    """Something to add to the counters of a unit and product on a day; `days`: how long its payouts took."""

    unit_id: UUID
    product_code: str
    day: date
    contributions: Decimal = ZERO
    enrolled: int = 0
    paid: Decimal = ZERO
    paid_claims: int = 0
    days: int | None = None

    @property
    def place(self) -> tuple[UUID, str, date]:
        """The unit, product and month it belongs to."""
        return self.unit_id, self.product_code, self.day.replace(day=1)

    def sums(self) -> dict[str, Any]:
        """Return what is added."""
        return {
            "contributions": self.contributions,
            "enrolled": self.enrolled,
            "paid": self.paid,
            "paid_claims": self.paid_claims,
        }


def by_date(counts: Iterable[Count]) -> list[dict[str, Any]]:
    """Return what is to be added to each unit, product and day, in one order for all."""
    found: dict[tuple[UUID, str, date], dict[str, Any]] = {}
    for count in counts:
        _add(found, (count.unit_id, count.product_code, count.day), count.sums())
    return [
        {"unit_id": unit, "product_code": product, "day": day, **sums}
        for (unit, product, day), sums in sorted(found.items())
    ]


def by_month(counts: Iterable[Count]) -> list[dict[str, Any]]:
    """Return what is to be added to each unit, product and month, in one order for all."""
    found: dict[tuple[UUID, str, date], dict[str, Any]] = {}
    for count in counts:
        _add(found, count.place, count.sums())
    return [
        {"unit_id": unit, "product_code": product, "month": month, **sums}
        for (unit, product, month), sums in sorted(found.items())
    ]


def by_year(months: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is to be added to each unit, product and year."""
    found: dict[tuple[UUID, str, int], dict[str, Any]] = {}
    for row in months:
        sums = {name: row[name] for name in ("contributions", "enrolled", "paid", "paid_claims")}
        _add(found, (row["unit_id"], row["product_code"], row["month"].year), sums)
    return [
        {"unit_id": unit, "product_code": product, "year": year, **sums}
        for (unit, product, year), sums in sorted(found.items())
    ]


def _add(found: dict[Any, dict[str, Any]], place: Any, sums: Mapping[str, Any]) -> None:
    known = found.get(place)
    found[place] = dict(sums) if known is None else {name: known[name] + sums[name] for name in sums}


def by_days(counts: Iterable[Count]) -> list[dict[str, Any]]:
    """Return how many payouts are to be added to each unit, product, month and number of days."""
    found: dict[tuple[UUID, str, date, int], int] = {}
    for count in counts:
        if count.days is not None and count.paid_claims:
            place = (*count.place, min(max(count.days, 0), MOST_DAYS))
            found[place] = found.get(place, 0) + count.paid_claims
    return [
        {"unit_id": unit, "product_code": product, "month": month, "days": days, "payouts": payouts}
        for (unit, product, month, days), payouts in sorted(found.items())
    ]


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a share with four decimals; None of nothing."""
    return (part / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP) if whole else None


@dataclass(frozen=True, slots=True)
class Times:
    """How long payouts took, in days."""

    payouts: int
    average: Decimal | None
    median: int | None
    p90: int | None
    buckets: tuple[tuple[str, int], ...]


def times_of(days: Mapping[int, int]) -> Times:
    """Return the distribution of days → payouts."""
    total = sum(days.values())
    buckets = tuple(
        (f"{low}-{high}" if high > low else str(low), sum(n for d, n in days.items() if low <= d <= high))
        for low, high in BUCKETS
    )
    if total <= 0:
        return Times(0, None, None, None, buckets)
    average = Decimal(sum(day * number for day, number in days.items())) / total
    ordered = sorted(days.items())
    return Times(
        total,
        average.quantize(Decimal("0.1"), ROUND_HALF_UP),
        _at(ordered, total, 0.5),
        _at(ordered, total, 0.9),
        buckets,
    )


def _at(ordered: Sequence[tuple[int, int]], total: int, share: float) -> int:
    """Return the day by which at least a share of the payouts had arrived."""
    seen = 0
    for day, number in ordered:
        seen += number
        if seen >= total * share:
            return day
    return ordered[-1][0]
