"""Open an uploaded workbook and walk through its sheets."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from .errors import TooManyRows, WorkbookTooLarge
from .limits import DEFAULT_LIMITS, Limits
from .package import Package
from .parts import SheetPart, read_contents, read_date_styles, read_texts
from .plain_rows import NotPlain, plain_rows, plain_texts
from .rows import RowBuilder, SheetRow, Values, parse_rows

Source = Path | bytes | BinaryIO


class Workbook:
    """A workbook that was judged safe to read. Nothing of a sheet is read before its rows are asked for."""

    def __init__(self, package: Package, limits: Limits) -> None:
        self._package, self._limits = package, limits
        self._contents = read_contents(package)
        self._values: Values | None = None

    @property
    def sheets(self) -> list[SheetPart]:
        """The sheets in the order of their tabs; hidden ones are marked."""
        return self._contents.sheets

    def rows(self, sheet: SheetPart, *, max_rows: int | None = None) -> Iterator[SheetRow]:
        """Yield the rows of a sheet that have content, with the sheet's own row numbers.

        Texts are exact: numbers come as StoredNumber. Raises TooManyRows past `max_rows` (default: the
        limits'), TooManyColumns, WorkbookDamaged, WorkbookTooLarge.
        """
        limit = self._limits.rows if max_rows is None else max_rows
        if self._values is None:
            self._values = self._read_values()
        for count, row in enumerate(self._rows_of(sheet.part, self._values), start=1):
            if count > limit:
                raise TooManyRows(limit=limit)
            yield row

    def _rows_of(self, part: str, values: Values) -> Iterator[SheetRow]:
        """Go the short way as far as it leads, then the long one."""
        last = 0
        try:
            for row in plain_rows(self._package, part, RowBuilder(values, self._limits)):
                last = row.number
                yield row
        except NotPlain:
            rows = parse_rows(self._package, part, RowBuilder(values, self._limits))
            yield from (row for row in rows if row.number > last)

    def _read_values(self) -> Values:
        contents = self._contents
        dates = read_date_styles(self._package, contents.styles_part)
        part = contents.texts_part
        if part is None or part not in self._package.names:
            return Values([], dates, contents.since_1904)
        try:
            texts = self._kept(plain_texts(self._package, part))
        except NotPlain:
            texts = self._kept(read_texts(self._package, part))
        return Values(texts, dates, contents.since_1904)

    def _kept(self, texts: Iterator[str]) -> list[str]:
        """Keep the shared texts; rows then point at them: a text used a million times is there once."""
        limits = self._limits
        kept = [text[: limits.cell_characters] for text in islice(texts, limits.texts + 1)]
        if len(kept) > limits.texts:
            raise WorkbookTooLarge(limit_mb=limits.unpacked_bytes // 1_000_000)
        return kept


@contextmanager
def open_workbook(source: Source, limits: Limits = DEFAULT_LIMITS) -> Iterator[Workbook]:
    """Open an xlsx given as path, bytes or seekable stream.

    Raises a SheetRefused that says what is wrong: NotAWorkbook, WorkbookEncrypted, WorkbookDamaged,
    FileTooLarge, WorkbookTooLarge.
    """
    with _stream(source) as stream:
        package = Package(stream, limits)
        try:
            yield Workbook(package, limits)
        finally:
            package.close()


@contextmanager
def _stream(source: Source) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    else:
        yield io.BytesIO(source) if isinstance(source, bytes) else source
