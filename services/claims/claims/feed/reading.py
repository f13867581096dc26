"""Bytes of a settlement file to lines: CSV, JSON lines or a workbook; one line in memory at a time."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any, BinaryIO, cast

import orjson

from common.sheets import open_workbook
from common.text import Text

from .errors import FeedEmpty, FeedUnreadable
from .rules import REQUIRED, lacks, missing_headings

LONGEST_LINE = 20_000
SAMPLE = 65_536
ZIP = b"PK\x03\x04"
HEADING_WITHIN = 20
"""Rows of a title and remarks that may stand above a workbook's headings."""


def open_feed(file: IO[bytes]) -> tuple[str, Iterator[tuple[int, Mapping[str, object]]]]:
    """Return the format ("csv", "jsonl", "xlsx") and the numbered lines of a file.

    FeedUnreadable, FeedEmpty, or a SheetRefused of common.sheets.
    """
    sample = file.read(SAMPLE)
    file.seek(0)
    if sample.startswith(ZIP):
        return "xlsx", _sheet_lines(file)
    if not sample.strip():
        raise FeedEmpty
    text = io.TextIOWrapper(
        io.BufferedReader(_Kept(file)), encoding=_encoding(sample), errors="replace", newline=""
    )
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "jsonl", _json_lines(text)
    return "csv", _csv_lines(text)


def check_feed(file: IO[bytes]) -> str:
    """Return the format of a file if it begins like one; FeedUnreadable, FeedEmpty. The file stands at its begin."""
    try:
        form, lines = open_feed(file)
        if next(lines, None) is None:
            raise FeedEmpty
    finally:
        file.seek(0)
    return form


class _Kept(io.RawIOBase):
    """Lets a text wrapper read a file without closing it in the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _encoding(sample: bytes) -> str:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            words = Text(f"第 {number} 行过长", f"line {number} is too long")
            raise FeedUnreadable(detail=words.in_language())
        yield line


def _json_lines(text: io.TextIOWrapper) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(_bounded(text), start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            value = None
        yield number, value if isinstance(value, dict) else {}


def _sheet_lines(file: IO[bytes]) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield the rows below the headings of the first sheet, with the sheet's own row numbers."""
    with open_workbook(cast(BinaryIO, file)) as book:
        rows = book.rows(book.sheets[0])
        heading: list[str] = []
        missing = list(REQUIRED)
        for row in islice(rows, HEADING_WITHIN):
            lacking = missing_headings(row.cells)
            # Of rows that are no heading the nearest to one says what is missing.
            missing = min(missing, lacking, key=len)
            if not lacking:
                heading = row.cells
                break
        if not heading:
            raise FeedUnreadable(detail=lacks(missing).in_language())
        for row in rows:
            if any(cell.strip() for cell in row.cells):
                yield row.number, dict(zip(heading, row.cells, strict=False))


def _csv_lines(text: io.TextIOWrapper) -> Iterator[tuple[int, Mapping[str, object]]]:
    reader = csv.reader(_bounded(text))
    try:
        heading = next(reader, [])
        missing = missing_headings(heading)
        if missing:
            raise FeedUnreadable(detail=lacks(missing).in_language())
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(heading, cells, strict=False))
    except csv.Error:
        words = Text(f"第 {reader.line_num} 行不是 CSV 格式", f"line {reader.line_num} is not CSV")
        raise FeedUnreadable(detail=words.in_language()) from None
