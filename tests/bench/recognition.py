"""Recognising photographed receipts beside plain RapidOCR on the same pages; each in a process of its own."""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

from huzhu.papers import ReceiptValues, draw_receipt, photograph

from .entry import Entry

NAMES = (("ocr.seconds_per_page", "s"), ("ocr.worker_mb", "MB"))
PAGES = 2
ROOT = Path(__file__).resolve().parents[2]


def draw(folder: Path) -> None:
    """Photograph invented receipts into a folder."""
    for number in range(PAGES):
        values = ReceiptValues(
            payer="赵敏",
            number=f"{7141957131 + number}",
            region="32",
            check_code=f"{0xA1B2C3 + number:06x}",
            issued_on=date(2025, 3, 4),
            admitted_on=date(2025, 2, 20),
            discharged_on=date(2025, 3, 4),
            hospital="无锡市锡惠人民医院",
            stay_number=f"20250{number:05d}",
            pooled=Decimal("8123.45") + number,
            other=Decimal("0.00"),
            account=Decimal("312.10"),
            cash=Decimal("2210.55"),
            own_share=Decimal("1300.00"),
        )
        (folder / f"{number}.jpg").write_bytes(photograph(draw_receipt(values), seed=number))


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
    """Yield the two entries."""
    with tempfile.TemporaryDirectory(prefix="huzhu-pages-") as name:
        await asyncio.to_thread(draw, Path(name))
        ours, plain = await read("ours", Path(name)), await read("plain", Path(name))
    yield Entry("ocr.seconds_per_page", ours["seconds"], "s", plain["seconds"], note=f"{PAGES} photographs")
    yield Entry("ocr.worker_mb", ours["mb"], "MB", plain["mb"], note="memory of its own after reading")
