"""Straightens a page's lines into rows: every piece of text becomes an upright rectangle on a level page.

A page photographed from the side has rows whose slope changes evenly down the page. The slope of a row is fitted as a
linear function of its height from the wide lines, and each point is mapped along its row to the page's middle.
"""

import math
from dataclasses import dataclass
from statistics import median

from ocr.recognition.model import Line, Page, Point

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle on the level page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Height of the middle of the text."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """Height of the text."""
        return self.bottom - self.top

    def part(self, begin: float, end: float) -> "Rect":
        """The piece between two shares of the width."""
        width = self.right - self.left
        return Rect(self.left + begin * width, self.top, self.left + end * width, self.bottom)


@dataclass(frozen=True, slots=True)
class Levelling:
    """Row slope `base + change * row`, about the page's middle."""

    centre: Point
    base: float
    change: float

    def row(self, point: Point) -> float:
        """Height of the row that a point lies on, where the row crosses the page's middle."""
        dx, dy = point[0] - self.centre[0], point[1] - self.centre[1]
        return (dy - self.base * dx) / max(1 + self.change * dx, 0.2)

    def rect(self, line: Line) -> Rect:
        """The upright rectangle of a line."""
        (tl, tr, br, bl) = line.quad
        start, end = _mid(tl, bl), _mid(tr, br)
        row = (self.row(start) + self.row(end)) / 2
        half = max(min(math.dist(tl, bl), math.dist(tr, br), math.dist(tl, tr)) / 2, 0.5)
        shear = self.base * row
        return Rect(start[0] + shear, row - half, max(end[0] + shear, start[0] + shear + 1), row + half)


def level(page: Page) -> Levelling:
    """The levelling of a page; a page without wide lines counts as level."""
    centre = (page.width / 2, page.height / 2)
    wide = []
    for line in page.lines:
        (tl, tr, br, bl) = line.quad
        start, end = _mid(tl, bl), _mid(tr, br)
        width, height = end[0] - start[0], max(math.dist(tl, bl), 1.0)
        if width > 3.5 * height:
            wide.append((_mid(start, end), (end[1] - start[1]) / width, width))
    if len(wide) < 3:
        slope = median([s for _, s, _ in wide]) if wide else 0.0
        return Levelling(centre, slope, 0.0)
    found = Levelling(centre, median(s for _, s, _ in wide), 0.0)
    for _ in range(_ROUNDS):
        found = _fit(found, wide, page.height)
    return found


def _fit(now: Levelling, wide: list[tuple[Point, float, float]], height: float) -> Levelling:
    """One weighted least squares fit; lines far off the present one (seals, stray marks) weigh little."""
    sw = sx = sy = sxx = sxy = 0.0
    for middle, slope, width in wide:
        row = now.row(middle)
        off = abs(slope - now.base - now.change * row)
        weight = width / (1 + (off / 0.01) ** 2)
        sw, sx, sy = sw + weight, sx + weight * row, sy + weight * slope
        sxx, sxy = sxx + weight * row * row, sxy + weight * row * slope
    spread = sxx / sw - (sx / sw) ** 2
    change = (sxy / sw - sx * sy / sw / sw) / spread if spread > (0.03 * height) ** 2 else 0.0
    return Levelling(now.centre, (sy - change * sx) / sw, change)


def _mid(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
