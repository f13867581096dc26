"""What a phone makes of a paper: tilted, unevenly lit, a little blurred, compressed."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def photograph(paper: Image.Image, *, seed: int = 0, tilt: float = 0.03, quality: int = 72) -> bytes:
    """Return a JPEG of the paper lying on a table, as taken by hand. The same seed takes the same picture."""
    random = np.random.default_rng(seed)
    page = cv2.cvtColor(np.asarray(paper), cv2.COLOR_RGB2BGR)
    height, width = page.shape[:2]
    margin = int(0.06 * width)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + margin + random.uniform(-tilt, tilt, (4, 2)).astype(np.float32) * width
    size = (width + 2 * margin, height + 2 * margin)
    table = np.full((size[1], size[0], 3), (96, 110, 128), np.uint8)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    photo = cv2.warpPerspective(page, matrix, size, dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    photo = _lit(np.asarray(photo, np.uint8), random)
    photo = cv2.GaussianBlur(photo, (0, 0), 0.7)
    noise = random.normal(0, 3, photo.shape)
    photo = np.clip(photo.astype(np.float32) + noise, 0, 255).astype(np.uint8)
    encoded, data = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not encoded:
        raise ValueError("the picture could not be encoded")
    return data.tobytes()


def _lit(photo: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Shade the picture from one side to the other, as under a lamp."""
    height, width = photo.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = random.uniform(0, 2 * np.pi)
    light = 1 + 0.14 * (np.cos(angle) * x + np.sin(angle) * y)
    lit: NDArray[np.uint8] = np.clip(photo * light[..., None], 0, 255).astype(np.uint8)
    return lit
