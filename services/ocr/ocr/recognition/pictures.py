"""Decodes jpg and png into upright RGB pixels, refusing what would fill the memory before it is decoded."""

import io
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from ocr.recognition.errors import UnreadableDocument

Pixels = npt.NDArray[np.uint8]


def decode_picture(data: bytes, *, max_pixels: int) -> Pixels:
    """Height x width x 3 pixels, RGB, turned as EXIF says, on white where the picture is transparent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                if picture.width * picture.height > max_pixels:
                    raise UnreadableDocument("picture.too_many_pixels", f"{picture.width}x{picture.height}")
                return _upright(picture)
    except UnreadableDocument:
        raise
    except Image.DecompressionBombError as bomb:
        raise UnreadableDocument("picture.too_many_pixels") from bomb
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as broken:
        raise UnreadableDocument("picture.broken", type(broken).__name__) from broken


def _upright(picture: Image.Image) -> Pixels:
    turned = ImageOps.exif_transpose(picture)
    if "A" in turned.getbands() or "transparency" in turned.info:
        rgba = turned.convert("RGBA")
        turned = Image.new("RGB", rgba.size, "white")
        turned.paste(rgba, mask=rgba.getchannel("A"))
    return np.asarray(turned.convert("RGB"), dtype=np.uint8)
