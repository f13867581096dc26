"""Reads the pages of a folder with truth.jsonl in a process of its own; prints time, memory and accuracy as JSON.

python -m tests.bench.pages ours|plain|worker FOLDER
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.ocr.recognition.evaluate import Tally, count


def ours() -> tuple[Callable[[Path, dict[str, Any]], object], Tally]:
    """The recogniser with all its checks, and what it got right."""
    from ocr.recognition import Recognizer

    recognizer, tally = Recognizer(), Tally()
    return lambda page, truth: count(tally, truth, recognizer.recognize(page.read_bytes()), False), tally


def plain() -> tuple[Callable[[Path, dict[str, Any]], object], Tally]:
    """RapidOCR with its own defaults."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    return lambda page, truth: engine(str(page)), Tally()


def listed(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The photographs of a folder, each with its truth."""
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(folder / truth["photo"], truth) for truth in truths]


async def worker(pages: list[Path]) -> dict[str, float]:
    """The memory of the recogniser's reading processes, as they read one document after another."""
    from ocr.queue.reader import Reader

    reader, highest = Reader(threads=2), dict[int, float]()
    for page in pages:
        reading = asyncio.create_task(reader.read(page.read_bytes(), within=180))
        while not (await asyncio.wait([reading], timeout=0.02))[0]:
            note(reader.pid, highest)
        await reading
        note(reader.pid, highest)
    reader.stop()
    return {"mb": max(highest.values()), "processes": len(highest), "pages": len(pages)}


def note(pid: int | None, highest: dict[int, float]) -> None:
    """Keep the most that a living process has held; the system counts it, so no moment is missed while it lives."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return
    for line in status.splitlines():
        if pid is not None and line.startswith("VmHWM"):
            highest[pid] = int(line.split()[1]) / 1024


def main() -> None:
    """Command line."""
    if sys.argv[1] == "worker":
        print(json.dumps(asyncio.run(worker([page for page, _ in listed(Path(sys.argv[2]))]))))
        return
    read, tally = {"ours": ours, "plain": plain}[sys.argv[1]]()
    pages = listed(Path(sys.argv[2]))
    read(*pages[0])  # models are loaded and warm
    started = time.perf_counter()
    for page, truth in pages:
        read(page, truth)
    taken = (time.perf_counter() - started) / len(pages)
    fields = max(sum(tally.all.values()), 1)
    found = {
        "seconds": taken,
        "first": sum(tally.first[1:]) / max(len(tally.first) - 1, 1),
        "pages": len(pages),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "exact": sum(tally.exact.values()) / fields,
        "accepted": sum(tally.verified.values()) / fields,
        "confirmed": tally.confirmed / max(tally.confirmable, 1),
        "wrong": len(tally.wrong_verified),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
