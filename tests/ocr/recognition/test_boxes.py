"""Where a value was read: only on the look at the page that it comes from."""

from types import SimpleNamespace
from typing import Any

from ocr.recognition.api import _box

QUAD = ((10.0, 10.0), (50.0, 10.0), (50.0, 20.0), (10.0, 20.0))


def verdict(line: int) -> Any:
    return SimpleNamespace(reading=SimpleNamespace(pieces=[SimpleNamespace(line=line)]), source=None)


def test_a_line_of_another_look_has_no_place_on_this_one() -> None:
    page: Any = SimpleNamespace(lines=(SimpleNamespace(quad=QUAD),), width=100, height=100)
    found = _box(verdict(0), page, 1)
    assert found is not None and found.page == 1
    assert _box(verdict(1), page, 1) is None
