"""Reads an uploaded picture and writes it anew: what is no picture is refused, what a camera noted is gone.

Runs in a process of its own: decoding is work for the processor, and the file comes from anybody.
"""

import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import NotAPicture, PictureTooBig

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


class Drawn(NamedTuple):
    """A picture as it is kept."""

    media_type: str
    width: int
    height: int


def draw(source: str, target: str) -> Drawn:
    """Write the picture of `source` to `target`, upright, at most 2000 pixels long; NotAPicture, PictureTooBig."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(Path(source), formats=list(FORMATS)) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise PictureTooBig(most=MOST_PIXELS // 10_000)
                kind = found.format or ""
                drawn = ImageOps.exif_transpose(found)
                drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                if kind in ("JPEG", "GIF"):
                    kind = "JPEG" if kind == "JPEG" else "PNG"
                plain = drawn.convert("RGB" if kind == "JPEG" else "RGBA")
    except Image.DecompressionBombError:
        raise PictureTooBig(most=MOST_PIXELS // 10_000) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise NotAPicture from None
    plain.save(Path(target), format=kind, **({"quality": 86} if kind != "PNG" else {"optimize": True}))
    return Drawn(FORMATS[kind], plain.width, plain.height)
