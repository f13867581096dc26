"""Bytes of a settlement file to lines: CSV or JSON lines, UTF-8 or GB 18030, one line in memory at a time."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from typing import IO, Any

import orjson

from .errors import FeedEmpty, FeedUnreadable
from .rules import missing_headings

LONGEST_LINE = 20_000
SAMPLE = 65_536


def open_feed(file: IO[bytes]) -> tuple[str, Iterator[tuple[int, Mapping[str, object]]]]:
    """Return the format ("csv", "jsonl") and the numbered lines of a file; FeedUnreadable, FeedEmpty."""
    sample = file.read(SAMPLE)
    file.seek(0)
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
            raise FeedUnreadable(detail=f"第 {number} 行过长 / line {number} is too long")
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


def _csv_lines(text: io.TextIOWrapper) -> Iterator[tuple[int, Mapping[str, object]]]:
    reader = csv.reader(_bounded(text))
    try:
        heading = next(reader, [])
        missing = missing_headings(heading)
        if missing:
            raise FeedUnreadable(detail="缺少列 / missing columns: " + ", ".join(missing))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(heading, cells, strict=False))
    except csv.Error:
        raise FeedUnreadable(detail=f"CSV, {reader.line_num}") from None
