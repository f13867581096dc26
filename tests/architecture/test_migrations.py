"""The migrations of a service form one line: each revision has one successor and is named as its file."""

import re
from pathlib import Path

import pytest

from .source import ROOT, SERVICES

NUMBER = re.compile(r'^(down_)?revision(?:: [^=]+)? = (?:"(\w+)"|None)', re.MULTILINE)


def faults(files: dict[str, str]) -> list[str]:
    """Return what is wrong with a service's migrations, given their texts by file name."""
    found, revisions, downs = [], [], []
    for name, text in sorted(files.items()):
        numbers = {bool(down): number or None for down, number in NUMBER.findall(text)}
        if numbers.get(False) != name[:4]:
            found.append(f"{name} has the revision {numbers.get(False)}")
        revisions.append(numbers.get(False))
        downs.append(numbers.get(True))
    if [None, *revisions[:-1]] != downs:
        found.append(f"{revisions} follow {downs}: not one line")
    return found


def texts(service: str) -> dict[str, str]:
    folder = ROOT / "services" / service / "migrations" / "versions"
    return {path.name: Path(path).read_text(encoding="utf-8") for path in folder.glob("*.py")}


@pytest.mark.parametrize("service", SERVICES)
def test_one_line(service: str) -> None:
    assert texts(service) and faults(texts(service)) == []


def test_planted_violations_are_seen() -> None:
    first = 'revision = "0001"\ndown_revision = None\n'
    second = 'revision = "0002"\ndown_revision = "0001"\n'
    assert faults({"0001_a.py": first, "0002_b.py": second}) == []
    assert faults({"0001_a.py": first, "0002_b.py": second, "0002_c.py": second})
    assert faults({"0001_a.py": first, "0003_b.py": second})
    assert faults({"0001_a.py": first, "0002_b.py": second.replace("0001", "0000")})
