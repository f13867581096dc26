"""A second look at a page that lacks something: level, close up, with plain ink. Fresh or doubtful places are read.

What stood under a seal, in glare or too small is found there; what was read well at first is left alone.
"""

import math
import re
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ocr.recognition.clean import plain_ink
from ocr.recognition.engine import TextEngine
from ocr.recognition.geometry import level
from ocr.recognition.model import Line, Page, Quad
from ocr.recognition.pictures import Pixels

_MARGIN = 0.03
_LARGEST = 1600
_ENLARGED = 1.5
_SAME = 0.72
_INSIDE = 0.5
_GOOD = 0.93
_LEAST = 0.75
_SEALED = 0.05
_MOST_DOUBTFUL = 16

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class View:
    """A level close-up: its pixels without seals, where they were red, and the way back to the page."""

    pixels: Pixels
    red: npt.NDArray[np.bool_]
    back: npt.NDArray[np.float64]

    def on_page(self, quad: Quad) -> Quad:
        """The same place on the page."""
        a, b, c, d = (
            (float(x), float(y)) for x, y in np.asarray(quad) @ self.back[:, :2].T + self.back[:, 2]
        )
        return (a, b, c, d)

    def in_view(self, quad: Quad) -> Quad:
        """A place of the page, in the view."""
        there = cv2.invertAffineTransform(self.back)
        a, b, c, d = ((float(x), float(y)) for x, y in np.asarray(quad) @ there[:, :2].T + there[:, 2])
        return (a, b, c, d)

    def sealed(self, quad: Quad) -> bool:
        """Whether red ink lies over a place."""
        left, top, right, bottom = (int(edge) for edge in _bounds(quad))
        part = self.red[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
        return bool(part.size) and float(part.mean()) > _SEALED


def view_of(page: Page, image: Pixels) -> View:
    """The part of the page that has text, level and as large as is useful."""
    points = np.asarray([point for line in page.lines for point in line.quad], dtype=np.float64)
    if not len(points):
        points = np.asarray([(0, 0), (page.width, page.height)], dtype=np.float64)
    angle = math.atan(level(page).base)
    turn = np.asarray([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned = points @ turn.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    margin = _MARGIN * float((high - low).max()) + 4
    low, high = low - margin, high + margin
    scale = min(_LARGEST / float((high - low).max()), _ENLARGED)
    there = np.hstack([turn * scale, (-low * scale)[:, None]])
    size = (max(int((high - low)[0] * scale), 32), max(int((high - low)[1] * scale), 32))
    smooth = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    seen = cv2.warpAffine(image, there, size, flags=smooth, borderMode=cv2.BORDER_REPLICATE)
    pixels, red = plain_ink(np.asarray(seen, dtype=np.uint8))
    return View(pixels, red, np.asarray(cv2.invertAffineTransform(there)))


def look_again(engine: TextEngine, page: Page, view: View) -> tuple[Page, Page]:
    """The page with what the second look shows better, and with all that it shows otherwise under seals.

    Which of two good readings is right the look cannot tell, so the first stays and the other is an alternative.
    """
    old = [_bounds(line.quad) for line in page.lines]
    fresh = [
        quad
        for quad in engine.find(view.pixels, side=_LARGEST)
        if view.sealed(quad) or not _well_read(_bounds(view.on_page(quad)), page, old)
    ]
    lines, otherwise = list(page.lines), list(page.lines)
    for line in engine.read_at(view.pixels, fresh):
        placed = replace(line, quad=view.on_page(line.quad))
        lines = _merge(lines, placed)
        otherwise = _replaced(otherwise, placed)
    return replace(page, lines=tuple(lines)), replace(page, lines=tuple(otherwise))


def look_closer(engine: TextEngine, page: Page, image: Pixels, view: View) -> Page:
    """The page with its sealed or doubtful figures read once more, from the red channel, where a seal is pale."""
    doubtful = [
        line
        for line in page.lines
        if re.search(r"\d", line.text) and (line.score < _GOOD or view.sealed(view.in_view(line.quad)))
    ]
    doubtful = sorted(doubtful, key=lambda line: line.score)[:_MOST_DOUBTFUL]
    red = np.repeat(image[:, :, :1], 3, axis=2)
    lines = list(page.lines)
    for line in engine.read_at(red, [_grown(line.quad) for line in doubtful]):
        lines = _replaced(lines, line)
    return replace(page, lines=tuple(lines))


def _grown(quad: Quad) -> Quad:
    """A little taller and wider: strokes under a seal are cut off by the first box."""
    (tl, tr, br, bl) = (np.asarray(corner) for corner in quad)
    down = 0.08 * (bl - tl)
    along = (tr - tl) / max(float(np.linalg.norm(tr - tl)), 1.0) * 0.6 * float(np.linalg.norm(bl - tl))
    grown = (tl - down - along, tr - down + along, br + down + along, bl + down - along)
    a, b, c, d = ((float(x), float(y)) for x, y in grown)
    return (a, b, c, d)


def _well_read(place: Bounds, page: Page, old: list[Bounds]) -> bool:
    return any(
        line.score >= _GOOD and _overlap(place, bounds) > _SAME * _union(place, bounds)
        for line, bounds in zip(page.lines, old, strict=True)
    )


def _merge(lines: list[Line], new: Line) -> list[Line]:
    """The new line instead of those at its place, if it says more or says it more surely."""
    place = _bounds(new.quad)
    there = [line for line in lines if _covers(place, _bounds(line.quad))]
    said, sure = sum(_length(line) for line in there), min((line.score for line in there), default=0.0)
    if new.score < _LEAST or _length(new) < said:
        return lines
    if _length(new) == said and (new.score <= sure or sure > _GOOD):
        return lines
    return [line for line in lines if line not in there] + [new]


def _length(line: Line) -> int:
    """Letters and figures; signs and spaces come and go."""
    return sum(c.isalnum() for c in line.text)


def _replaced(lines: list[Line], new: Line) -> list[Line]:
    """The new line instead of those at its place."""
    place = _bounds(new.quad)
    return [line for line in lines if not _covers(place, _bounds(line.quad))] + [new]


def _bounds(quad: Quad) -> Bounds:
    xs, ys = [p[0] for p in quad], [p[1] for p in quad]
    return min(xs), min(ys), max(xs), max(ys)


def _area(b: Bounds) -> float:
    return max(b[2] - b[0], 0.0) * max(b[3] - b[1], 0.0)


def _overlap(a: Bounds, b: Bounds) -> float:
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _union(a: Bounds, b: Bounds) -> float:
    return _area(a) + _area(b) - _overlap(a, b)


def _covers(a: Bounds, b: Bounds) -> bool:
    return _overlap(a, b) > _INSIDE * min(_area(a), _area(b)) > 0
