"""Reads an admission sheet row by row, and writes its template and its result."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from common.contracts.pack.rosters import Roster
from common.identifiers import compact_number, plain_name, plain_number
from common.sheets import (
    DEFAULT_LIMITS,
    Limits,
    SheetRow,
    SheetWriter,
    StoredNumber,
    TooManyRows,
    Workbook,
    open_workbook,
)
from common.sheets.package import Package

from .errors import SheetEmpty, SheetNotRecognised
from .rules import SheetPerson

SEARCHED_ROWS = 30
LAST_ROW = 1_048_576
REASON_TITLE = "未办理原因"
_NUMBER_TITLE, _HINTS_TITLE = "序号", "说明"
_SYNONYMS = {
    "name": ("姓名", "会员姓名", "职工姓名", "name"),
    "id_number": ("身份证号", "身份证号码", "身份证", "证件号码", "证件号", "公民身份号码", "居民身份证号", "idnumber"),
    "mobile": ("手机号", "手机号码", "手机", "联系电话", "移动电话"),
    "note": ("备注", "说明"),
}  # fmt: skip
_NORMALISED = {"name": plain_name, "id_number": plain_number, "mobile": compact_number}
_NOT_A_PERSON = frozenset({"note"})
_NOISE = re.compile(r"[\s*:;,。、\"'()（）\[\]【】_-]+")
_WIDTHS = {"name": 14.0, "id_number": 24.0, "mobile": 16.0}


def read_people(path: Path, sheet: Roster, limits: Limits) -> Iterator[SheetPerson]:
    """Yield the people of a sheet; numbered rows without a person are nobody.

    The columns are found by their headings, in any order. SheetNotRecognised, SheetEmpty, or a SheetRefused.
    """
    count = 0
    with open_workbook(path, limits) as workbook:
        columns, rows = _find(workbook, sheet)
        for row in rows:
            person = _person(row, columns)
            if person is None:
                continue
            count += 1
            if count > limits.rows:
                raise TooManyRows(limit=limits.rows)
            yield person
    if not count:
        raise SheetEmpty


def _find(workbook: Workbook, sheet: Roster) -> tuple[dict[str, int], Iterator[SheetRow]]:
    titles = {
        _plain(title): column.field
        for column in sheet.columns
        for title in (*_SYNONYMS.get(column.field, ()), column.title.zh, column.title.en, *column.aliases)
    }
    needed = {column.field for column in sheet.columns if column.required}
    seen = False
    for tab in workbook.sheets:
        if not tab.visible:
            continue
        rows = workbook.rows(tab, max_rows=LAST_ROW)
        for _, row in zip(range(SEARCHED_ROWS), rows, strict=False):
            seen = True
            columns: dict[str, int] = {}
            for index, cell in enumerate(row.cells):
                if field := titles.get(_plain(cell)):
                    columns.setdefault(field, index)
            if needed <= columns.keys():
                return columns, rows
    if not seen:
        raise SheetEmpty
    raise SheetNotRecognised(columns="、".join(c.title.zh for c in sheet.columns if c.required))


def _person(row: SheetRow, columns: Mapping[str, int]) -> SheetPerson | None:
    values: dict[str, str] = {}
    lost: set[str] = set()
    somebody = False
    for field, index in columns.items():
        if index >= len(row.cells) or not (cell := row.cells[index]):
            continue
        values[field] = _NORMALISED.get(field, str.strip)(cell)
        if isinstance(cell, StoredNumber) and cell.digits_lost:
            lost.add(field)
        somebody = somebody or (field not in _NOT_A_PERSON and not cell.isspace())
    return SheetPerson(row.number, values, frozenset(lost)) if somebody else None


def _plain(title: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", title).lower())


def write_template(path: Path, sheet: Roster, *, empty_rows: int = 50) -> None:
    """Write the template (批量入会模板) with headings, hints and the example row."""
    with SheetWriter(path, widths=_widths(sheet)) as out:
        _heading(out, sheet)
        example = {str(field): text for field, text in sheet.examples[0].items()} if sheet.examples else {}
        for number in range(1, empty_rows + 1):
            out.row(_cells(sheet, number, example if number == 1 else {}))


def write_failed(
    path: Path, sheet: Roster, rows: Iterable[tuple[int, Mapping[str, str], Sequence[Mapping[str, str]]]]
) -> None:
    """Write rows that were not admitted in the template's layout: number, cells, all reasons, wrong cells marked.

    It can be corrected in place and uploaded again: the last two columns are not read.
    """
    fields = [column.field for column in sheet.columns]
    with SheetWriter(path, widths=[*_widths(sheet), 60.0, 10.0]) as out:
        _heading(out, sheet, extra=(REASON_TITLE, "原行号"))
        for count, (number, cells, reasons) in enumerate(rows, start=1):
            bad = {reason["field"] for reason in reasons}
            wrong = {
                index + sheet.numbered for index, field in enumerate(fields) if field in bad or "row" in bad
            }
            text = "\n".join(reason["zh"] for reason in reasons)
            out.row([*_cells(sheet, count, cells), text, str(number)], wrong=wrong)


def _heading(out: SheetWriter, sheet: Roster, *, extra: tuple[str, ...] = ()) -> None:
    if sheet.header_row > 1:
        out.title(sheet.title.zh, len(sheet.columns) + sheet.numbered)
    for row in range(2, sheet.header_row):
        hints = [column.hint or "" for column in sheet.columns]
        out.heading([_HINTS_TITLE] * sheet.numbered + hints if row == 2 else [])
    out.heading([_NUMBER_TITLE] * sheet.numbered + [c.title.zh for c in sheet.columns] + [*extra])
    out.freeze()


def _cells(sheet: Roster, number: int, values: Mapping[str, str]) -> list[str]:
    return [str(number)] * sheet.numbered + [values.get(column.field, "") for column in sheet.columns]


def _widths(sheet: Roster) -> list[float]:
    return [6.0] * sheet.numbered + [_WIDTHS.get(column.field, 14.0) for column in sheet.columns]


def refuse_unless_workbook(path: Path) -> None:
    """Look at what the file is, unpacking nothing: NotAWorkbook and the like for what can never be checked."""
    with path.open("rb") as stream:
        Package(stream, DEFAULT_LIMITS).close()
