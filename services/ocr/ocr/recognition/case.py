"""What the cross-checks of one paper share. A check confirms or contradicts fields; only judging draws the sum."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ocr.recognition.model import Check
from ocr.recognition.pairing import Reading

_SHAPED = 9
"""Ranks from here on are of values that their own shape gave away."""
_MOST_OPTIONS = 3
SURE = 0.9
"""Least score of the reading of a value that a check may verify."""


@dataclass(slots=True)
class Case:
    """What the checks of one paper share: the chosen readings, what is confirmed so far, what is contradicted."""

    chosen: dict[str, Reading]
    untrusted: set[str]
    checks: list[Check] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    contradicted: set[str] = field(default_factory=set)
    today: date = date.max
    others: dict[str, list[Reading]] = field(default_factory=dict)
    """Further readings of a field, from other places or the other look; a sum may decide for one of them."""

    def add(self, code: str, passed: bool, detail: str = "") -> None:
        """Notes an outcome."""
        self.checks.append(Check(code, passed, "" if passed else detail))

    def amount(self, name: str) -> Decimal | None:
        """An amount that was read."""
        reading = self.chosen.get(name)
        return Decimal(reading.value) if reading else None

    def day(self, name: str) -> date | None:
        """A date that was read."""
        reading = self.chosen.get(name)
        return date.fromisoformat(reading.value) if reading else None

    def options(self, name: str) -> list[Reading]:
        """The readings of a field that a sum may choose from: by its own label, one for each value, best first."""
        readings = [r for r in (self.chosen.get(name), *self.others.get(name, ())) if r is not None]
        own: dict[str, Reading] = {}
        for reading in readings:
            if announced(reading):
                own.setdefault(reading.value, reading)
        return list(own.values())[:_MOST_OPTIONS]

    def usable(self, *names: str) -> bool:
        """Whether all were read by their own label, beyond dispute and each from a place of its own."""
        readings = [self.chosen.get(name) for name in names]
        return (
            all(r is not None and r.strength >= 2 and r.exact and r.confidence >= SURE for r in readings)
            and apart(readings)
            and not self.untrusted.intersection(names)
        )


def announced(reading: Reading) -> bool:
    """Whether a label of its own stands by it: near, or on its row with nothing between."""
    return reading.strength >= 2 or (reading.exact and reading.rank < _SHAPED)


def apart(readings: Iterable[Reading | None]) -> bool:
    """Whether each was read from a place of its own."""
    places = [(p.line, p.rect) for r in readings if r for p in r.pieces]
    return len(set(places)) == len(places)
