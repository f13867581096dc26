"""Every row that people do on a screen is walked in a browser by a test that names it."""

import re

from .rows import PAGE, rows

BROWSER = PAGE.parents[1] / "tests" / "e2e"
MARK = re.compile(r"mark\.feature\(([^)]*)\)")
ON_SCREENS = "ABCDE"


def walked() -> set[str]:
    """Return the rows that browser tests name."""
    texts = [path.read_text(encoding="utf-8") for path in BROWSER.glob("test_*.py")]
    named = [found for text in texts if "*WALK" in text for found in MARK.findall(text)]
    return {row for names in named for row in re.findall(r'"([A-Z]\.\d\d)"', names)}


def test_every_row_on_a_screen_is_walked_in_a_browser() -> None:
    wanted = {row for row in rows() if row[0] in ON_SCREENS}
    assert wanted - walked() == set() and len(wanted) > 50
