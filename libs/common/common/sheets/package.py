"""The zip archive around a workbook: judged before anything is read, and counted again while it is read."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from .errors import FileTooLarge, NotAWorkbook, WorkbookDamaged, WorkbookEncrypted, WorkbookTooLarge
from .limits import Limits
from .sniff import kind_of_zip, refuse_unless_zip

_CHUNK = 1 << 17
_ENCRYPTED_FLAG = 0x1
_STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Package:
    """The parts of a workbook. Only the parts asked for are ever unpacked, in pieces, and never more than allowed.

    The archive's own directory is looked at first (an honest bomb ends there); it is not believed: every byte
    that comes out of a part is counted against the same limit.
    """

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if size > limits.file_bytes:
            raise FileTooLarge(limit_mb=limits.file_bytes // 1_000_000)
        refuse_unless_zip(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise WorkbookDamaged from error
        self._judge(size)

    def _judge(self, size: int) -> None:
        entries = self._zip.infolist()
        self.names = {entry.filename for entry in entries}
        if "[Content_Types].xml" not in self.names or not any(n.startswith("xl/") for n in self.names):
            raise NotAWorkbook(kind_of_zip(self.names))
        if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            raise WorkbookEncrypted
        if len(self.names) != len(entries) or any(
            e.compress_type not in _STORED_OR_DEFLATED for e in entries
        ):
            raise WorkbookDamaged
        unpacked = sum(entry.file_size for entry in entries)
        swollen = unpacked > self._limits.ratio_from_bytes and unpacked > size * self._limits.ratio
        if len(entries) > self._limits.parts or unpacked > self._limits.unpacked_bytes or swollen:
            raise self._too_large()

    def kind_refusal(self) -> NotAWorkbook:
        """Return the refusal of an archive that has no workbook in it."""
        return NotAWorkbook(kind_of_zip(self.names))

    def pieces(self, part: str) -> Iterator[bytes]:
        """Unpack a part piece by piece. Raises WorkbookDamaged, and WorkbookTooLarge past the limit."""
        left = self._limits.unpacked_bytes
        try:
            with self._zip.open(part) as stream:
                while piece := stream.read(_CHUNK):
                    left -= len(piece)
                    if left < 0:
                        raise self._too_large()
                    yield piece
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise WorkbookDamaged from error

    def parse(self, part: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Feed a part to the parser, pausing after each piece so that the caller takes what is ready.

        Raises as `pieces` does, and WorkbookDamaged for broken XML or any DOCTYPE: no workbook has one, entity
        bombs are made of it.
        """
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for piece in self.pieces(part):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise WorkbookDamaged from error

    def parse_whole(self, part: str, parser: expat.XMLParserType) -> None:
        """Feed a small part to the parser at once."""
        for _ in self.parse(part, parser):
            pass

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def _too_large(self) -> WorkbookTooLarge:
        return WorkbookTooLarge(limit_mb=self._limits.unpacked_bytes // 1_000_000)


def local_name(name: str) -> str:
    """Return an element's name without its prefix: some writers say x:row where Excel says row."""
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    raise WorkbookDamaged
