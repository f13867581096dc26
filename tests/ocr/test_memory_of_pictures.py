"""What a picture of the most pixels takes of the memory while it is received; and that it is made smaller well."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from ocr.decoding import plain_rgb, shrink_to, upright_rgb
from ocr.documents import rules
from ocr.documents.converting import shown_anywhere
from ocr.documents.pictures import prepare
from ocr.recognition.pictures import decode_picture

MEGA = 1_000_000
SCRIPT = """
import io, sys
from PIL import Image
kind, mode, turned, step = sys.argv[1:]
from ocr.documents.converting import shown_anywhere
from ocr.documents.pictures import prepare

def high(name="VmHWM"):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name)) // 1024

file, exif = io.BytesIO(), Image.Exif()
if turned == "turned":
    exif[0x0112] = 6
options = {"compression": "tiff_deflate"} if kind == "TIFF" else {"exif": exif, "compress_level": 1}
Image.new(mode, (8000, 8000), 128).save(file, kind, **options)
before = high("VmRSS")
with open("/proc/self/clear_refs", "w") as refs:
    refs.write("5")  # the mark of the highest begins anew
file.seek(0)
if step == "convert":
    shown_anywhere(file, "image/tiff", max_pixels=64_000_000, max_bytes=40_000_000)
else:
    prepare(file, "image/jpeg" if kind == "JPEG" else "image/png")
print(high() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system tells no highest memory")
@pytest.mark.parametrize(
    ("kind", "mode", "turned", "step", "most"),
    [
        ("TIFF", "I;16", "", "convert", 300),  # two bytes a pixel, and the result: 122 + 92
        ("JPEG", "RGB", "turned", "keep", 200),
        ("PNG", "RGBA", "turned", "keep", 480),  # four bytes a pixel
    ],
)
def test_the_largest_picture_is_in_memory_once(
    kind: str, mode: str, turned: str, step: str, most: int
) -> None:
    """64 megapixels in a process of their own: what is decoded and what is made of it, and no third copy."""
    command = [sys.executable, "-c", SCRIPT, kind, mode, turned, step]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= most, f"{done.stdout.strip()} MB"


def deep(size: tuple[int, int]) -> Image.Image:
    """Sixteen bits of grey, from black at the top to white."""
    picture = Image.new("I;16", size)
    for y in range(size[1]):
        picture.paste(65535 * y // max(size[1] - 1, 1), (0, y, size[0], y + 1))
    return picture


@pytest.mark.parametrize("size", [(700, 3001), (3001, 700), (1, 5), (1_200_000, 2)])
@pytest.mark.parametrize("shrink", [1, 3])
def test_bands_make_the_same_picture_as_the_whole(size: tuple[int, int], shrink: int) -> None:
    picture = deep(size)
    whole = (
        picture.convert("F").point(lambda value: value * (255.0 / 65535) + 0.0).convert("L").convert("RGB")
    )
    expected = whole.reduce(shrink) if shrink > 1 else whole
    made = plain_rgb(picture, shrink=shrink)
    assert made.size == expected.size and made.tobytes() == expected.tobytes()


def test_shrunk_and_upright_a_picture_keeps_its_corner_and_its_ground() -> None:
    picture = Image.new("LA", (900, 600), (0, 0))
    picture.paste((40, 255), (0, 0, 300, 300))
    picture.getexif()[0x0112] = 6  # held on its side: what is left above stands right above
    made = upright_rgb(picture, shrink=3)
    assert made.size == (200, 300)
    assert made.getpixel((190, 10)) == (40, 40, 40) and made.getpixel((10, 290)) == (255, 255, 255)


def test_what_is_small_enough_is_not_shrunk() -> None:
    assert shrink_to((6000, 4000), most_pixels=24 * MEGA) == 1
    assert shrink_to((6001, 4000), most_pixels=24 * MEGA) == 2
    assert shrink_to((8000, 8000), most_pixels=rules.MOST_KEPT_PIXELS) == 2
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(file, "BMP")
    kept, kind = shown_anywhere(file, "image/bmp", max_pixels=64 * MEGA, max_bytes=MEGA)
    with Image.open(kept) as picture:
        assert (picture.size, kind) == ((300, 200), rules.JPEG)


def test_a_large_scan_that_is_no_jpeg_is_read_no_larger_than_is_of_use() -> None:
    file = io.BytesIO()
    Image.new("L", (4100, 3000), 200).save(file, "PNG")
    assert max(decode_picture(file.getvalue(), max_pixels=64 * MEGA, enough=1000).shape) == 1025
    assert prepare(file, rules.PNG).file is file
