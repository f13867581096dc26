"""Pictures that not every browser shows are kept as ones that it does; what is none, or too much, is told why."""

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from ocr.decoding import format_of, plain_rgb
from ocr.documents import rules
from ocr.documents.converting import shown_anywhere
from ocr.documents.inspection import inspect
from ocr.errors import DocumentBroken, DocumentTooLarge, DocumentTooManyPages, PictureTooManyPixels
from ocr.recognition.pictures import decode_pages, decode_picture

from .world import World

HEIC = Path(__file__).parent.joinpath("data", "page.heic").read_bytes()
MOST = 1_000_000
MOST_BYTES = 10_000_000


def saved(kind: str, *pages: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    more = {"save_all": True, "append_images": list(pages[1:])} if len(pages) > 1 else {}
    pages[0].save(out, kind, **more, **options)
    return out.getvalue()


def page(shade: int = 200, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    return Image.new("RGB", size, (shade, shade, shade)).convert(mode)


SENT = {
    "image/heic": HEIC,
    "image/webp": saved("WEBP", page()),
    "image/bmp": saved("BMP", page()),
    "image/tiff": saved("TIFF", page(), compression="tiff_lzw"),
}


@pytest.mark.parametrize("media_type", sorted(SENT))
def test_it_is_kept_as_a_jpeg(media_type: str) -> None:
    file = io.BytesIO(SENT[media_type])
    assert inspect(file, max_pixels=MOST) == media_type
    kept, kept_as = shown_anywhere(file, media_type, max_pixels=MOST, max_bytes=MOST_BYTES)
    assert kept_as == "image/jpeg"
    with Image.open(kept) as picture:
        assert picture.format == "JPEG" and picture.size == Image.open(io.BytesIO(SENT[media_type])).size
    assert decode_picture(SENT[media_type], max_pixels=MOST).shape[2] == 3


def test_a_scan_of_several_pages_is_kept_as_a_pdf_and_read_page_by_page() -> None:
    scan = saved("TIFF", page(10), page(120), page(250))
    kept, kept_as = shown_anywhere(io.BytesIO(scan), "image/tiff", max_pixels=MOST, max_bytes=MOST_BYTES)
    assert kept_as == "application/pdf" and len(pdfium.PdfDocument(kept.read())) == 3
    pages = list(decode_pages(scan, max_pixels=MOST, max_pages=20))
    assert [int(pixels.mean()) for pixels in pages] == [10, 120, 250]


def test_a_film_is_one_picture() -> None:
    moving = saved("WEBP", page(10), page(250))
    assert len(list(decode_pages(moving, max_pixels=MOST, max_pages=20))) == 1


def test_too_many_pages_or_pixels_and_what_is_cut_off_are_refused() -> None:
    with pytest.raises(DocumentTooManyPages):
        inspect(io.BytesIO(saved("TIFF", *[page(size=(4, 4))] * 21)), max_pixels=MOST)
    second = saved("TIFF", page(), page(size=(1200, 1000)))
    with pytest.raises(PictureTooManyPixels):
        shown_anywhere(io.BytesIO(second), "image/tiff", max_pixels=MOST, max_bytes=MOST_BYTES)
    sixteen = saved("TIFF", *[page(size=(500, 400))] * 16)
    with pytest.raises(PictureTooManyPixels):
        shown_anywhere(io.BytesIO(sixteen), "image/tiff", max_pixels=MOST, max_bytes=MOST_BYTES)
    with pytest.raises(DocumentTooLarge):
        shown_anywhere(io.BytesIO(SENT["image/bmp"]), "image/bmp", max_pixels=MOST, max_bytes=100)
    for cut in (HEIC[: len(HEIC) // 2], SENT["image/webp"][:40]):
        with pytest.raises(DocumentBroken):
            shown_anywhere(io.BytesIO(cut), str(rules.sniff(cut)), max_pixels=MOST, max_bytes=MOST_BYTES)


def test_deep_greys_inks_and_transparency_become_plain() -> None:
    deep = Image.new("I;16", (32, 32), 32768)
    assert plain_rgb(deep).getpixel((2, 2)) == (127, 127, 127)
    assert decode_picture(saved("PNG", deep), max_pixels=MOST).mean() == 127
    inks = decode_picture(saved("JPEG", page(200, mode="CMYK"), quality=95), max_pixels=MOST)
    assert abs(float(inks.mean()) - 200) < 12
    assert plain_rgb(Image.new("LA", (2, 2), (0, 0))).getpixel((0, 0)) == (255, 255, 255)


def test_a_large_photograph_is_decoded_no_larger_than_is_of_use() -> None:
    large = saved("JPEG", page(size=(4000, 3000)), progressive=True)
    assert max(decode_picture(large, max_pixels=64 * MOST, enough=1000).shape) == 1000
    assert max(decode_picture(large, max_pixels=64 * MOST).shape) == 4000


def test_a_bitmap_needs_more_than_two_letters() -> None:
    assert format_of(b"BMW is no picture at all") is None


async def test_a_telephones_picture_is_handed_in_and_seen(world: World) -> None:
    member = world.member()
    body = await world.stored(member, HEIC, name="IMG_0042.HEIC")
    assert body["media_type"] == "image/jpeg"
    assert (await world.read(member, body["document_id"]))["filename"] == "IMG_0042.jpg"
    content = await world.client.get(f"/documents/{body['document_id']}/content", member)
    assert content.headers["content-type"] == "image/jpeg" and content.content.startswith(b"\xff\xd8\xff")
    small = await world.client.get(f"/documents/{body['document_id']}/thumbnail", member)
    assert small.status_code == 200
