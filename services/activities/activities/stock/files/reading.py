"""Reads a file of codes: which columns it has, its lines, and what is wrong with each. Runs in a process of its own."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from common.sheets import Limits, SheetRow, StoredNumber, open_workbook

from ..errors import CodesFileUnreadable, CodesMissing, CodesTooLarge
from ..formats import matches
from ..rules import MOST_LINES, MOST_MEGABYTES, fault_of

HEADINGS = {
    "code": {"电子码", "券码", "兑换码", "卡号", "code", "codes"},
    "pin": {"卡密", "密码", "卡密码", "pin"},
    "expires": {"有效期", "有效期至", "到期日", "expires", "valid until"},
}
LIMITS = Limits(
    file_bytes=MOST_MEGABYTES * 1024 * 1024, unpacked_bytes=100_000_000, rows=MOST_LINES + 1, columns=20
)
_ZIP = b"PK\x03\x04"
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class CodeLine:
    """A good line of a file, with its number there."""

    line: int
    code: str
    pin: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class LeftOut:
    """A line that is not imported: what stands in it, and why (a key of `reasons.REASONS`)."""

    line: int
    code: str
    reason: str
    first_line: int | None = None


@dataclass
class CodeFile:
    """What a file holds."""

    good: list[CodeLine] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines with content it has."""
        return len(self.good) + len(self.left_out)


def read_code_file(path: Path, *, form: str, today: date) -> CodeFile:
    """Read an xlsx or csv; CodesFileUnreadable, CodesMissing, CodesTooLarge, or what a workbook is refused for."""
    rows = _xlsx(path) if _head(path).startswith(_ZIP) else _csv(path)
    found = CodeFile()
    first = next(rows, None)
    if first is None:
        raise CodesMissing
    columns = columns_of(first.cells)
    remaining = rows if columns else _with(first, rows)
    seen: dict[str, int] = {}
    for row in islice(remaining, MOST_LINES + 1):
        if found.lines >= MOST_LINES:
            raise CodesTooLarge(most_lines=MOST_LINES, most_megabytes=MOST_MEGABYTES)
        _judge(row, columns or {"code": 0}, form=form, today=today, seen=seen, found=found)
    if not found.lines:
        raise CodesMissing
    return found


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """Return the places of the columns that a row of headings names; empty if it names no code."""
    plain = [cell.strip().lower() for cell in cells]
    found = {
        name: plain.index(title) for name, titles in HEADINGS.items() for title in titles if title in plain
    }
    return found if "code" in found else {}


def _judge(
    row: SheetRow,
    columns: dict[str, int],
    *,
    form: str,
    today: date,
    seen: dict[str, int],
    found: CodeFile,
) -> None:
    cells = {name: _cell(row, place) for name, place in columns.items()}
    code, pin, expires = cells["code"].strip(), cells.get("pin", "").strip(), cells.get("expires", "").strip()
    if not (code or pin or expires):
        return
    reason, expires_on = _reason(cells["code"], code, pin, form=form), None
    if reason is None and expires:
        expires_on = _date(expires)
        reason = "code.expires" if expires_on is None else "code.expired" if expires_on < today else None
    if reason is None and code in seen:
        found.left_out.append(LeftOut(row.number, code, "code.in_file", seen[code]))
        return
    if reason is not None:
        found.left_out.append(LeftOut(row.number, code, reason))
        return
    seen[code] = row.number
    found.good.append(CodeLine(row.number, code, pin or None, expires_on))


def _reason(cell: str, code: str, pin: str, *, form: str) -> str | None:
    if not code:
        return "code.missing"
    if isinstance(cell, StoredNumber) and cell.digits_lost:
        return "code.digits_lost"
    return (
        fault_of(code)
        or (fault_of(pin.replace(" ", "")) if pin else None)
        or (None if matches(code, form) else "code.format")
    )


def _cell(row: SheetRow, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _date(text: str) -> date | None:
    plain = (
        text.split(" ", maxsplit=1)[0]
        .replace("/", "-")
        .replace(".", "-")
        .replace("年", "-")
        .replace("月", "-")
    )
    parts = plain.rstrip("日").split("-")
    if len(parts) == 1 and len(plain) == 8:
        parts = [plain[:4], plain[4:6], plain[6:]]
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _xlsx(path: Path) -> Iterator[SheetRow]:
    with open_workbook(path, LIMITS) as book:
        shown = [sheet for sheet in book.sheets if sheet.visible]
        if shown:
            yield from book.rows(shown[0])


def _csv(path: Path) -> Iterator[SheetRow]:
    """Read UTF-8 or GB 18030, comma, semicolon or tab."""
    raw = path.read_bytes()
    if raw.startswith(_BINARY) or b"\x00" in raw:
        raise CodesFileUnreadable
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise CodesFileUnreadable from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1):
            if any(cell.strip() for cell in cells):
                yield SheetRow(number, cells)
    except csv.Error:
        raise CodesFileUnreadable from None


def _with(first: SheetRow, rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    yield first
    yield from rows
