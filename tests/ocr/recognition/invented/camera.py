"""What a phone makes of a paper: table, tilt, turn, lamp, shadow, glare, crease, blur, noise and JPEG."""

import cv2
import numpy as np
from PIL import Image


def take(paper: Image.Image, seed: int, *, hard: float = 0.5, turn: int = 0, lean: float = 0.0) -> bytes:
    """A JPEG of the paper; `hard` from 0 (a scanner) to 1 (a bad photo), `turn` in quarter turns, `lean` in degrees."""
    random = np.random.default_rng(seed)
    page = cv2.cvtColor(np.asarray(paper), cv2.COLOR_RGB2BGR)
    height, width = page.shape[:2]
    margin, tilt = int(0.07 * width), 0.05 * hard * width
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(random.uniform(-7, 7) * hard + lean)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([width / 2, height / 2])
    moved = (corners - centre) @ spin.T + centre + margin + random.uniform(-tilt, tilt, (4, 2))
    size = (width + 2 * margin, height + 2 * margin)
    if lean:
        moved -= moved.min(axis=0) - margin
        size = (int(moved[:, 0].max()) + margin, int(moved[:, 1].max()) + margin)
    table = np.full((size[1], size[0], 3), random.integers(30, 170, 3), np.uint8)
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    photo = cv2.warpPerspective(page, matrix, size, dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    lit = _light(np.asarray(photo, np.float32), random, hard)
    scale = random.uniform(1300, 2200) / max(size)
    lit = cv2.resize(lit, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lit = cv2.GaussianBlur(lit, (0, 0), 0.3 + 0.7 * hard * random.random()) + random.normal(
        0, 4 * hard, lit.shape
    )
    shot = np.rot90(np.clip(lit, 0, 255).astype(np.uint8), turn)
    quality = int(random.uniform(45, 90))
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(shot), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


def _light(photo: np.ndarray, random: np.random.Generator, hard: float) -> np.ndarray:
    height, width = photo.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = random.uniform(0, 2 * np.pi)
    light = 1 + 0.25 * hard * (np.cos(angle) * x + np.sin(angle) * y)
    glare = (
        random.uniform(0.4, 0.9) * hard * np.exp(-((x - random.uniform(-1, 1)) ** 2 + (y + 0.5) ** 2) / 0.06)
    )
    shadow = 1 - 0.4 * hard * (1 / (1 + np.exp(-20 * (x * np.cos(angle) + y - random.uniform(0.3, 1.2)))))
    crease = 1 - 0.25 * hard * np.exp(-((x - random.uniform(-0.5, 0.5)) ** 2) / 0.00003)
    tint = 1 + random.uniform(-0.08, 0.08, 3) * hard
    lit = photo * (light * shadow * crease)[..., None] * tint
    return np.asarray(lit + (255 - lit) * glare[..., None], dtype=np.float32)
