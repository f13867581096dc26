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


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: its pixels, and its text when the pdf holds it (None: read the pixels)."""

    pixels: Pixels
    text: Page | None


def pdf_pages(data: bytes, settings: RecognitionSettings) -> Iterator[PdfPage]:
    """The pages one by one; raises `UnreadableDocument` for a broken, locked or too long file."""
    with _opened(data) as document:
        if len(document) > settings.max_pages:
            raise UnreadableDocument("document.too_many_pages", f"{len(document)} > {settings.max_pages}")
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
    text = page.get_textpage()
    width, height = page.get_size()
    left0, _, _, top0 = page.get_bbox()
    lines = []
    for at in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(at)
        words = text.get_text_bounded(left, bottom, right, top).replace("\r\n", " ").strip()
        if words:
            x0, x1, y0, y1 = left - left0, right - left0, top0 - top, top0 - bottom
            lines.append(Line(words, 1.0, ((x0, y0), (x1, y0), (x1, y1), (x0, y1))))
    said = "".join(line.text for line in lines)
    garbled = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " " for c in said)
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in said)
    if len(said) < _LEAST_CHARACTERS or garbled > 0.05 * len(said) or chinese < 4:
        return None
    return Page(tuple(_joined(lines)), width, height, Source.TEXT)


def _joined(lines: list[Line]) -> list[Line]:
    """Pieces of one row that touch become one line: a pdf may place every character by itself."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if before is not None and _touch(before, line):
            quad = (before.quad[0], line.quad[1], line.quad[2], before.quad[3])
            joined[-1] = Line(before.text + line.text, 1.0, quad)
        else:
            joined.append(line)
    return joined


def _touch(a: Line, b: Line) -> bool:
    height = max(a.quad[3][1] - a.quad[0][1], b.quad[3][1] - b.quad[0][1])
    middle = abs((a.quad[0][1] + a.quad[3][1]) - (b.quad[0][1] + b.quad[3][1])) / 2
    gap = b.quad[0][0] - a.quad[1][0]
    return middle < 0.5 * height and -0.3 * height < gap < 0.3 * height


def _hidden(page: pdfium.PdfPage) -> bool:
    """Whether the text is drawn invisibly, as scanners do over the picture they recognised."""
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=3):
        raw = ctypes.cast(item.raw, pdfium_c.FPDF_PAGEOBJECT)
        if pdfium_c.FPDFTextObj_GetTextRenderMode(raw) == _INVISIBLE:
            return True
    return False
