"""Pictures that not every browser shows become ones that it does: a JPEG, or a PDF where a scan has several pages.

What the reviewer looks at, downloads and prints must open anywhere. The picture's `sha256` stays that of what was sent.
"""

import io
import warnings
from typing import IO

from PIL import Image

from common.storage.uploads.errors import in_megabytes

from ..decoding import FORMATS, count_pages, shrink_to, upright_rgb
from ..errors import DocumentBroken, DocumentTooLarge, PictureTooManyPixels
from . import rules
from .inspection import MEGA

QUALITY = 92
MOST_PAGES_OF_PIXELS = 3
"""All pages of a scan together have as many pixels as so many of the largest pictures at most."""


def shown_anywhere(
    file: IO[bytes], media_type: str, *, max_pixels: int, max_bytes: int
) -> tuple[IO[bytes], str]:
    """Return the file and its media type as it is kept: itself, or what was made of it.

    Blocking, one page decoded at a time; DocumentBroken, PictureTooManyPixels, DocumentTooLarge.
    """
    if media_type not in rules.PICTURES.values() or media_type in (rules.JPEG, rules.PNG):
        return file, media_type
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _converted(file, max_pixels, max_bytes)
    except Image.DecompressionBombError:
        raise PictureTooManyPixels(most_megapixels=max_pixels // MEGA) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, RuntimeError):
        raise DocumentBroken from None


def _converted(file: IO[bytes], max_pixels: int, max_bytes: int) -> tuple[IO[bytes], str]:
    out, pixels = io.BytesIO(), 0
    with Image.open(file, formats=FORMATS) as picture:
        pages = count_pages(picture)
        for page in range(pages):
            picture.seek(page)
            pixels += picture.width * picture.height
            if picture.width * picture.height > max_pixels or pixels > MOST_PAGES_OF_PIXELS * max_pixels:
                raise PictureTooManyPixels(most_megapixels=max_pixels // MEGA)
            shrink = shrink_to(picture.size, most_pixels=rules.MOST_KEPT_PIXELS)
            plain = upright_rgb(picture, shrink=shrink)
            if pages == 1:
                plain.save(out, "JPEG", quality=QUALITY)
            else:
                plain.save(out, "PDF", append=page > 0, quality=QUALITY)
            if out.getbuffer().nbytes > max_bytes:
                raise DocumentTooLarge(most_mb=in_megabytes(max_bytes))
    out.seek(0)
    return out, rules.PDF if pages > 1 else rules.JPEG
