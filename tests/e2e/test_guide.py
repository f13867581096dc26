"""The user guide shows pictures and links that are there, and no picture that nobody shows."""

import re

import pytest

from .pictures import GUIDE, shown

MOST_KB = 3000


def test_every_picture_of_the_guide_is_there_and_shown() -> None:
    kept = {one.stem for one in (GUIDE / "pictures").glob("*.webp")}
    assert kept == set(shown()) and len(kept) > 15
    assert sum(one.stat().st_size for one in (GUIDE / "pictures").iterdir()) < MOST_KB * 1024


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page) -> None:  # type: ignore[no-untyped-def]
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link
