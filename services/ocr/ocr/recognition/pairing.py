"""Gives each label its value: in the same box, to its right, or below it. Pure geometry, no knowledge of papers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.recognition.labels import FIELD_KINDS
from ocr.recognition.segments import Piece
from ocr.recognition.values import READERS, Kind, read_date, read_period

_SAME_ROW = 0.62
_NEAR = 6.0
_FAR = 16.0
_BELOW = 2.8


@dataclass(frozen=True, slots=True)
class Reading:
    """A field read from one place. `strength`: 3 same box, 2 right beside or in the cell below, 1 far away."""

    name: str
    value: str
    confidence: float
    strength: int
    rank: int
    pieces: tuple[Piece, ...]
    exact: bool = True

    @property
    def order(self) -> tuple[int, int, int, float]:
        """Sorts the better reading first."""
        return (not self.exact, min(self.rank, 9), -self.strength, -self.confidence)


def pair(pieces: Sequence[Piece]) -> list[Reading]:
    """All readings of all labels; a piece is the value of one label only."""
    taken: set[int] = set()
    readings: list[Reading] = []
    open_labels: list[int] = []
    for at, label in enumerate(pieces):
        if not label.is_label:
            continue
        found = _beside(pieces, at)
        if found is None:
            open_labels.append(at)
            continue
        value_at, strength = found
        if label.fields == () or _read(label, pieces, value_at, strength, readings):
            taken.add(value_at)
        elif strength < 3:
            open_labels.append(at)
    for at in open_labels:
        below = _below(pieces, at, taken)
        if below is not None and _read(pieces[at], pieces, below, 1 if pieces[at].colon else 2, readings):
            taken.add(below)
    return readings


def same_row(a: Piece, b: Piece) -> bool:
    """Whether two pieces stand on one row."""
    return abs(a.rect.middle - b.rect.middle) < _SAME_ROW * max(a.rect.height, b.rect.height)


def _beside(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """The value in the label's own box, else the next piece on its row unless that is a label."""
    label = pieces[at]
    if at + 1 < len(pieces) and pieces[at + 1].line == label.line:
        return (at + 1, 3) if not pieces[at + 1].is_label else None
    height = label.rect.height
    # The boxes of a text layer may be wider than their letters.
    overlap = max(1.2 * height, 0.4 * (label.rect.right - label.rect.left))
    best, best_gap = None, _FAR * height
    for other_at, other in enumerate(pieces):
        gap = other.rect.left - label.rect.right
        if other.line != label.line and -overlap < gap < best_gap and same_row(label, other):
            if other.rect.middle == label.rect.middle and other.rect.left <= label.rect.left:
                continue
            if other.rect.left > label.rect.left:
                best, best_gap = other_at, gap
    if best is None or pieces[best].is_label:
        return None
    return best, 2 if best_gap < _NEAR * height else 1


def _below(pieces: Sequence[Piece], at: int, taken: set[int]) -> int | None:
    """The nearest piece under the label that overlaps it and belongs to nobody."""
    label = pieces[at]
    best, best_drop = None, _BELOW * label.rect.height
    for other_at, other in enumerate(pieces):
        drop = other.rect.middle - label.rect.middle
        overlap = min(label.rect.right, other.rect.right) - max(label.rect.left, other.rect.left)
        if 0.6 * label.rect.height < drop < best_drop and overlap > 0.3 * label.rect.height:
            best, best_drop = other_at, drop
    if best is None or best in taken or pieces[best].is_label:
        return None
    return best


def _read(label: Piece, pieces: Sequence[Piece], at: int, strength: int, into: list[Reading]) -> bool:
    """Reads the piece as each field the label may announce; True when one of them took it."""
    before = len(into)
    for name in label.fields or ():
        kind = FIELD_KINDS[name]
        used = [pieces[at]]
        value = READERS[kind](pieces[at].text)
        if value is None and kind in (Kind.DATE, Kind.PERIOD):
            value = _wrapped(pieces, at, kind, used)
        if value is not None and name == "住址":
            value += _continued(pieces, at, used)
        if value is not None:
            confidence = min(piece.score for piece in used) * (1.0 if label.exact else 0.9)
            into.append(Reading(name, value, confidence, strength, label.rank, tuple(used), label.exact))
    return len(into) > before


def _continued(pieces: Sequence[Piece], at: int, used: list[Piece]) -> str:
    """What an address goes on with in the next lines of its column: lines without a label, close below."""
    first, more = pieces[at], ""
    for other in sorted(pieces, key=lambda piece: piece.rect.middle):
        last = used[-1].rect
        close = 0.6 * last.height < other.rect.middle - last.middle < 1.9 * last.height
        aligned = abs(other.rect.left - first.rect.left) < 1.5 * first.rect.height
        if (
            close
            and aligned
            and not other.is_label
            and len(used) < 4
            and not re.search(r"\d{15}", other.text)
        ):
            used.append(other)
            more += other.text.strip()
    return more


def _wrapped(pieces: Sequence[Piece], at: int, kind: Kind, used: list[Piece]) -> str | None:
    """A date or period that goes on in the line below, or in a second box to the right."""
    first = pieces[at]
    read = read_date if kind is Kind.DATE else read_period
    if not any(c.isdigit() for c in first.text):
        return None
    for other in pieces:
        if other is first or other.is_label or not any(c.isdigit() for c in other.text):
            continue
        drop = other.rect.middle - first.rect.middle
        under = 0.6 * first.rect.height < drop < 2.2 * first.rect.height
        overlaps = min(first.rect.right, other.rect.right) > max(first.rect.left, other.rect.left)
        gap = other.rect.left - first.rect.right
        beside = same_row(first, other) and -first.rect.height < gap < 2 * first.rect.height
        if (under and overlaps) or beside:
            value = read(first.text.rstrip() + other.text.lstrip())
            if value is not None:
                used.append(other)
                return value
    return None
