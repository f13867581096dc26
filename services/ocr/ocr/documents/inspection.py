"""Looks into a received file before it is stored: is it what it seems to be, and harmless to open?"""

import io
import warnings
import zipfile
from typing import IO

from PIL import Image

from ..decoding import FORMATS, count_pages
from ..errors import (
    DocumentBroken,
    DocumentEmpty,
    DocumentTooManyPages,
    DocumentUnpacksTooLarge,
    DocumentUnsupported,
    PictureTooManyPixels,
)
from . import rules

TAIL = 4096
OFD_ROOT = "OFD.xml"
MOST_OFD_PARTS = 5000
MOST_OFD_BYTES = 64 * 1024 * 1024
MOST_PICTURE_PAGES = 20
MEGA = 1_000_000


def inspect(file: IO[bytes], *, max_pixels: int) -> str:
    """Return the media type of a file (at its beginning, and left there); a refusal names what is wrong with it.

    Blocking, bounded in memory: of a picture only the header is believed, then it is decoded small.
    """
    head = file.read(rules.PREFIX)
    file.seek(0)
    if not head:
        raise DocumentEmpty
    media_type = rules.sniff(head)
    if media_type is None:
        raise DocumentUnsupported
    if media_type == rules.PDF:
        _check_pdf(file)
    elif media_type == rules.OFD:
        _check_ofd(file)
    else:
        _check_picture(file, max_pixels=max_pixels)
    file.seek(0)
    return media_type


def _check_picture(file: IO[bytes], *, max_pixels: int) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > max_pixels:
                    raise PictureTooManyPixels(most_megapixels=max_pixels // MEGA)
                if count_pages(picture) > MOST_PICTURE_PAGES:
                    raise DocumentTooManyPages(most=MOST_PICTURE_PAGES)
                if picture.format == "JPEG":
                    picture.draft("L", (64, 64))  # an eighth of each side; still reads the file to its end
                    picture.load()
                else:
                    picture.verify()
    except Image.DecompressionBombError:
        raise PictureTooManyPixels(most_megapixels=max_pixels // MEGA) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, RuntimeError):
        raise DocumentBroken from None


def _check_pdf(file: IO[bytes]) -> None:
    """A pdf ends with its trailer; one that was cut off does not. The rest is the recogniser's, in its own process."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    if b"%%EOF" not in tail and b"startxref" not in tail:
        raise DocumentBroken


def _check_ofd(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            if OFD_ROOT not in package.NameToInfo:
                raise DocumentUnsupported
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise DocumentBroken from None
    if len(parts) > MOST_OFD_PARTS or sum(part.file_size for part in parts) > MOST_OFD_BYTES:
        raise DocumentUnpacksTooLarge(most_mb=MOST_OFD_BYTES // (1024 * 1024))
