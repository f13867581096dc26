"""Cuts the lines of a page into pieces: labels (words that announce a value) and what stands between them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ocr.recognition.geometry import Rect, level
from ocr.recognition.marks import Mark, marks_of
from ocr.recognition.model import Line, Page
from ocr.recognition.values import CJK


@dataclass(frozen=True, slots=True)
class Piece:
    """A label (`fields` names what it may announce, empty for any other label) or, with None, something printed.

    `rank` is the trust in the label's wording (0 is best), `exact` whether it was read letter by letter.
    """

    text: str
    rect: Rect
    score: float
    line: int
    fields: tuple[str, ...] | None = None
    rank: int = 0
    exact: bool = True
    colon: bool = False

    @property
    def is_label(self) -> bool:
        """Whether it announces a value."""
        return self.fields is not None


def plain(text: str) -> str:
    """Full-width signs made half-width, so that one spelling is left; rare characters of names stay as they are."""
    text = (
        text.replace("Nº", "No").replace("N°", "No").replace("№", "No").replace("￥", "¥").replace("。", ".")
    )
    return "".join(unicodedata.normalize("NFKC", c) if not ("\uf900" <= c <= "\ufaff") else c for c in text)


def cut(page: Page) -> list[Piece]:
    """All pieces of a page, on the level page."""
    levelling = level(page)
    return [
        piece
        for number, line in enumerate(page.lines)
        for piece in _pieces(Line(plain(line.text), line.score, line.quad), number, levelling.rect(line))
    ]


def _pieces(line: Line, number: int, rect: Rect) -> Iterator[Piece]:
    text = line.text
    shares = _shares(text)
    at = 0

    def piece(begin: int, end: int, mark: Mark | None = None) -> Piece:
        part = rect.part(shares[begin], shares[end])
        if mark is None:
            return Piece(text[begin:end], part, line.score, number)
        return Piece(
            text[begin:end], part, line.score, number, mark.fields, mark.rank, mark.exact, mark.colon
        )

    for mark in marks_of(text):
        if _meaning(text[at : mark.begin]):
            yield piece(at, mark.begin)
        yield piece(mark.begin, mark.end, mark)
        at = mark.end
    if _meaning(text[at:]):
        yield piece(at, len(text))


def _meaning(text: str) -> bool:
    return bool(re.search(rf"[\dA-Za-z{CJK}]", text))


def _shares(text: str) -> list[float]:
    """Where each character begins, as a share of the line's width; Latin letters and digits are half as wide."""
    widths = [0.55 if ord(c) < 0x2E80 else 1.0 for c in text]
    total = sum(widths) or 1.0
    at, shares = 0.0, []
    for width in widths:
        shares.append(at / total)
        at += width
    return [*shares, 1.0]
