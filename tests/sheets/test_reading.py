"""Cells come out as the text a person sees, exactly, whichever way the sheet was written."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from common.sheets import SheetRow, StoredNumber, TooManyRows, WorkbookDamaged, open_workbook
from common.sheets import workbook as reading
from common.sheets.plain_rows import NotPlain

from .workbooks import sheet_xml, texts_xml, workbook


def rows_of(data: bytes, **options: int) -> list[SheetRow]:
    with open_workbook(data) as book:
        return list(book.rows(book.sheets[0], **options))


def refuse_short_way(*_: Any) -> Any:
    raise NotPlain
    yield


@pytest.fixture(params=["short way", "long way"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "long way":
        monkeypatch.setattr(reading, "plain_rows", refuse_short_way)
        monkeypatch.setattr(reading, "plain_texts", refuse_short_way)
    else:
        monkeypatch.setattr(reading, "parse_rows", None)
        monkeypatch.setattr(reading, "read_texts", None)
    return str(request.param)


def test_all_kinds_of_cells(way: str) -> None:
    rows = (
        '<row r="2" spans="1:9"><c r="A2" t="s"><v>1</v></c><c r="C2" s="3" t="s"><v>0</v></c><c r="D2"/></row>'
        '<row r="3"/><row r="5" ht="15"><c r="A5"><v>13812345678</v></c><c r="B5"><v>1.5</v></c>'
        '<c r="C5" t="b"><v>1</v></c><c r="D5" t="e"><v>#N/A</v></c>'
        '<c r="E5" t="str"><f>A1&amp;"x"</f><v>a&amp;b</v></c>'
        '<c r="F5" s="1"><v>45292</v></c><c r="G5" s="1"><v>45292.5</v></c><c r="H5" s="2"><v>45292</v></c>'
        '<c r="I5" t="inlineStr"><is><t xml:space="preserve"> 王_x000D_&lt; </t></is></c>'
        '<c r="J5"><v>0.10000000000000001</v></c></row>'
    )
    spaced = '<t xml:space="preserve">a b</t><phoneticPr fontId="1"/>'
    texts = texts_xml(["<t>张三</t>", spaced, "<r><t>x</t></r><r><rPr/><t>y</t></r>"])
    numbers, others = ["13812345678", "1.5"], ["TRUE", "#N/A", "a&b"]
    dates = ["2024-01-01", "2024-01-01 12:00:00", "2024-01-01"]
    assert rows_of(workbook(sheet_xml(rows), texts)) == [
        SheetRow(2, ["a b", "", "张三"]),
        SheetRow(5, [*numbers, *others, *dates, " 王\r< ", "0.1"]),
    ]


def test_long_numbers_are_known_to_have_lost_digits(way: str) -> None:
    cells = (
        "3.2020519710412301E+17",
        "320205197104123010",
        "6228045500646615",
        "13812345678",
        "123456789012345",
        "1.0",
    )
    rows = "".join(f'<c r="{chr(65 + i)}1"><v>{cell}</v></c>' for i, cell in enumerate(cells))
    ((_, found),) = rows_of(workbook(sheet_xml(f'<row r="1">{rows}</row>')))
    assert found == [
        "320205197104123010",
        "320205197104123010",
        "6228045500646615",
        "13812345678",
        "123456789012345",
        "1",
    ]
    assert [cell.digits_lost for cell in found if isinstance(cell, StoredNumber)] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_text_that_looks_like_a_number_is_no_stored_number(way: str) -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>320205197104123010</t></is></c></row>'
    ((_, (cell,)),) = rows_of(workbook(sheet_xml(row)))
    assert not isinstance(cell, StoredNumber)


CELL = '<c r="B4" t="inlineStr"><is><t>a</t></is></c>'
UNUSUAL = {
    "prefixes": '<?xml version="1.0"?><x:worksheet xmlns:x="m"><x:sheetData><x:row r="4"><x:c r="B4" t="inlineStr">'
    "<x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>",
    "comment and CDATA": '<worksheet><sheetData><!-- </row> --><row r="4"><c t="inlineStr" r="B4"><is>'
    "<t><![CDATA[a]]></t></is></c></row></sheetData></worksheet>",
    "apostrophes, line ends, rich text": "<worksheet>\n<sheetData>\n<row r='4'>\n<c r='B4' t='inlineStr'><is>"
    "<r><t>a</t></r><rPh><t>zzz</t></rPh></is></c>\n</row>\n</sheetData></worksheet>",
    "no references": '<worksheet><sheetData><row/><row/><row/><row><c/><c t="inlineStr"><is><t>a</t></is></c>'
    "</row></sheetData></worksheet>",
    "UTF-16": (
        '<?xml version="1.0" encoding="UTF-16"?>'
        f'<worksheet><sheetData><row r="4">{CELL}</row></sheetData></worksheet>'
    ).encode("utf-16"),
}


@pytest.mark.parametrize("sheet", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_ways_of_writing_are_read_too(sheet: str | bytes) -> None:
    assert rows_of(workbook(sheet)) == [SheetRow(4, ["", "a"])]


def test_a_sheet_that_turns_unusual_in_the_middle_is_read_once() -> None:
    plain = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 9))
    odd = "<row r='9'><c r='A9'><v>9</v></c></row>"
    assert [row.number for row in rows_of(workbook(sheet_xml(plain + odd)))] == list(range(1, 10))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>one</v></c></row>',
        '<row r="1"><c r="A1"><v>1E+999999999</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</c></row>',
        '<row r="1"><c r="A1"><v>1',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a\x01b</t></is></c></row>',
    ],
)
def test_contradictions_are_damage(rows: str) -> None:
    with pytest.raises(WorkbookDamaged):
        rows_of(workbook(sheet_xml(rows)))


def test_escaped_control_characters_and_surrogates_never_come_out() -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_b_xD83D_c</t></is></c></row>'
    assert rows_of(workbook(sheet_xml(row))) == [SheetRow(1, ["ab\ufffdc"])]


def test_the_row_limit_counts_rows_with_content() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 5, 9)) + '<row r="99"></row>'
    assert len(rows_of(workbook(sheet_xml(rows)), max_rows=3)) == 3
    with pytest.raises(TooManyRows) as refused:
        rows_of(workbook(sheet_xml(rows)), max_rows=2)
    assert "2 行" in refused.value.sentence.zh


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12
)
CELLS = st.one_of(
    TEXTS.filter(lambda text: "_x" not in text),
    st.integers(-(10**14), 10**14),
    st.booleans(),
    st.none(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
GRIDS = st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=12)


def by_openpyxl(grid: list[list[Any]]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for y, row in enumerate(grid, start=1):
        for x, value in enumerate(row, start=1):
            cell = book.worksheets[0].cell(y, x)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(target)
    return target.getvalue()


def by_xlsxwriter(grid: list[list[Any]], *, shared: bool) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"constant_memory": not shared, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for y, row in enumerate(grid):
        for x, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(y, x, value)
            else:
                sheet.write(y, x, value, day if isinstance(value, date) else None)
    book.close()
    return target.getvalue()


def shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(int(value)) if isinstance(value, float | int) else str(value)


def filled(rows: list[list[str]]) -> list[SheetRow]:
    trimmed = ((number, list(row)) for number, row in enumerate(rows, start=1))
    result = []
    for number, row in trimmed:
        while row and not row[-1]:
            row.pop()
        if any(map(str.strip, row)):
            result.append(SheetRow(number, row))
    return result


@settings(max_examples=60, deadline=None)
@given(GRIDS, st.sampled_from(["openpyxl", "shared", "inline"]))
def test_what_libraries_write_comes_out_both_ways_as_calamine_reads_it(
    grid: list[list[Any]], writer: str
) -> None:
    data = by_openpyxl(grid) if writer == "openpyxl" else by_xlsxwriter(grid, shared=writer == "shared")
    expected = filled([[shown(value) for value in row] for row in grid])
    assert filled([[*row.cells] for row in _dense(rows_of(data))]) == expected
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    assert filled([[shown(v) for v in row] for row in sheet.to_python(skip_empty_area=False)]) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "plain_rows", refuse_short_way)
        patch.setattr(reading, "plain_texts", refuse_short_way)
        assert filled([[*row.cells] for row in _dense(rows_of(data))]) == expected


def _dense(rows: list[SheetRow]) -> list[SheetRow]:
    by_number = {row.number: row for row in rows}
    return [by_number.get(number, SheetRow(number, [])) for number in range(1, max(by_number, default=0) + 1)]
