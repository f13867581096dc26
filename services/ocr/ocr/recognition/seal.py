"""A second look under red seals: text is sought again in the red channel, where red ink is as light as paper.

Only what the first look did not see, or saw badly, is read again.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ocr.recognition.engine import TextEngine
from ocr.recognition.model import Line, Page, Quad
from ocr.recognition.pictures import Pixels

_RED = 1.3
_SHARE = 0.0005
_SAME = 0.72
_INSIDE = 0.5
_GOOD = 0.93
_LEAST = 0.75

Bounds = tuple[float, float, float, float]


def red_share(image: Pixels) -> npt.NDArray[np.bool_]:
    """Where the picture is red beyond the tint of its light."""
    wide = image.astype(np.float32)
    tint = np.median(wide.reshape(-1, 3)[:: max(1, wide.size // 300_000)], axis=0) + 1
    red, green, blue = (wide[:, :, i] / tint[i] for i in range(3))
    return np.asarray(red > _RED * np.maximum(green, blue) + 0.02)


def has_seal(image: Pixels) -> bool:
    """Whether enough of the page is red for a seal."""
    return float(red_share(image[::4, ::4]).mean()) > _SHARE


def look_again(engine: TextEngine, page: Page, image: Pixels) -> Page:
    """The page with what its red channel shows better."""
    red = np.repeat(image[:, :, :1], 3, axis=2)
    old = [_bounds(line.quad) for line in page.lines]
    fresh = [quad for quad in engine.find(red) if not _well_read(_bounds(quad), page, old)]
    lines = list(page.lines)
    for line in engine.read_at(red, fresh):
        lines = _merge(lines, line)
    return replace(page, lines=tuple(lines))


def _well_read(place: Bounds, page: Page, old: list[Bounds]) -> bool:
    return any(
        line.score >= _GOOD and _overlap(place, bounds) > _SAME * _union(place, bounds)
        for line, bounds in zip(page.lines, old, strict=True)
    )


def _merge(lines: list[Line], new: Line) -> list[Line]:
    """The new line instead of those at its place, if it says more or says it more surely."""
    place = _bounds(new.quad)
    there = [line for line in lines if _covers(place, _bounds(line.quad))]
    said = sum(len(line.text) for line in there)
    if new.score < _LEAST or len(new.text) < said:
        return lines
    if len(new.text) == said and new.score <= max((line.score for line in there), default=0.0):
        return lines
    if there and min(line.score for line in there) > _GOOD and len(new.text) == said:
        return lines
    return [line for line in lines if line not in there] + [new]


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
