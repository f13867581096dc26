"""The console's editor and the service's cleaning have one list: what the editor writes is kept as it was written."""

import json
import re

import pytest

from notify.content.rules import ATTRIBUTES, TAGS, clean_html

from ..conftest import ROOT

SAMPLES = json.loads((ROOT / "web/apps/console/src/editor/samples.json").read_text(encoding="utf-8"))
"""The editor's own tests open each of them without loss, and show that together they have every tag and attribute."""


def parts(html: str) -> list[str]:
    """Tags with their attributes in a fixed order, and the words between them."""
    found = []
    for part in re.findall(r"<[^>]*>|[^<]+", html):
        name, *attributes = re.findall(r"[\w/]+(?:=\"[^\"]*\")?", part) if part.startswith("<") else [part]
        found.append(" ".join([name, *sorted(attributes)]))
    return found


@pytest.mark.parametrize("html", SAMPLES)
def test_what_the_editor_writes_is_kept_as_it_was_written(html: str) -> None:
    assert parts(clean_html(html)) == parts(html)


def test_the_samples_show_every_tag_and_attribute() -> None:
    text = "".join(SAMPLES)
    assert set(re.findall(r"<(\w+)", text)) == TAGS
    for tag, names in ATTRIBUTES.items():
        for name in names:
            assert re.search(rf"<{tag}[^>]* {name}=", text), f"{tag} {name}"


@pytest.mark.parametrize("html", ['<p style="color:red">甲</p>', "<p>甲<mark>乙</mark></p>", "<h5>甲</h5>"])
def test_what_stands_not_on_the_list_is_not_kept(html: str) -> None:
    assert parts(clean_html(html)) != parts(html)
