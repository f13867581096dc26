"""Opening a picture of any kind that cameras and scanners make: which kinds are taken, and their pixels made plain RGB.

For the api, which receives them, and for the reading process; needs Pillow and libheif only.
"""

import pi_heif
from PIL import Image

FORMATS = ("JPEG", "PNG", "HEIF", "WEBP", "BMP", "TIFF")
"""Pillow's names of the kinds that are decoded."""
_DEEPEST = {"I;16": 65535, "I;16L": 65535, "I;16B": 65535, "I;16N": 65535}
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
pi_heif.register_heif_opener()


def format_of(head: bytes) -> str | None:
    """The kind of picture that a file's first bytes show, by its name in `FORMATS`; None for any other file."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:  # ISO/IEC 23008-12, what Apple's cameras make
        return "HEIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return "BMP" if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0" else None


def count_pages(picture: Image.Image) -> int:
    """Pages of a scanner's TIFF; the further pictures of any other kind are a film's, and none."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def plain_rgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB with 8 bits, on white where it is transparent; deeper greys keep their shades."""
    if picture.mode in ("I", "F") or picture.mode in _DEEPEST:
        deepest = _DEEPEST.get(picture.mode)
        values = picture.convert("F")
        most = deepest or max(float(values.getextrema()[1]), 1.0)  # type: ignore[arg-type]
        picture = values.point(lambda value: value * (255.0 / most) + 0.0).convert("L")
    if "A" in picture.getbands() or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        picture = Image.new("RGB", rgba.size, "white")
        picture.paste(rgba, mask=rgba.getchannel("A"))
    return picture.convert("RGB")
