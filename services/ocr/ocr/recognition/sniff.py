"""Tells from the first bytes what a file is; its name is not asked."""

from enum import StrEnum

from ocr.recognition.errors import UnreadableDocument


class FileKind(StrEnum):
    """Kinds of files that can be read."""

    JPG = "jpg"
    PNG = "png"
    PDF = "pdf"
    OFD = "ofd"


def file_kind(data: bytes) -> FileKind:
    """The kind of the file; raises `UnreadableDocument` for an empty or a foreign file."""
    if not data:
        raise UnreadableDocument("document.empty")
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.startswith(b"PK\x03\x04"):  # a zip; whether it is an ofd is seen when it is opened
        return FileKind.OFD
    raise UnreadableDocument("document.unsupported")
