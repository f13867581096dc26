"""Reads the pages of a folder with truth.jsonl in a process of its own; prints time, memory and accuracy as JSON.

python -m tests.bench.pages ours|plain FOLDER
"""

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


def main() -> None:
    """Command line."""
    read, tally = {"ours": ours, "plain": plain}[sys.argv[1]]()
    folder = Path(sys.argv[2])
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    pages = [(folder / truth["photo"], truth) for truth in truths]
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
