"""Reads the pages of a folder in a process of its own and prints seconds per page and memory as JSON.

python -m tests.bench.pages ours|plain FOLDER
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def ours() -> Callable[[Path], object]:
    """The recogniser with all its checks."""
    from ocr.recognition import Recognizer

    recognizer = Recognizer()
    return lambda page: recognizer.recognize(page.read_bytes(), filename=page.name)


def plain() -> Callable[[Path], object]:
    """RapidOCR with its own defaults."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    return lambda page: engine(str(page))


def main() -> None:
    read = {"ours": ours, "plain": plain}[sys.argv[1]]()
    pages = sorted(Path(sys.argv[2]).glob("*.jpg"))
    read(pages[0])  # models are loaded and warm
    started = time.perf_counter()
    for page in pages:
        read(page)
    taken = (time.perf_counter() - started) / len(pages)
    memory = psutil.Process().memory_full_info().uss / 2**20
    print(json.dumps({"seconds": taken, "mb": memory}))


if __name__ == "__main__":
    main()
