"""docs/webhooks.md, by which others connect their systems, says what the catalogue says."""

import pytest

from notify.webhooks.calling import ALL_SECONDS
from notify.webhooks.catalogue import CITY_ONLY, TYPES, fields_of
from notify.webhooks.rules import PAUSES

from ..conftest import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")


@pytest.mark.feature("N.06")
def test_every_event_stands_there_with_its_fields() -> None:
    rows = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}
    assert rows.keys() == {kind.wire for kind in TYPES}
    for kind in TYPES:
        assert kind.title.zh in rows[kind.wire] and kind.about.zh in rows[kind.wire]
        for name in fields_of(kind):
            assert f"`{name}`{'¹' if name in CITY_ONLY else ''}" in rows[kind.wire]


def test_the_figures_are_those_of_the_rules() -> None:
    assert f"重试 {len(PAUSES)} 次" in PAGE and f"{ALL_SECONDS:.0f} 秒内" in PAGE
