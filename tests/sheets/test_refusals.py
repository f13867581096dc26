"""Files that are no workbooks, and workbooks made to hurt: refused with a sentence, quickly, in little memory."""

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.sheets import (
    FileTooLarge,
    Limits,
    NotAWorkbook,
    SheetRefused,
    TooManyColumns,
    TooManyRows,
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookTooLarge,
    open_workbook,
)

from .workbooks import (
    BOOK,
    BOOK_RELATIONS,
    CONTENT_TYPES,
    ROOT_RELATIONS,
    sheet_xml,
    texts_xml,
    workbook,
    zipped,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
XLSB = zipped(
    {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS.replace("workbook.xml", "workbook.bin"),
        "xl/workbook.bin": "",
    }
)
ONE_ROW = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')


def read(data: bytes, limits: Limits | None = None) -> int:
    with open_workbook(data, limits or Limits()) as book:
        return sum(1 for sheet in book.sheets for _ in book.rows(sheet))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空文件"),
        (OLE, ".xls"),
        ("姓名,身份证号\n张三,320205197104122301\n".encode(), "CSV"),
        ("姓名,身份证号\n".encode("gb18030"), "CSV"),
        (b"<html><table></table></html>", "HTML"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><table>", "HTML"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "Excel 2003 XML"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPG"),
        (bytes(100), "其他格式"),
        (zipped({"a.txt": "a"}), "ZIP"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "Word"),
        (zipped({"mimetype": "application/vnd.oasis", "content.xml": ""}), "OpenDocument"),
        (XLSB, ".xlsb"),
    ],
)  # fmt: skip
def test_other_files_are_named(data: bytes, says: str) -> None:
    with pytest.raises(NotAWorkbook) as refused:
        read(data)
    assert says in refused.value.sentence.zh
    assert "{" not in refused.value.sentence.en


def test_a_password_is_named() -> None:
    with pytest.raises(WorkbookEncrypted):
        read(OLE + "EncryptedPackage".encode("utf-16-le"))


def test_a_large_file_is_refused_unread() -> None:
    with pytest.raises(FileTooLarge):
        read(workbook(ONE_ROW), Limits(file_bytes=100))


def bomb(filler: bytes) -> bytes:
    return workbook(ONE_ROW, None, **{"xl__media__picture": filler})


def test_an_honest_bomb_is_refused_before_anything_is_read() -> None:
    with pytest.raises(WorkbookTooLarge):
        read(bomb(bytes(30_000_000)))
    assert read(bomb(bytes(3_000_000))) == 1, "small parts may compress well"


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(WorkbookTooLarge):
        read(workbook(ONE_ROW, None, **{f"xl__m__{n}": "" for n in range(2_100)}))


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_read() -> None:
    row = '<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 30_000_000
    data = workbook(sheet_xml(row))
    truth, lie = struct.pack("<L", len(sheet_xml(row).encode())), struct.pack("<L", 60_000)
    assert data.count(truth) == 2, "once before the part, once in the directory"
    with pytest.raises(SheetRefused):
        read(data.replace(truth, lie))


def test_bytes_are_counted_as_they_come() -> None:
    data = workbook(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 900_000))
    with open_workbook(data, Limits(unpacked_bytes=950_000)) as book:
        book._limits = Limits()
        book._package._limits = Limits(unpacked_bytes=400_000)
        with pytest.raises(WorkbookTooLarge):
            list(book.rows(book.sheets[0]))


def test_entities_are_refused() -> None:
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    sheet = f"{lol}<worksheet><sheetData>{row}</sheetData></worksheet>"
    with pytest.raises(WorkbookDamaged):
        read(workbook(sheet))
    texts = f'{lol}<sst xmlns="m"><si><t>&b;</t></si></sst>'
    with pytest.raises(WorkbookDamaged):
        read(workbook(ONE_ROW, texts))


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    with pytest.raises(TooManyColumns) as refused:
        read(
            workbook(
                sheet_xml(
                    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                )
            )
        )
    assert "1048576" in refused.value.sentence.zh
    assert (
        read(
            workbook(
                sheet_xml('<row r="1048576"><c r="XFD1048576" s="1"/><c r="A1048576"><v>1</v></c></row>')
            )
        )
        == 1
    )


def test_one_long_text_in_a_million_cells_is_there_once() -> None:
    rows = "".join(
        f'<row r="{r}">' + f'<c r="A{r}" t="s"><v>0</v></c>' * 20 + "</row>" for r in range(1, 2_001)
    )
    with open_workbook(workbook(sheet_xml(rows), texts_xml(["<t>" + "长" * 32_000 + "</t>"]))) as book:
        found = [cell for row in book.rows(book.sheets[0]) for cell in row.cells]
    assert len({id(cell) for cell in found}) == 1


def test_two_parts_of_one_name_and_missing_parts_are_damage() -> None:
    target = io.BytesIO(workbook(ONE_ROW))
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("xl/workbook.xml", BOOK)
    with pytest.raises(WorkbookDamaged):
        read(target.getvalue())
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS,
    }
    with pytest.raises(WorkbookDamaged):
        read(zipped({**parts}))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_workbooks_are_refused_or_read_but_never_break(data: st.DataObject) -> None:
    whole = bytearray(Path(__file__).parents[1].joinpath("data/rosters/wuxi-sample.xlsx").read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for hurt in (bytes(whole), bytes(whole[:cut])):
        try:
            read(hurt)
        except SheetRefused as refused:
            assert refused.sentence.zh


MEMORY = r"""
import re, sys
from pathlib import Path
from common.sheets import TooManyRows, open_workbook
count = 0
with open_workbook(Path(sys.argv[1])) as book:
    try:
        for row in book.rows(book.sheets[0]):
            count += 1
    except TooManyRows as refused:
        print(refused.sentence.zh)
print(count, int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def roster_of(count: int) -> bytes:
    rows = (
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>{n % 5}</v></c>'
        f'<c r="C{n}" t="inlineStr"><is><t>32020519710412{n % 10_000:04d}</t></is></c></row>'
        for n in range(1, count + 1)
    )
    return workbook(sheet_xml("".join(rows)), texts_xml(f"<t>张{n}</t>" for n in range(5)))


@pytest.mark.parametrize(("count", "read_rows"), [(100_000, 100_000), (200_000, 100_000)])
def test_a_hundred_thousand_rows_take_little_memory_and_more_are_refused(
    tmp_path: Path, count: int, read_rows: int
) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(roster_of(count))
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True
    )
    *said, last = done.stdout.splitlines()
    rows, megabytes = map(int, last.split())
    assert rows == read_rows
    assert megabytes < 200
    assert bool(said) == (count > 100_000)
    assert not said or ("100000 行的上限" in said[0] and "分成几个文件" in said[0])


def test_one_row_too_many_is_refused() -> None:
    with pytest.raises(TooManyRows):
        read(roster_of(11), Limits(rows=10))
    assert read(roster_of(10), Limits(rows=10)) == 10
