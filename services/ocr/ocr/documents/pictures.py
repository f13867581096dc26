"""What is kept of a picture: without metadata, upright; and what is made of it: a thumbnail and a fingerprint.

Cameras write where and when a picture was taken, with which device, and a preview of what was cut off: none of it is
evidence of an illness, so none of it is kept.
"""

import io
import re
import tempfile
import warnings
import zlib
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps

from ..errors import DocumentBroken
from . import rules
from .fingerprint import fingerprint

THUMBNAIL_SIDE = 320
QUALITY = 92
IN_MEMORY = 1024 * 1024
_ORIENTATION = 0x0112
_KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
"""JFIF, the colour profile, and Adobe's note on how colours are stored."""
_KEPT_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"IDAT", b"IEND"}
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


@dataclass(frozen=True)
class Prepared:
    """A picture as it is kept, at its beginning, with its thumbnail (JPEG) and fingerprint."""

    file: IO[bytes]
    thumbnail: bytes
    phash: str


def prepare(file: IO[bytes], media_type: str) -> Prepared:
    """Return the picture without metadata and upright; `file` itself if nothing is to be taken away.

    Blocking; DocumentBroken. Pixels are touched only where the camera says that the picture lies on its side.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _prepared(file, media_type)
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        OverflowError,
        zlib.error,
        Image.DecompressionBombError,
    ):
        raise DocumentBroken from None


def _prepared(file: IO[bytes], media_type: str) -> Prepared:
    file.seek(0)
    with Image.open(file, formats=("JPEG", "PNG")) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1) != 1
    kept = _upright(file, media_type) if turned else _stripped(file, media_type)
    kept.seek(0)
    with Image.open(kept, formats=("JPEG", "PNG")) as picture:
        if picture.format == "JPEG":
            picture.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))
        small = shown(picture, THUMBNAIL_SIDE)
        mark = fingerprint(picture)
    kept.seek(0)
    return Prepared(kept, small, mark)


def shown(picture: Image.Image, side: int) -> bytes:
    """A JPEG of at most `side` pixels, on white, without metadata."""
    small = (
        picture.convert("RGBA") if "A" in picture.getbands() or "transparency" in picture.info else picture
    )
    small = small.copy()
    small.thumbnail((side, side))
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    out = io.BytesIO()
    small.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _upright(file: IO[bytes], media_type: str) -> IO[bytes]:
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller sends it
    file.seek(0)
    with Image.open(file, formats=("JPEG", "PNG")) as picture:
        profile = picture.info.get("icc_profile")
        turned = ImageOps.exif_transpose(picture)
        turned.info.clear()
        kind = "JPEG" if media_type == rules.JPEG else "PNG"
        options = {"quality": QUALITY} if kind == "JPEG" else {}
        turned.save(out, kind, exif=b"", icc_profile=profile, **options)
    return out


def _stripped(file: IO[bytes], media_type: str) -> IO[bytes]:
    file.seek(0)
    data = file.read()
    kept = _without_segments(data) if media_type == rules.JPEG else _without_chunks(data)
    if kept == data:
        return file
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller sends it
    out.write(kept)
    return out


def _without_segments(data: bytes) -> bytes:
    """A JPEG without its notes, and without what some phones append behind its end (a video, a depth map)."""
    kept, at = [data[:2]], 2
    while at + 4 <= len(data):
        found = _MARKER.search(data, at)
        if found is None:
            break
        marker, start = data[found.start() + 1], found.start()
        if marker == 0xD9:
            kept.append(data[at : start + 2])
            return b"".join(kept)
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        noted = 0xE0 <= marker <= 0xEF or marker == 0xFE
        kept.append(data[at:start] if noted and marker not in _KEPT_SEGMENTS else data[at:end])
        at = end
    kept.append(data[at:])
    return b"".join(kept)


def _without_chunks(data: bytes) -> bytes:
    """A PNG with the chunks that make its picture, and nothing behind its end."""
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if kind in _KEPT_CHUNKS:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            break
    return b"".join(kept)
