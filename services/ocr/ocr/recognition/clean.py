"""Makes ink plain: light evened out, red seals taken off, contrast lifted where glare or blur took it.

Darkness is measured against the paper around it, channel by channel. Red ink darkens green and blue much and red a
little; how little is measured on the page itself, and that share is taken off. Black ink under a seal stays.
"""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.recognition.pictures import Pixels

Plane = npt.NDArray[np.float32]

_NEAR = 0.03
"""Size of the neighbourhood that shows paper and full ink, as a share of the picture's longer side."""
_RED = 0.18
_SPREAD, _SPREAD_RED = 9, 0.1
_LEAST_CONTRAST = 0.1
_INK = 0.8


def plain_ink(image: Pixels) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The picture in grey on white without seals (as RGB), and where a seal was."""
    darkness = _darkness(image)
    red_channel = darkness[:, :, 0]
    red = np.clip(np.minimum(darkness[:, :, 1], darkness[:, :, 2]) - red_channel, 0, 1)
    ink_of_seal = red > _RED
    ink = np.clip(red_channel - _share(red_channel[ink_of_seal], red[ink_of_seal]) * red, 0, 1)
    grey = 255 * np.clip(1 - _INK * ink / _contrast(ink, red), 0, 1)
    spread = cv2.blur(red.astype(np.float32), (_SPREAD, _SPREAD))  # the coloured rim of black letters is thin
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2), np.asarray(spread > _SPREAD_RED)


def _small(height: int, width: int) -> tuple[tuple[int, int], int]:
    """Size of the quarter picture that neighbourhoods are looked at in, and the neighbourhood's."""
    return (max(width // 4, 1), max(height // 4, 1)), max(9, int(max(height, width) / 4 * _NEAR) | 1)


def _darkness(image: Pixels) -> Plane:
    """0 where a channel is as light as the paper around it, 1 where it is black."""
    height, width = image.shape[:2]
    size, near = _small(height, width)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((near, near), np.uint8))
    paper = cv2.resize(cv2.GaussianBlur(paper, (0, 0), near / 3), (width, height))
    lightness = image.astype(np.float32) / (np.asarray(paper, dtype=np.float32) + 1)
    return np.asarray(np.clip(1 - lightness, 0, 1), dtype=np.float32)


def _share(red_channel: Plane, red: Plane) -> float:
    """How dark the seal's ink is in the red channel for each part of its redness."""
    if len(red) < 300:
        return 0.3
    return float(np.clip(np.percentile(red_channel / red, 40), 0.1, 0.7))


def _contrast(ink: Plane, red: Plane) -> Plane:
    """The darkest ink near each place, not too little; what is left of a seal is not lifted."""
    height, width = ink.shape
    size, near = _small(height, width)
    kernel = np.ones((near, near), np.uint8)
    peak = cv2.dilate(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), kernel)
    floor = _LEAST_CONTRAST + cv2.dilate(cv2.resize(red, size, interpolation=cv2.INTER_AREA), kernel)
    least = cv2.GaussianBlur(np.maximum(peak, np.minimum(floor, 0.5)), (0, 0), near / 2)
    return np.asarray(cv2.resize(least, (width, height)), dtype=np.float32)
