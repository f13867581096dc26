"""The measurements can be started: they are run by hand, so nothing else would notice."""

from pathlib import Path

from tests.bench.__main__ import GROUPS
from tests.bench.recognition import deadline


def test_every_group_says_what_it_measures_once() -> None:
    names = [name for _, entries, _ in GROUPS.values() for name, _ in entries]
    assert len(names) == len(set(names)) > 20
    assert all(deadline > 0 for _, _, deadline in GROUPS.values())


def test_more_pages_to_read_have_more_time(tmp_path: Path) -> None:
    """Forty photographs took longer than any fixed time that eight are given."""
    assert deadline() == GROUPS["recognition"][2] >= 300
    (tmp_path / "truth.jsonl").write_text("{}\n" * 40)
    assert deadline(tmp_path) >= 40 * 20
    assert 0 < deadline(tmp_path / "nothing") < deadline()
