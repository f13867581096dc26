"""An explanation as it is shown: every line in cents, and the lines still add up to the amount. Pure."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def in_cents(lines: Sequence[tuple[str, Decimal]]) -> list[Decimal | None]:
    """Return the amounts of lines (rule and exact amount) in cents; None for a line that is not shown.

    What rounding takes or gives within a cent is no line of its own: it lies in the lines before it.
    """
    exact = shown = Decimal(0)
    found: list[Decimal | None] = []
    for rule, amount in lines:
        exact += amount
        step = exact.quantize(CENT, ROUND_HALF_UP) - shown
        shown += step
        last = next((place for place in reversed(range(len(found))) if found[place] is not None), None)
        if rule == "rounding" and abs(amount) < CENT and last is not None:
            found[last] = (found[last] or Decimal(0)) + step
            found.append(None)
        else:
            found.append(step)
    return found
