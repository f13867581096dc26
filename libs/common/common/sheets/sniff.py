"""What a file is by its first bytes, so that the refusal can say it."""

from typing import BinaryIO

from ..text import Text
from .errors import NotAWorkbook, WorkbookEncrypted

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"%PDF", Text("PDF 文件", "a PDF")),
    (b"\x89PNG", Text("PNG 图片", "a PNG picture")),
    (b"\xff\xd8\xff", Text("JPG 图片", "a JPEG picture")),
    (b"Rar!", Text("RAR 压缩包", "a RAR archive")),
    (b"7z\xbc\xaf", Text("7z 压缩包", "a 7z archive")),
)
_OLD_XLS = Text("旧版 Excel 97-2003 或 WPS 表格（.xls/.et）", "an old Excel 97-2003 or WPS sheet (.xls, .et)")
_HTML = Text("改了扩展名的网页（HTML）", "a web page (HTML) with another extension")
_XML = Text("XML 文件（如 Excel 2003 XML 表格）", "an XML file, such as an Excel 2003 XML sheet")
_CSV = Text("CSV 或文本文件", "a CSV or text file")
_EMPTY = Text("空文件", "an empty file")
_UNKNOWN = Text("其他格式的文件", "a file of another format")


def refuse_unless_zip(stream: BinaryIO) -> None:
    """Raise NotAWorkbook or WorkbookEncrypted unless the file begins as a zip archive; leaves the stream at 0."""
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return
    if head.startswith(_OLE):
        # An xlsx with a password is an OLE file that holds the encrypted zip; so is every old xls.
        encrypted = _ENCRYPTED_STREAM in stream.read()
        stream.seek(0)
        raise WorkbookEncrypted if encrypted else NotAWorkbook(_OLD_XLS)
    raise NotAWorkbook(_kind(head))


def kind_of_zip(names: set[str]) -> Text:
    """Say what a zip archive without a workbook seems to be."""
    if "xl/workbook.bin" in names:
        return Text("Excel 二进制工作簿（.xlsb）", "an Excel binary workbook (.xlsb)")
    if any(name.startswith("word/") for name in names):
        return Text("Word 文档（.docx）", "a Word document (.docx)")
    if any(name.startswith("ppt/") for name in names):
        return Text("演示文稿（.pptx）", "a presentation (.pptx)")
    if "mimetype" in names and "content.xml" in names:
        return Text("OpenDocument 文件（.ods 等）", "an OpenDocument file (.ods or similar)")
    return Text("ZIP 压缩包", "a zip archive")


def _kind(head: bytes) -> Text:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start:
        return _EMPTY
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return _HTML
    if start.startswith(b"<"):
        return _HTML if b"<html" in start else _XML
    return _UNKNOWN if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")) else _CSV
