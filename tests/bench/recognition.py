"""Recognising photographed receipts beside plain RapidOCR on the same pages; each in a process of its own."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from .entry import Entry

NAMES = (
    ("ocr.seconds_per_page", "s"),
    ("ocr.seconds_first_look", "s"),
    ("ocr.worker_mb", "MB"),
    ("ocr.exact_fields", "share"),
    ("ocr.accepted_fields", "share"),
    ("ocr.accepted_of_confirmable", "share"),
    ("ocr.wrongly_accepted", "fields"),
)
ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(os.environ.get("HUZHU_RECEIPTS") or ROOT / "tests" / "data" / "receipts")
"""Photographed papers with their truth: eight of them here, or all of a folder of the kind (`HUZHU_RECEIPTS=`)."""
START_SECONDS, PAGE_SECONDS = 140.0, 20.0


def deadline(folder: Path = PAGES) -> float:
    """Seconds in which the pages of a folder are read three times on a slow machine, models loaded before."""
    with suppress(OSError):
        pages = len((folder / "truth.jsonl").read_text(encoding="utf-8").splitlines())
        return START_SECONDS + PAGE_SECONDS * pages
    return START_SECONDS


async def read(kind: str, folder: Path) -> dict[str, float]:
    """Run `tests.bench.pages`; its process does not outlive this."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.pages", kind, str(folder)), cwd=ROOT, stdout=PIPE, stderr=DEVNULL
    )
    try:
        out, _ = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"reading with {kind} ended with {process.returncode}")
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the entries; the same pages are read by plain RapidOCR with its defaults."""
    ours, plain = await read("ours", PAGES), await read("plain", PAGES)
    worker = await read("worker", PAGES)
    pages = f"{ours['pages']:.0f} photographs, second looks included"
    yield Entry("ocr.seconds_per_page", ours["seconds"], "s", plain["seconds"], note=pages)
    yield Entry("ocr.seconds_first_look", ours["first"], "s", plain["seconds"], note="without second looks")
    held = f"at most, while reading; {worker['processes']:.0f} processes one after another"
    yield Entry("ocr.worker_mb", worker["mb"], "MB", plain["mb"], note=held)
    yield Entry("ocr.exact_fields", ours["exact"], "share")
    yield Entry("ocr.accepted_fields", ours["accepted"], "share", note="without asking")
    yield Entry("ocr.accepted_of_confirmable", ours["confirmed"], "share")
    yield Entry("ocr.wrongly_accepted", ours["wrong"], "fields")
