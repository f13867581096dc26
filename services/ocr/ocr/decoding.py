"""Opening a picture of any kind that cameras and scanners make: which kinds are taken, and their pixels made plain RGB.

For the api, which receives them, and for the reading process; needs Pillow and libheif only.
"""

from math import ceil

import pi_heif
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "HEIF", "WEBP", "BMP", "TIFF")
"""Pillow's names of the kinds that are decoded."""
_DEEPEST = {"I;16": 65535, "I;16L": 65535, "I;16B": 65535, "I;16N": 65535}
_ORIENTATION = 0x0112
_BAND_PIXELS = 1_000_000
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


def plain_rgb(picture: Image.Image, *, shrink: int = 1) -> Image.Image:
    """The picture in RGB with 8 bits, on white where it is transparent; deeper greys keep their shades.

    `shrink`: by so much each side is divided, each pixel the mean of those it stands for. Beside the decoded picture
    and the result only a band of it is in memory at a time.
    """
    picture.load()
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture if shrink == 1 else picture.reduce(shrink)
    out = Image.new("RGB", (ceil(picture.width / shrink), ceil(picture.height / shrink)))
    deepest = _deepest(picture)
    rows = max(_BAND_PIXELS // picture.width // shrink, 1) * shrink
    for top in range(0, picture.height, rows):
        band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        plain = _band_in_rgb(band, deepest)
        out.paste(plain if shrink == 1 else plain.reduce(shrink), (0, top // shrink))
    return out


def upright_rgb(picture: Image.Image, *, shrink: int = 1) -> Image.Image:
    """`plain_rgb`, turned as the camera says that it was held."""
    orientation = picture.getexif().get(_ORIENTATION, 1)
    plain = plain_rgb(picture, shrink=shrink)
    if orientation == 1:
        return plain
    plain.getexif()[_ORIENTATION] = orientation
    return ImageOps.exif_transpose(plain)


def shrink_to(size: tuple[int, int], *, most_pixels: int) -> int:
    """By how much the sides of a picture are divided so that it has so many pixels at most."""
    shrink = 1
    while ceil(size[0] / shrink) * ceil(size[1] / shrink) > most_pixels:
        shrink += 1
    return shrink


def _deepest(picture: Image.Image) -> float | None:
    """What is white in a picture of deeper greys; None for others."""
    if picture.mode in _DEEPEST:
        return _DEEPEST[picture.mode]
    if picture.mode not in ("I", "F"):
        return None
    return max(float(picture.getextrema()[1]), 1.0)  # type: ignore[arg-type]


def _band_in_rgb(band: Image.Image, deepest: float | None) -> Image.Image:
    if deepest is not None:
        band = band.convert("F").point(lambda value: value * (255.0 / deepest) + 0.0).convert("L")
    if "A" in band.getbands() or "transparency" in band.info:
        rgba = band.convert("RGBA")
        band = Image.new("RGB", rgba.size, "white")
        band.paste(rgba, mask=rgba.getchannel("A"))
    return band.convert("RGB")
