"""Tells from the first bytes what a file is; its name is not asked."""

from enum import StrEnum

from ocr.decoding import format_of
from ocr.recognition.errors import UnreadableDocument


class FileKind(StrEnum):
    """Kinds of files that can be read."""

    PICTURE = "picture"
    """jpg, png, and what else phones and scanners make of a page: heic, webp, bmp, tiff"""
    PDF = "pdf"
    OFD = "ofd"


def file_kind(data: bytes) -> FileKind:
    """The kind of the file; raises `UnreadableDocument` for an empty or a foreign file."""
    if not data:
        raise UnreadableDocument("document.empty")
    if format_of(data) is not None:
        return FileKind.PICTURE
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.startswith(b"PK\x03\x04"):  # a zip; whether it is an ofd is seen when it is opened
        return FileKind.OFD
    raise UnreadableDocument("document.unsupported")
