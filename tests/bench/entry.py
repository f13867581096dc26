"""One line of build/bench.json."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """What was measured, beside a baseline of the same run; `value` is null when it could not run, `note` says why."""

    name: str
    value: float | None
    unit: str
    baseline: float | None = None
    note: str = ""

    def as_object(self) -> dict[str, object]:
        """Return the object that is written."""
        ratio = self.value / self.baseline if self.value is not None and self.baseline else None
        shown = {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "baseline": rounded(self.baseline),
            "ratio": rounded(ratio),
        }
        return shown | ({"note": self.note} if self.note else {})


def rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which so large a share lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
