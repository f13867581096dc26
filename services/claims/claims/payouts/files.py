"""Bytes of the bank's files: CSV and xlsx written and read in the pack's layouts."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from common.contracts.pack.bank import BatchLayout, ResultLayout, StatementLayout
from common.errors import DomainError
from common.sheets import SheetWriter, open_workbook
from common.sheets.errors import SheetRefused
from common.text import Text

from .errors import ResultUnreadable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 200_000
EMPTY = Text("文件为空", "the file is empty")


def lacks_columns(titles: Sequence[str]) -> Text:
    """Say which needed columns a bank's file does not have."""
    return Text(f"缺少列“{'”、“'.join(titles)}”", f"it lacks the columns “{'”, “'.join(titles)}”")


def write_csv(layout: BatchLayout | ResultLayout, rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in the bank's encoding, lines ended as Windows programs expect."""
    target = io.StringIO()
    csv.writer(target, delimiter=layout.delimiter, lineterminator="\r\n").writerows(rows)
    return target.getvalue().encode(layout.encoding)


def write_xlsx(layout: BatchLayout, rows: Iterable[Sequence[str]]) -> bytes:
    """Return the batch as a workbook; every cell is text, so that no digit of an account is lost."""
    return write_sheet(rows, columns=len(layout.columns))


def write_sheet(rows: Iterable[Sequence[str]], *, columns: int) -> bytes:
    """Return rows as a workbook of texts."""
    target = io.BytesIO()
    with SheetWriter(target, widths=[20.0] * columns) as sheet:
        for row in rows:
            sheet.row(row)
    return target.getvalue()


def read_rows(
    layout: BatchLayout | ResultLayout | StatementLayout,
    data: bytes,
    *,
    unreadable: type[DomainError] = ResultUnreadable,
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a bank's file with their numbers; `unreadable` if it is neither CSV nor xlsx."""
    if data[:4] == b"PK\x03\x04":
        yield from _xlsx(data, unreadable)
        return
    text = _decode(layout, data, unreadable)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter)
        for number, row in enumerate(reader, start=1):
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error:
        raise unreadable(detail="CSV") from None


def _decode(
    layout: BatchLayout | ResultLayout | StatementLayout, data: bytes, unreadable: type[DomainError]
) -> str:
    """Decode in the bank's encoding; a byte-order mark, or UTF-8 that says so by its bytes, wins."""
    for encoding in ("utf-8-sig", layout.encoding):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(detail=layout.encoding)


def _xlsx(data: bytes, unreadable: type[DomainError]) -> Iterator[tuple[int, list[str]]]:
    try:
        with open_workbook(data) as book:
            for row in book.rows(book.sheets[0], max_rows=MOST_ROWS):
                yield row.number, [cell or "" for cell in row.cells]
    except SheetRefused as refused:
        raise unreadable(detail=refused.sentence.in_language()) from None
