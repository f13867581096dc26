"""The rows of docs/features.md."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "features.md"
ROW = re.compile(r"^- ([A-EN-P]\.\d\d) (.+)$")


def rows() -> dict[str, str]:
    """Return every row's id and text, in the page's order."""
    found = (ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}
