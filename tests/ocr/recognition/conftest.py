"""Small invented papers made of boxes, and one recognizer for the tests that read pixels."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocr.recognition import Recognizer
from ocr.recognition.model import Line, Page

PHOTOS = Path(__file__).parents[2] / "data" / "receipts"

Cell = tuple[float, float, str]


def paper(
    *cells: Cell, width: float = 1000, height: float = 700, size: float = 20, slope: float = 0.0
) -> Page:
    """A page of boxes given by left edge, middle and text; letters as wide as they are printed."""
    lines = []
    for left, middle, text in cells:
        right = left + sum(0.55 * size if ord(c) < 0x2E80 else size for c in text)

        def at(x: float, y: float) -> tuple[float, float]:
            return (x, y + slope * x)

        top, bottom = middle - size / 2, middle + size / 2
        lines.append(Line(text, 0.99, (at(left, top), at(right, top), at(right, bottom), at(left, bottom))))
    return Page(tuple(lines), width, height)


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    return Recognizer()


def photo_truths() -> list[dict[str, Any]]:
    lines = (PHOTOS / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def picture() -> Callable[[str], bytes]:
    return lambda number: (PHOTOS / "photo" / f"{number}.jpg").read_bytes()
