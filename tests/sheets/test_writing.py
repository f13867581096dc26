"""What is written comes back the same, is text, is marked, and never runs."""

import io
from decimal import Decimal

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from common.sheets import Column, SheetWriter, StoredNumber, open_workbook, write_workbook

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "\t=1",
    "{=1}",
    "http://example.org",
    "320205197104122301",
]


def written(rows: list[list[str]]) -> io.BytesIO:
    target = io.BytesIO()
    write_workbook(target, [Column("a"), Column("b")], rows)
    return target


def test_formulas_stay_text() -> None:
    target = written([[text] for text in DANGEROUS])
    sheet = openpyxl.load_workbook(target).worksheets[0]
    for row, text in enumerate(DANGEROUS, start=2):
        cell = sheet.cell(row, 1)
        assert (cell.value, cell.data_type, cell.hyperlink, cell.number_format) == (text, "s", None, "@")
        assert bool(cell.quotePrefix) == text.startswith(("=", "+", "-", "@", "\t"))


def test_what_is_summed_is_a_number() -> None:
    target = io.BytesIO()
    with SheetWriter(target) as sheet:
        sheet.row(["320205197104122301", 0, Decimal("1234.50"), Decimal("-0.10")])
    cells = openpyxl.load_workbook(target).worksheets[0][1]
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("320205197104122301", "s"),
        (0, "n"),
        (1234.5, "n"),
        (-0.1, "n"),
    ]
    assert [cell.number_format for cell in cells] == ["@", "0", "#,##0.00", "#,##0.00"]


def test_wrong_cells_are_marked_even_when_empty() -> None:
    target = io.BytesIO()
    with SheetWriter(target) as sheet:
        sheet.row(["a", "", "=c"], wrong={1, 2})
    first = openpyxl.load_workbook(target).worksheets[0]
    fills = [first.cell(1, column).fill.fgColor.rgb for column in (1, 2, 3)]
    assert fills == ["00000000", "FFFFC7CE", "FFFFC7CE"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=20), min_size=1, max_size=4
        ),
        max_size=8,
    )
)
def test_texts_come_back_the_same(rows: list[list[str]]) -> None:
    with open_workbook(written(rows)) as book:
        found = {row.number: row.cells for row in book.rows(book.sheets[0])}
    for number, row in enumerate(rows, start=2):
        expected = list(row)
        while expected and not expected[-1]:
            expected.pop()
        if any(map(str.strip, expected)):
            assert found[number] == expected
            assert not any(isinstance(cell, StoredNumber) for cell in found[number])
