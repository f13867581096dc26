"""What is counted, and where in the union's tree somebody may look. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

NO_UNIT = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Count:
    """Something to add to the counters of a unit, product and year."""

    unit_id: UUID
    product_code: str
    year: int
    contributions: Decimal = Decimal("0.00")
    enrolled: int = 0
    paid: Decimal = Decimal("0.00")
    paid_claims: int = 0

    @property
    def place(self) -> tuple[UUID, str, int]:
        """The counter row it belongs to."""
        return self.unit_id, self.product_code, self.year

    def as_row(self) -> dict[str, Any]:
        """Return the columns."""
        return asdict(self)


def together(counts: Iterable[Count]) -> list[Count]:
    """Add up counts of the same row."""
    found: dict[tuple[UUID, str, int], Count] = {}
    for count in counts:
        known = found.get(count.place)
        found[count.place] = count if known is None else Count(
            *count.place,
            known.contributions + count.contributions,
            known.enrolled + count.enrolled,
            known.paid + count.paid,
            known.paid_claims + count.paid_claims,
        )  # fmt: skip
    return list(found.values())
