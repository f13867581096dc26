"""Says on one machine what an alert says on Kubernetes: the disk of the data fills."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

_EVERY_S = 15.0
LITTLE_SHARE, LITTLE_BYTES = 0.10, 2 * 1024**3
"""Little is left where less than a tenth and less than 2 GiB are free."""
_AGAIN_AFTER = 40
"""Every ten minutes while it lasts."""


def little_left(free: int, total: int) -> bool:
    """Whether so few bytes of a disk are free that somebody has to know."""
    return free < total * LITTLE_SHARE and free < LITTLE_BYTES


def words(path: Path, free: int) -> str:
    """What is said, and what to do."""
    return (
        f"磁盘将满 the disk fills: {path} 仅剩 only {free / 1024**2:.0f} MB 可用 are free. "
        "写满后请求会被拒绝（503），已答复的内容不会丢失：请清理或扩容，见 docs/runbooks/disk-full.md。"
        " Once it is full requests are refused (503) and nothing that was answered is lost: free space."
    )


async def watch_disk(path: Path, say: Callable[[str], None], *, every_s: float = _EVERY_S) -> None:
    """Look now and then, until cancelled; say it at once, again while it lasts, and when it is over."""
    looks = 0
    while True:
        usage = await asyncio.to_thread(shutil.disk_usage, path)
        if little_left(usage.free, usage.total):
            if looks % _AGAIN_AFTER == 0:
                say(words(path, usage.free))
            looks += 1
        elif looks:
            looks = 0
            say(f"磁盘空间已恢复 there is room again: {path}")
        await asyncio.sleep(every_s)
