"""The table of ASVS requirements is whole, and names tests that exist."""

import re
from pathlib import Path

from ..conftest import ROOT

ROW = re.compile(r"^\| (V[\d.]+) \| ([12]) \| (met|not applicable|open) \| (.*) \|$", re.MULTILINE)
PAGE = (ROOT / "docs" / "security" / "asvs.md").read_text()


def test_every_requirement_has_a_state() -> None:
    wanted = Path(__file__).with_name("asvs-5.0.txt").read_text().split("\n")
    assert [f"{number} {level}" for number, level, _, _ in ROW.findall(PAGE)] == [
        line for line in wanted if line
    ]


def test_what_is_met_names_a_test_that_exists_and_what_does_not_apply_says_why() -> None:
    for number, _, state, words in ROW.findall(PAGE):
        named = re.match(r"`([^`]+)`", words)
        if state == "met":
            assert named and (ROOT / named[1]).exists(), number
        else:
            assert words, number


def test_the_counts_at_the_top_are_right() -> None:
    states = [state for _, _, state, _ in ROW.findall(PAGE)]
    told = f"{states.count('met')} met, {states.count('not applicable')} not applicable, {states.count('open')} open"
    assert told in PAGE.replace("\n", " ")
