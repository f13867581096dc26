"""The base backups of an archive: which of them leads to a moment, and along which timeline.

A base is named by the moment at which it was whole. Every recovery begins a new timeline; a base leads to a timeline
only if that one branched off after the base was whole.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from huzhu.parts.archive import Archive, NoBackup

NAME = "%Y%m%dT%H%M%S%f"
_SEGMENT = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", re.MULTILINE)


@dataclass(frozen=True)
class Base:
    """A whole base backup."""

    path: Path
    moment: datetime
    timeline: int
    end: int
    """The position in the log at which it was whole."""

    @property
    def first_segment(self) -> str:
        """The oldest segment of the log that it needs."""
        found = _SEGMENT.search((self.path / "backup_label").read_text())
        if found is None:
            raise NoBackup(f"{self.path}/backup_label 已损坏。It is damaged.")
        return found[1]


@dataclass(frozen=True)
class Way:
    """From a base along a timeline."""

    base: Base
    timeline: int


def bases_of(archive: Archive) -> list[Base]:
    """All whole bases, the oldest first."""
    return [_read(path) for path in sorted(archive.bases.glob("2*")) if (path / "PG_VERSION").is_file()]


def oldest_segment(bases: Iterable[Base]) -> str:
    """The oldest segment of the log that any of them needs; the first eight digits are the timeline."""
    return min((base.first_segment for base in bases), key=lambda segment: segment[8:])


def way_to(archive: Archive, until: datetime | None) -> Way:
    """Choose the newest base that was whole before the moment, on the timeline that was written at that moment.

    Raises NoBackup.
    """
    bases = bases_of(archive)
    if not bases:
        raise NoBackup(f"{archive.bases} 里没有备份。There is no backup.")
    before = [base for base in bases if until is None or base.moment <= until]
    if until is not None and not before:
        first = bases[0].moment.isoformat(sep=" ")
        raise NoBackup(
            f"{until.isoformat(sep=' ')} 早于最早的备份，最早可恢复到 {first}。"
            f"It is before the oldest backup; the earliest possible moment is {first}."
        )
    timeline = max([_written_at(archive, until), *(base.timeline for base in before)])
    branches = _branches(archive, timeline)
    leading = [
        base for base in before if base.timeline == timeline or base.end <= branches.get(base.timeline, 0)
    ]
    if not leading:
        raise NoBackup(
            f"没有备份通向第 {timeline} 条时间线（上次恢复之后）。"
            f"No backup leads to timeline {timeline}, that of the last restore."
        )
    return Way(leading[-1], timeline)


def _read(path: Path) -> Base:
    last = json.loads((path / "backup_manifest").read_text())["WAL-Ranges"][-1]
    moment = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
    return Base(path, moment, int(last["Timeline"]), _position(last["End-LSN"]))


def _position(lsn: str) -> int:
    high, low = lsn.split("/")
    return int(high, 16) << 32 | int(low, 16)


def _written_at(archive: Archive, until: datetime | None) -> int:
    """The newest timeline at a moment; its history is archived as soon as it begins."""
    begun = [
        int(path.stem, 16)
        for path in archive.log.glob("*.history")
        if until is None or path.stat().st_mtime <= until.timestamp()
    ]
    return max(begun, default=1)


def _branches(archive: Archive, timeline: int) -> dict[int, int]:
    """Where the ancestors of a timeline were left."""
    history = archive.log / f"{timeline:08X}.history"
    if not history.is_file():
        return {}
    parts = [line.split() for line in history.read_text().splitlines() if line[:1].isdigit()]
    return {int(part[0]): _position(part[1]) for part in parts}
