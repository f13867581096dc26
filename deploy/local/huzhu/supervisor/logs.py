"""Logs kept small: a log that has grown too large is copied aside and emptied in place.

Copied rather than renamed, because the processes hold their log open (for appending).
"""

import asyncio
import shutil
from pathlib import Path

LARGEST_BYTES = 10 * 1024 * 1024
KEPT = 3
_EVERY_S = 15.0


def rotate(log: Path, *, largest: int = LARGEST_BYTES, kept: int = KEPT) -> bool:
    """Moves the content to `<log>.1` and the older ones up, when the log is larger; whether it did."""
    if not log.exists() or log.stat().st_size <= largest:
        return False
    for number in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    with log.open("r+b") as file:
        file.truncate(0)
    return True


def _rotate_all(folder: Path) -> None:
    for log in folder.glob("*.log"):
        rotate(log)


async def keep_rotating(folder: Path) -> None:
    """Looks at every log now and then, until cancelled."""
    while True:
        await asyncio.to_thread(_rotate_all, folder)
        await asyncio.sleep(_EVERY_S)
