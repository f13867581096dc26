"""The measurements can be started: they are run by hand, so nothing else would notice."""

from tests.bench.__main__ import GROUPS


def test_every_group_says_what_it_measures_once() -> None:
    names = [name for _, entries, _ in GROUPS.values() for name, _ in entries]
    assert len(names) == len(set(names)) > 20
    assert all(deadline > 0 for _, _, deadline in GROUPS.values())
