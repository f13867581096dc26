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

from ..decoding import plain_rgb, shrink_to, upright_rgb
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
        small = plain_rgb(picture, shrink=_enough(picture, THUMBNAIL_SIDE))
        thumbnail, mark = shown(small, THUMBNAIL_SIDE), fingerprint(small)
    kept.seek(0)
    return Prepared(kept, thumbnail, mark)


def shown(picture: Image.Image, side: int) -> bytes:
    """A JPEG of at most `side` pixels, on white, without metadata."""
    small = plain_rgb(picture, shrink=_enough(picture, side)).copy()
    small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _enough(picture: Image.Image, side: int) -> int:
    """By how much a picture may be shrunk before it is made as small as `side` with care."""
    return max(max(picture.size) // (2 * side), 1)


def _upright(file: IO[bytes], media_type: str) -> IO[bytes]:
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller sends it
    file.seek(0)
    with Image.open(file, formats=("JPEG", "PNG")) as picture:
        profile, mode = picture.info.get("icc_profile"), picture.mode
        turned = _turned(picture)
        turned.info.clear()
        kind = "JPEG" if media_type == rules.JPEG else "PNG"
        options = {"quality": QUALITY} if kind == "JPEG" else {}
        turned.save(out, kind, exif=b"", icc_profile=profile if turned.mode == mode else None, **options)
    return out


def _turned(picture: Image.Image) -> Image.Image:
    """The picture set upright; one of too many pixels smaller, so that it is in memory as a whole only once."""
    most = rules.MOST_KEPT_PIXELS
    shrink = shrink_to(picture.size, most_pixels=most)
    if shrink > 1:
        # A JPEG is decoded smaller already.
        picture.draft(None, (picture.width // shrink, picture.height // shrink))
    if picture.width * picture.height <= most:
        return ImageOps.exif_transpose(picture)
    return upright_rgb(picture, shrink=shrink_to(picture.size, most_pixels=most))


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
