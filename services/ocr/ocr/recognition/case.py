"""What the cross-checks of one paper share. A check confirms or contradicts fields; only judging draws the sum."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ocr.recognition.model import Check
from ocr.recognition.pairing import Reading

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

    def usable(self, *names: str) -> bool:
        """Whether all were read by their own label, beyond dispute and each from a place of its own."""
        readings = [self.chosen.get(name) for name in names]
        places = [(p.line, p.rect) for r in readings if r for p in r.pieces]
        return (
            all(r is not None and r.strength >= 2 and r.exact and r.confidence >= SURE for r in readings)
            and len(set(places)) == len(places)
            and not self.untrusted.intersection(names)
        )
