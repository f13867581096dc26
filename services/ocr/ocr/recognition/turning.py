"""How a page lies in its picture, by the way its text runs; and the picture turned so that the text lies level."""

import cmath
import math

import cv2
import numpy as np

from ocr.recognition.model import Quad
from ocr.recognition.pictures import Pixels

_LONG = 1.5
_QUARTER = 90.0
_NEARLY = 10.0
"""Degrees off a quarter turn at which the page is turned by just that, which costs no sharpness."""
_MARGIN = 0.08


def sides(quad: Quad) -> tuple[float, float]:
    """Width and height of a place, however it leans."""
    (tl, tr, _, bl) = quad
    return math.dist(tl, tr), math.dist(tl, bl)


def leaning(quads: list[Quad]) -> float:
    """Degrees from -90 to 90 by which most of the text leans (clockwise above 0); which end is up is not told.

    The mean direction of the long sides by their lengths; a direction and its opposite are one, so angles are doubled.
    """
    total = complex(0, 0)
    for quad in quads:
        width, height = sides(quad)
        if max(width, height) < _LONG * min(width, height):
            continue
        (tl, tr, _, bl) = quad
        end = tr if width >= height else bl
        along = complex(end[0] - tl[0], end[1] - tl[1])
        total += abs(along) * cmath.rect(1.0, 2 * cmath.phase(along)) if along else 0
    return math.degrees(cmath.phase(total) / 2) if total else 0.0


def turned_level(image: Pixels, quads: list[Quad], lean: float) -> Pixels:
    """The picture turned by the lean: a quarter turn as it is, else the part that has text, with a margin round it."""
    if abs(abs(lean) - _QUARTER) <= _NEARLY:
        return np.ascontiguousarray(np.rot90(image))
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), lean, 1.0)
    points = np.asarray([point for quad in quads for point in quad], dtype=np.float64)
    placed = points @ matrix[:, :2].T + matrix[:, 2]
    low, high = placed.min(axis=0), placed.max(axis=0)
    margin = _MARGIN * float((high - low).max()) + 8
    matrix[:, 2] -= low - margin
    size = (math.ceil((high - low)[0] + 2 * margin), math.ceil((high - low)[1] + 2 * margin))
    turned = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)
