"""A disk that fills is told on one machine, and told again when it has room."""

import asyncio
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from huzhu.supervisor.disk import little_left, watch_disk, words

MB = 1024**2


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "total", "little"),
    [(100 * MB, 3000 * MB, True), (400 * MB, 3000 * MB, False), (50_000 * MB, 900_000 * MB, False)],
)
def test_little_is_a_share_and_an_amount(free: int, total: int, little: bool) -> None:
    assert little_left(free, total) is little


async def test_it_is_said_once_and_again_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = {"free": 2000 * MB}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(3000 * MB, 0, disk["free"]))
    said: list[str] = []
    watching = asyncio.create_task(watch_disk(tmp_path, said.append, every_s=0.001))
    try:
        for free, expected in ((10 * MB, words(tmp_path, 10 * MB)), (2000 * MB, "there is room again")):
            disk["free"] = free
            async with asyncio.timeout(60):
                while not (said and expected in said[-1]):
                    await asyncio.sleep(0.001)
    finally:
        watching.cancel()
    assert "磁盘将满" in said[0] and "docs/runbooks/disk-full.md" in said[0]
