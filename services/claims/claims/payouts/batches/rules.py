"""Which of the waiting payouts the money covers. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Purse:
    """What a fund may pay batches of one purpose from, in yuan, and the `floor` that has to stay."""

    available: Decimal
    floor: Decimal
    prepared: Decimal = Decimal("0.00")
    """What batches that nobody has released yet ask for."""

    @property
    def spendable(self) -> Decimal:
        """What one batch may be released for."""
        return self.available - self.floor

    @property
    def left(self) -> Decimal:
        """What the batches that were prepared leave; never below zero."""
        return max(self.spendable - self.prepared, Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payout that waits: only what is needed to choose."""

    id: UUID
    amount: Decimal


def covered_by(money: Decimal, waiting: Iterable[Waiting], *, most: int) -> list[Waiting]:
    """Return those that the money covers, the oldest first, at most so many: what no longer fits is passed over."""
    found: list[Waiting] = []
    for one in waiting:
        if len(found) == most:
            break
        if one.amount <= money:
            found.append(one)
            money -= one.amount
    return found
