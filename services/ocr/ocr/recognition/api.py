"""The way in: bytes of a document go in, what it is and says comes out.

A `Recognizer` is made once for each process (its models take about a second and 300 MB); `recognize` keeps one for the
process that calls it, so that it can be handed to a process pool as it is.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from common import clock
from ocr.recognition.checks import Verdict, judge
from ocr.recognition.classify import classify
from ocr.recognition.engine import TextEngine
from ocr.recognition.errors import MEBI, UnreadableDocument
from ocr.recognition.extract import EXPECTED, NAMES, listed_amounts, readings_of
from ocr.recognition.look import look_again, look_closer, view_of
from ocr.recognition.model import Box, Check, DocumentType, Field, Page, Recognition, Source
from ocr.recognition.ofd import read_ofd
from ocr.recognition.one_paper import among_pages
from ocr.recognition.pairing import Reading
from ocr.recognition.pdf import pdf_pages
from ocr.recognition.pictures import LEAST_SIDE, Pixels, decode_pages, decode_picture
from ocr.recognition.qr import QrFacts, read_qr
from ocr.recognition.settings import RecognitionSettings
from ocr.recognition.sniff import FileKind, file_kind

_WITH_CODE = {
    DocumentType.E_RECEIPT,
    DocumentType.OUTPATIENT_RECEIPT,
    DocumentType.VAT_INVOICE,
    DocumentType.OTHER,
}


_LOOKED_AT = 4
Show = Callable[[Pixels], None]


@dataclass(slots=True)
class _Sheet:
    """A page being worked on; `pixels` is None where nothing can be looked at again."""

    page: Page
    pixels: Pixels | None
    qr: QrFacts | None = None
    shown: Pixels | None = None


class Recognizer:
    """Reads documents one after another; holds the models, is not shared between threads."""

    def __init__(
        self, settings: RecognitionSettings | None = None, *, today: Callable[[], date] | None = None
    ) -> None:
        self._settings = settings or RecognitionSettings()
        self._engine = TextEngine(self._settings)
        self._today = today or clock.today
        self._again = 0.0

    def recognize(self, data: bytes, *, filename: str | None = None, show: Show | None = None) -> Recognition:
        """What the document is and says; raises `UnreadableDocument`. The file's name decides nothing.

        `show` is given the pixels of each page that has any, upright as the boxes count, while it is being read.
        """
        del filename
        begin, self._again = time.perf_counter(), 0.0
        if len(data) > self._settings.max_bytes:
            raise UnreadableDocument(
                "document.too_large", f"{len(data)} bytes", self._settings.max_bytes // MEBI
            )
        sheets: list[_Sheet] = []
        for sheet in self._sheets(data):
            if show is not None and sheet.shown is not None:
                show(sheet.shown)
            # A long document is looked at again on its first pages only, so that few stay in memory.
            looked_at = sheet.pixels if len(sheets) < _LOOKED_AT else None
            sheets.append(replace(sheet, pixels=looked_at, shown=None))
        kind, kinds = _kinds(sheets)
        fields: dict[str, Field] = {}
        checks: list[Check] = []
        said: list[dict[str, str]] = []
        for number, sheet in enumerate(sheets):
            if kinds[number] not in (kind, DocumentType.OTHER):
                continue  # another paper in the same file
            found, made = self._judged(sheet, kind, number)
            said.append(
                {name: value.value for name, value in found.items() if value.source is not Source.WORDS}
            )
            own = kinds[number] is kind or kind not in kinds
            for name, value in found.items():
                known = fields.get(name)
                if known is None or (own and value.verified and not known.verified):
                    # A list that goes on has sums of its own, which confirm nothing of the paper.
                    fields[name] = value if own else replace(value, verified=False)
            checks += [check for check in made if check not in checks]
        one, of_pages = among_pages(kind, kinds, said)
        if not one:
            fields = {name: replace(value, verified=False) for name, value in fields.items()}
        checks += of_pages
        taken = round(time.perf_counter() - begin, 3)
        return Recognition(kind, fields, tuple(checks), taken, len(sheets), round(self._again, 3))

    def _sheets(self, data: bytes) -> Iterator[_Sheet]:
        kind = file_kind(data)
        if kind is FileKind.PDF:
            for part in pdf_pages(data, self._settings):
                if part.text is None:
                    yield self._from_pixels(part.pixels)
                else:
                    yield _Sheet(part.text, None, read_qr(part.pixels), part.pixels)
        elif kind is FileKind.OFD:
            yield from self._from_ofd(data)
        else:
            pages = decode_pages(
                data,
                max_pixels=self._settings.max_pixels,
                max_pages=self._settings.max_pages,
                enough=self._settings.reading_side,
            )
            for pixels in pages:
                yield self._from_pixels(pixels)

    def _from_pixels(self, pixels: Pixels) -> _Sheet:
        height, width = pixels.shape[:2]
        if min(height, width) * min(self._settings.reading_side / max(height, width), 1) < LEAST_SIDE:
            return _Sheet(Page((), width, height), None, None, pixels)  # a strip, on which nothing can stand
        page, upright = self._engine.read(pixels)
        qr = read_qr(upright, thorough=classify([page]) in _WITH_CODE)
        return _Sheet(page, upright, qr, upright)

    def _from_ofd(self, data: bytes) -> Iterator[_Sheet]:
        contents = read_ofd(data, self._settings)
        qr, largest = None, None
        for picture in contents.pictures:
            try:
                pixels = decode_picture(picture, max_pixels=self._settings.max_pixels)
            except UnreadableDocument:  # an ornament that cannot be decoded takes nothing from the text
                continue
            qr = qr or read_qr(pixels)
            largest = pixels if largest is None or pixels.size > largest.size else largest
        if largest is not None and not any(page.lines for page in contents.pages):
            yield self._from_pixels(largest)  # a scan in an ofd
            return
        for page in contents.pages:
            yield _Sheet(page, None, qr)

    def _judged(self, sheet: _Sheet, kind: DocumentType, number: int) -> tuple[dict[str, Field], list[Check]]:
        first, checks = self._judge(sheet.page, sheet.qr, kind)
        fields = _fields(first, sheet.page, kind, number)
        if sheet.pixels is None or not _lacking(first, kind):
            return fields, checks
        begin = time.perf_counter()
        page, second, checks = self._look_again(sheet, sheet.pixels, kind)
        self._again += time.perf_counter() - begin
        # What was verified stays; a second look never replaces it.
        kept = {name: field for name, field in fields.items() if field.verified}
        return {**fields, **_fields(second, page, kind, number), **kept}, checks

    def _look_again(
        self, sheet: _Sheet, pixels: Pixels, kind: DocumentType
    ) -> tuple[Page, dict[str, Verdict], list[Check]]:
        """Looks a second time, and a third time at figures only if something is lacking still."""
        view = view_of(sheet.page, pixels)
        page, otherwise = look_again(self._engine, sheet.page, view)
        qr = sheet.qr or (read_qr(view.pixels) if kind in _WITH_CODE else None)
        others = [*readings_of(sheet.page), *readings_of(otherwise)]
        verdicts, checks = self._judge(page, qr, kind, others=others)
        if _lacking(verdicts, kind):
            others += readings_of(look_closer(self._engine, page, pixels, view))
            verdicts, checks = self._judge(page, qr, kind, others=others)
        return page, verdicts, checks

    def _judge(
        self, page: Page, qr: QrFacts | None, kind: DocumentType, *, others: Iterable[Reading] = ()
    ) -> tuple[dict[str, Verdict], list[Check]]:
        return judge(
            readings_of(page),
            kind,
            qr,
            source=page.source,
            today=self._today(),
            others=others,
            listed=listed_amounts(page),
        )


def _kinds(sheets: list[_Sheet]) -> tuple[DocumentType, list[DocumentType]]:
    """What the document is, and what each page is by itself; a page that goes on without a heading is `other`."""
    schemes = [sheet.qr.scheme if sheet.qr else None for sheet in sheets]
    kinds = [classify([s.page], qr_scheme=scheme) for s, scheme in zip(sheets, schemes, strict=True)]
    known = [kind for kind in kinds if kind is not DocumentType.OTHER]
    if known:
        return known[0], kinds
    return classify([s.page for s in sheets], qr_scheme=next(filter(None, schemes), None)), kinds


def _lacking(verdicts: dict[str, Verdict], kind: DocumentType) -> bool:
    """Whether an expected field is missing, or an amount could not be confirmed."""
    return any(
        name not in verdicts
        or verdicts[name].source in (Source.QR, Source.WORDS)
        or (name.startswith(("医保统筹", "其他支付", "个人", "金额")) and not verdicts[name].verified)
        for name in EXPECTED.get(kind, ())
    )


def _fields(verdicts: dict[str, Verdict], page: Page, kind: DocumentType, number: int) -> dict[str, Field]:
    names = NAMES.get(kind, {})
    return {
        names.get(name, name): Field(v.value, v.confidence, v.source, v.verified, _box(v, page, number))
        for name, v in verdicts.items()
    }


def _box(verdict: Verdict, page: Page, number: int) -> Box | None:
    """Where the value was read; None when only the code says it."""
    if verdict.reading is None or verdict.source is Source.WORDS:
        return None
    places = list(dict.fromkeys(piece.line for piece in verdict.reading.pieces))
    if max(places, default=len(page.lines)) >= len(page.lines):
        return None  # read in another look at the page, whose lines are not these
    quads = [page.lines[at].quad for at in places]
    points = [(_share(x, page.width), _share(y, page.height)) for quad in quads for x, y in quad]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    around = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Box(number, left, top, right, bottom, tuple(points) if len(quads) == 1 else around)


def _share(length: float, whole: float) -> float:
    return round(min(max(length / whole, 0.0), 1.0), 4)


@cache
def _own() -> Recognizer:
    return Recognizer()


def recognize(data: bytes, *, filename: str | None = None) -> Recognition:
    """`Recognizer.recognize` with a recognizer that is made at the first call and kept by the process."""
    return _own().recognize(data, filename=filename)
