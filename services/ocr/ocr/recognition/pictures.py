"""Decodes pictures into upright RGB pixels, refusing what would fill the memory before it is decoded."""

import io
import math
import warnings
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr.decoding import FORMATS, count_pages, upright_rgb
from ocr.recognition.errors import UnreadableDocument

Pixels = npt.NDArray[np.uint8]
MEGA = 1_000_000
LEAST_SIDE = 16
"""Pixels that a line of text needs at least."""


def decode_picture(data: bytes, *, max_pixels: int, enough: int | None = None) -> Pixels:
    """Height x width x 3 pixels, RGB, turned as EXIF says, on white where the picture is transparent.

    Of a picture with several pages the first. With `enough`, the longest side that is of use, a far larger one is
    made smaller, a JPEG while it is decoded, which saves most of the memory and the time.
    """
    return next(decode_pages(data, max_pixels=max_pixels, max_pages=None, enough=enough))


def decode_pages(
    data: bytes, *, max_pixels: int, max_pages: int | None, enough: int | None = None
) -> Iterator[Pixels]:
    """The pages of a picture, which are several in a scanner's TIFF; the frames of a film are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                pages = count_pages(picture) if max_pages is not None else 1
                if max_pages is not None and pages > max_pages:
                    raise UnreadableDocument("document.too_many_pages", f"{pages} > {max_pages}", max_pages)
                for page in range(pages):
                    picture.seek(page)
                    if picture.width * picture.height > max_pixels:
                        size = f"{picture.width}x{picture.height}"
                        raise UnreadableDocument("picture.too_many_pixels", size, max_pixels // MEGA)
                    if min(picture.size) < LEAST_SIDE:
                        raise UnreadableDocument("picture.too_small", f"{picture.width}x{picture.height}")
                    yield _pixels(picture, enough)
    except UnreadableDocument:
        raise
    except Image.DecompressionBombError as bomb:
        raise UnreadableDocument("picture.too_many_pixels", limit=max_pixels // MEGA) from bomb
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, RuntimeError, MemoryError) as broken:
        raise UnreadableDocument("picture.broken", type(broken).__name__) from broken


def _pixels(picture: Image.Image, enough: int | None) -> Pixels:
    if enough is None:
        return np.asarray(upright_rgb(picture), dtype=np.uint8)
    share = enough / max(picture.size)
    picture.draft("RGB", (math.ceil(share * picture.width), math.ceil(share * picture.height)))
    return np.asarray(upright_rgb(picture, shrink=max(max(picture.size) // enough, 1)), dtype=np.uint8)
