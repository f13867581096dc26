"""A reading process that has grown too large is replaced between two documents, and no document is blamed for it."""

import pytest

from ocr.queue.reader import Reader

from . import files


@pytest.mark.parametrize(("most_mb", "stays"), [(1, False), (10_000, True)])
async def test_a_process_that_holds_too_much_reads_no_second_document(most_mb: int, stays: bool) -> None:
    """The next document is read by another process; one that is small enough stays, with its models."""
    reader = Reader(threads=1, most_mb=most_mb)
    pids = []
    try:
        for _ in range(2):
            answer = await reader.read(files.jpeg(), within=180)
            assert answer["type"] and "resident_mb" not in answer and len(answer["pictures"]) >= 2
            pids.append(reader.pid)
        assert (pids == [None, None]) if not stays else (pids[0] is not None and pids[0] == pids[1])
    finally:
        reader.stop()
