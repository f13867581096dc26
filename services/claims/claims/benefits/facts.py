"""What a benefit is calculated from: the stays and costs of a claim, the cover, and what was paid before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")


class FactsInvalid(ValueError):
    """A fact that cannot be: a negative amount, a discharge before the admission. The caller's fault, not a refusal."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A person's cover for one term: a policy, or the membership where that is enough.

    `ends_on` is the last day covered. `unbroken_since` is the day from which cover has had no gap; the waiting
    period counts from it where the benefit waives it on renewal, otherwise from `starts_on`.
    """

    key: str
    starts_on: date
    ends_on: date
    unbroken_since: date | None = None
    shares: int = 1

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on or self.shares < 1:
            raise FactsInvalid(f"cover {self.key}")
        if self.unbroken_since and self.unbroken_since > self.starts_on:
            raise FactsInvalid(f"cover {self.key} unbroken since a later day")

    def holds_on(self, day: date) -> bool:
        """Say whether the cover is in force on a day."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Stay:
    """A hospital stay. `key` names it for good (tenant-wide, also in a later claim); costs in yuan by input name."""

    key: str
    admitted_on: date
    discharged_on: date
    costs: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.discharged_on < self.admitted_on:
            raise FactsInvalid(f"stay {self.key} ends before it begins")
        check_costs(self.costs)


@dataclass(frozen=True, slots=True)
class Facts:
    """A claim as the formulas see it.

    `event_date` is the day of diagnosis, accident or event; hospital claims take it from each stay. `costs` are
    those of no stay. `choices` hold illness, grade and reason by input name. A cost that nobody knows is left out;
    one that is known to be nothing is zero.
    """

    claim_key: str
    covers: tuple[Cover, ...]
    event_date: date | None = None
    stays: tuple[Stay, ...] = ()
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    requested_amount: Decimal | None = None

    def __post_init__(self) -> None:
        check_costs(self.costs)
        if self.requested_amount is not None:
            check_costs({"requested_amount": self.requested_amount})
        keys = [stay.key for stay in self.stays]
        if len(set(keys)) != len(keys):
            raise FactsInvalid("a stay stands in the claim twice")

    def cover_on(self, day: date) -> Cover | None:
        """Return the cover in force on a day; of several, the one that began first."""
        holding = [cover for cover in self.covers if cover.holds_on(day)]
        return min(holding, key=lambda cover: (cover.starts_on, cover.key), default=None)

    def total_costs(self) -> dict[str, Decimal]:
        """Return the costs of the claim and of all its stays; a cost that one stay lacks is left out."""
        parts = [stay.costs for stay in self.stays] + ([self.costs] if self.costs else [])
        known = set.intersection(*(set(part) for part in parts)) if parts else set()
        known |= {"other_sources"} & set().union(*parts)
        return {name: sum((part.get(name, ZERO) for part in parts), ZERO) for name in known}


@dataclass(frozen=True, slots=True)
class Paid:
    """What a benefit used up for one stay or event: yuan, days, and the base counted towards a yearly deductible."""

    product: str
    benefit: str
    cover: str
    claim: str
    stay: str
    event_date: date
    amount: Decimal
    days: int = 0
    base: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class History:
    """Everything decided for the person before (claims that were not refused or reversed), in any order."""

    entries: tuple[Paid, ...] = field(default=())

    def plus(self, usage: tuple[Paid, ...]) -> "History":
        """Return the history with a decision's usage added."""
        return History(self.entries + usage)


def check_costs(costs: Mapping[str, Decimal]) -> None:
    """Refuse an amount that is no plain sum of yuan and fen: FactsInvalid."""
    for name, amount in costs.items():
        if not amount.is_finite() or amount < 0 or amount != amount.quantize(ZERO):
            raise FactsInvalid(f"{name} is no amount in yuan")
