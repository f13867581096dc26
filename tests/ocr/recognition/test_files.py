"""Pdf and ofd are read from their text; what cannot be read is refused with a code and two sentences."""

import io
import pickle

import pytest
from PIL import Image

from ocr.recognition import DocumentType, RecognitionSettings, Recognizer, Source, UnreadableDocument
from ocr.recognition.errors import _SENTENCES
from ocr.recognition.ofd import read_ofd
from ocr.recognition.pdf import pdf_pages
from ocr.recognition.pictures import decode_picture

from . import files

SETTINGS = RecognitionSettings()
VALUES = {
    "票据代码": "33061424",
    "票据号码": "0060687851",
    "校验码": "22043d",
    "交款人": "程燕晓",
    "金额合计大写": "叁仟肆佰捌拾柒元伍角壹分",
    "金额合计小写": "3487.51",
    "住院号": "449939",
    "入院日期": "2024-11-14",
    "出院日期": "2024-11-20",
    "医疗机构": "江北区妇幼保健院",
}


def test_pdf_text_before_pixels(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.pdf(), filename="photo.jpg")
    assert found.type is DocumentType.E_RECEIPT
    assert {name: field.value for name, field in found.fields.items()} == VALUES
    assert {field.source for field in found.fields.values()} == {Source.TEXT}
    assert {name for name, field in found.fields.items() if field.verified} == {
        "金额合计大写",
        "金额合计小写",
    }
    box = found.fields["票据号码"].box
    assert box is not None and box.page == 0 and 0.4 < box.left < 0.55 and 0.1 < box.top < box.bottom < 0.2


def test_ofd_text_and_its_code(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.ofd())
    assert found.type is DocumentType.E_RECEIPT
    assert {name: field.value for name, field in found.fields.items()} == {**VALUES, "开票日期": "2024-11-20"}
    assert found.fields["票据号码"].source is Source.BOTH and found.fields["票据号码"].verified
    assert found.fields["开票日期"].source is Source.QR and not found.fields["开票日期"].verified


def test_a_scanners_hidden_text_is_not_believed() -> None:
    assert next(pdf_pages(files.pdf(), SETTINGS)).text is not None
    assert next(pdf_pages(files.pdf(hidden=True), SETTINGS)).text is None


def test_the_second_page_fills_in_what_the_first_lacks(recognizer: Recognizer) -> None:
    found = recognizer.recognize(files.pdf(pages=2))
    assert found.pages == 2 and found.fields["票据号码"].value == "0060687851"


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document.empty"),
        (b"hello, this is no picture", "document.unsupported"),
        (b"GIF89a" + b"\0" * 100, "document.unsupported"),
        (b"\xff\xd8\xff\xe0" + b"junk" * 20, "picture.broken"),
        (jpeg()[:400], "picture.broken"),
        (files.bomb_png(), "picture.too_many_pixels"),
        (files.png(Image.new("RGB", (5000, 3), "white")), "picture.too_small"),
        (files.bomb_png(9000, 9000), "picture.too_many_pixels"),
        (b"%PDF-1.7\n" + b"junk" * 50, "pdf.broken"),
        (files.pdf()[:300], "pdf.broken"),
        (files.locked_pdf(), "pdf.encrypted"),
        (files.pdf(pages=21), "document.too_many_pages"),
        (files.ofd(pages=21), "document.too_many_pages"),
        (files.zipped({"word/document.xml": b"<a/>"}), "document.unsupported"),
        (files.zipped({"OFD.xml": b"<ofd"}), "ofd.broken"),
        (files.ofd()[:700], "ofd.broken"),
        (files.zipped({"OFD.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "ofd.broken"),
        (
            files.ofd(extra={"Doc_0/Document.xml": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
            "ofd.broken",
        ),
        (files.ofd(extra={"bomb": b"\0" * (65 * 1024 * 1024)}), "document.unpacks_too_large"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refusals(recognizer: Recognizer, data: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        recognizer.recognize(data, filename="receipt.jpg")
    assert refused.value.code == code


def test_a_file_above_the_limit_is_refused_unread() -> None:
    small = Recognizer(RecognitionSettings(max_bytes=100))
    with pytest.raises(UnreadableDocument, match=r"document\.too_large"):
        small.recognize(b"\xff\xd8\xff" + b"\0" * 100)


def test_every_refusal_speaks_two_languages_and_crosses_processes() -> None:
    for code in _SENTENCES:
        refusal = pickle.loads(pickle.dumps(UnreadableDocument(code, "detail", 20)))
        assert (refusal.code, refusal.detail, refusal.limit) == (code, "detail", 20)
        assert ("20" in refusal.zh) == ("20" in refusal.en) == ("too_" in code and not code.endswith("small"))
        assert refusal.zh.endswith("。") and refusal.en.endswith(".") and refusal.en.isascii()


def test_ofd_pages_are_in_place() -> None:
    page = read_ofd(files.ofd(), SETTINGS).pages[0]
    assert (page.width, page.height, len(page.lines)) == (250, 175, len(files.RECEIPT))
    assert page.lines[1].quad[0][0] == pytest.approx(12.5)


def test_exif_turns_the_picture_and_transparency_is_paper() -> None:
    picture = Image.new("RGB", (40, 20), "red")
    exif = picture.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    assert decode_picture(out.getvalue(), max_pixels=10_000).shape == (40, 20, 3)
    clear = decode_picture(files.png(Image.new("RGBA", (50, 40), (0, 0, 0, 0))), max_pixels=2000)
    assert clear.shape == (40, 50, 3) and clear.min() == 255


@pytest.mark.feature("B.06")
@pytest.mark.parametrize(
    "shape", [(1600, 1200), (5000, 20), (20, 1600)], ids=["a white page", "a strip across", "a strip down"]
)
def test_a_page_without_text_is_other_and_says_nothing(
    recognizer: Recognizer, shape: tuple[int, int]
) -> None:
    for colour in ("white", "black"):
        found = recognizer.recognize(files.png(Image.new("RGB", shape, colour)))
        assert (found.type, found.fields, found.checks) == (DocumentType.OTHER, {}, ())
