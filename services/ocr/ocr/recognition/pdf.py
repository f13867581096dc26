"""Reads pdf files: the text layer where there is a true one, else pixels. A scanner's hidden text is not believed."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.recognition.errors import UnreadableDocument
from ocr.recognition.model import Line, Page, Source
from ocr.recognition.pictures import Pixels
from ocr.recognition.settings import RecognitionSettings

_LEAST_CHARACTERS = 20
_INVISIBLE = 3
_GAP, _SPACE = 0.3, 1.0
"""Widest gap inside a line without and with a space in it, in heights of its letters."""


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: its pixels, and its text when the pdf holds it (None: read the pixels)."""

    pixels: Pixels
    text: Page | None


def pdf_pages(data: bytes, settings: RecognitionSettings) -> Iterator[PdfPage]:
    """The pages one by one; raises `UnreadableDocument` for a broken, locked or too long file."""
    with _opened(data) as document:
        if len(document) > settings.max_pages:
            raise UnreadableDocument(
                "document.too_many_pages", f"{len(document)} > {settings.max_pages}", settings.max_pages
            )
        if not len(document):
            raise UnreadableDocument("pdf.broken", "no pages")
        for number in range(len(document)):
            try:
                page = document[number]
                yield PdfPage(_pixels(page, settings.render_side), _text(page))
            except pdfium.PdfiumError as broken:
                raise UnreadableDocument("pdf.broken", f"page {number + 1}") from broken


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as refused:
        locked = getattr(refused, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD
        raise UnreadableDocument("pdf.encrypted" if locked else "pdf.broken", str(refused)) from refused
    try:
        yield document
    finally:
        document.close()


def _pixels(page: pdfium.PdfPage, side: int) -> Pixels:
    width, height = page.get_size()
    bitmap = page.render(scale=side / max(width, height, 1.0), rev_byteorder=True)
    pixels = np.asarray(bitmap.to_numpy())[:, :, :3]
    return np.ascontiguousarray(pixels, dtype=np.uint8)


def _text(page: pdfium.PdfPage) -> Page | None:
    if _hidden(page) or page.get_rotation():
        return None
    width, height = page.get_size()
    lines = list(_runs(page))
    said = "".join(line.text for line in lines)
    garbled = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " " for c in said)
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in said)
    if len(said) < _LEAST_CHARACTERS or garbled > 0.05 * len(said) or chinese < 4:
        return None
    return Page(tuple(lines), width, height, Source.TEXT)


def _runs(page: pdfium.PdfPage) -> Iterator[Line]:
    """The characters put together again: those of one row that touch are one line, in the order they are written.

    Not by the library's rectangles: where two overlap, it gives each the letters of both.
    """
    text = page.get_textpage()
    left0, _, _, top0 = page.get_bbox()
    words, box, space = "", (0.0, 0.0, 0.0, 0.0), ""
    for at in range(text.count_chars()):
        character = text.get_text_range(at, 1)
        if not character.strip():
            space = " "
            continue
        left, bottom, right, top = text.get_charbox(at, loose=True)
        here = (left - left0, top0 - top, right - left0, top0 - bottom)
        said, space = space + character, ""
        begins = character in "¥￥"  # a currency sign begins an amount
        if words and not begins and _touch(box, here, most=_SPACE if len(said) > 1 else _GAP):
            words, box = words + said, (box[0], min(box[1], here[1]), here[2], max(box[3], here[3]))
            continue
        if words:
            yield _line(words, box)
        words, box = character, here
    if words:
        yield _line(words, box)


Edges = tuple[float, float, float, float]


def _line(words: str, box: Edges) -> Line:
    left, top, right, bottom = box
    return Line(words, 1.0, ((left, top), (right, top), (right, bottom), (left, bottom)))


def _touch(a: Edges, b: Edges, *, most: float) -> bool:
    height = max(a[3] - a[1], b[3] - b[1])
    middle = abs((a[1] + a[3]) - (b[1] + b[3])) / 2
    return middle < 0.5 * height and -0.3 * height < b[0] - a[2] < most * height


def _hidden(page: pdfium.PdfPage) -> bool:
    """Whether the text is drawn invisibly, as scanners do over the picture they recognised."""
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=3):
        raw = ctypes.cast(item.raw, pdfium_c.FPDF_PAGEOBJECT)
        if pdfium_c.FPDFTextObj_GetTextRenderMode(raw) == _INVISIBLE:
            return True
    return False
