"""Prints the part of a hashed lock file that an image installs: `python subset.py requirements.lock NAMES.txt`."""

import re
import sys
from pathlib import Path

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==")


def subset(lock: str, names: set[str]) -> str:
    """Return the lock's entries of these names with their hashes; ValueError where one is missing."""
    kept: list[str] = []
    missing, keeping = set(names), False
    for line in lock.splitlines(keepends=True):
        if entry := ENTRY.match(line):
            name = re.sub(r"[-_.]+", "-", entry[1]).lower()
            keeping = name in names
            missing.discard(name)
        if keeping:
            kept.append(line)
    if missing:
        raise ValueError(f"not in the lock: {', '.join(sorted(missing))}")
    return "".join(kept)


if __name__ == "__main__":
    lock_file, names_file = sys.argv[1:]
    sys.stdout.write(subset(Path(lock_file).read_text(), set(Path(names_file).read_text().split())))
