"""Small files of every kind that is taken, and some that are none."""

import io
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

PHOTOS = Path(__file__).parents[1] / "data" / "receipts" / "photo"


def jpeg(size: tuple[int, int] = (320, 200), text: str = "hello", **options: object) -> bytes:
    return _picture("JPEG", size, text, **options)


def png(size: tuple[int, int] = (320, 200), text: str = "hello") -> bytes:
    return _picture("PNG", size, text)


@cache
def photo() -> bytes:
    """A photographed receipt."""
    return sorted(PHOTOS.glob("*.jpg"))[0].read_bytes()


def _picture(kind: str, size: tuple[int, int], text: str, **options: object) -> bytes:
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).text((20, 20), text, fill="black")
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def pdf() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(out, "PDF")
    return out.getvalue()


def ofd(*, root: str = "OFD.xml", filler: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(root, "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>")
        if filler:
            package.writestr("Doc_0/Res/zeros.bin", bytes(filler))
    return out.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A png of a few kilobytes that says it has billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width + 1) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
