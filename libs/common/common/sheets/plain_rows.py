"""The short way: rows and texts of sheets as Excel, WPS and the usual libraries write them, without an XML parser.

Nothing is guessed: a row counts only if every character of it was understood, else NotPlain is raised and the XML
parser reads the part instead.
"""

import codecs
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape as unescape_entities

from .cells import unescape
from .errors import WorkbookDamaged
from .package import Package
from .rows import RowBuilder, SheetRow, column_index

_SHEET = (re.compile("<sheetData>"), "</row>", "</sheetData>")
_TEXTS = (re.compile("<sst(?: [^<>]*[^<>/])?>"), "</si>", "</sst>")
_UTF8 = re.compile(r'\s*(?:<\?xml version="1.0"(?: encoding="[Uu][Tt][Ff]-8")?[^<>]*\?>)?\s*<')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_PROLOGUE = 1_000_000
_LONGEST_ROW = 4_000_000
_EMPTY_ROWS = r"\s*(?:<row [^<>]*/>\s*)*"
_ROW = re.compile(_EMPTY_ROWS + r'<row r="([0-9]+)"(?: [\w:]+="[^"<>]*")* ?>')
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})[0-9]+"((?: [a-z]+="[^"<>&]*")*) ?(?:/>|>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?'
    r'(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>))'
)
_LAST = re.compile(_EMPTY_ROWS)
_KIND = re.compile(r' t="(\w+)"')
_STYLE = re.compile(r' s="(\w+)"')
_TEXT = re.compile(r'\s*<si><t(?: xml:space="preserve")?>([^<]*)</t>(?:<phoneticPr [^<>]*/>)?')
_RUN = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")


class NotPlain(Exception):
    """The part is written in another way; an XML parser must read it."""


def plain_rows(package: Package, part: str, builder: RowBuilder) -> Iterator[SheetRow]:
    """Yield the rows that have content. Raises NotPlain, or what the builder and the package raise."""
    put = builder.put
    try:
        for segment in _segments(_decoded(package.pieces(part)), *_SHEET):
            head = _ROW.match(segment)
            if head is None:
                _expect(_LAST.fullmatch(segment))
                return
            builder.begin(head[1])
            understood = head.end()
            for whole, letters, attributes, value, inline in _CELL.findall(segment, understood):
                understood += len(whole)
                if raw := value or inline:
                    kind, style = _kind_and_style(attributes)
                    text = unescape_entities(raw) if "&" in raw else raw
                    put(column_index(letters), text, kind, style)
            _expect(understood == len(segment))
            if row := builder.done():
                yield row
    except (ValueError, IndexError) as error:
        raise WorkbookDamaged from error
    raise NotPlain


def plain_texts(package: Package, part: str) -> Iterator[str]:
    """Yield the shared texts. Raises NotPlain, or what the package raises."""
    for segment in _segments(_decoded(package.pieces(part)), *_TEXTS):
        if match := _TEXT.fullmatch(segment):
            text = match[1]
        elif "<si>" in segment:
            _expect("<!" not in segment and "<rPh" not in segment)
            text = "".join(_RUN.findall(segment))
        else:
            _expect(not segment.strip())
            return
        yield unescape(unescape_entities(text) if "&" in text else text)
    raise NotPlain


def _segments(pieces: Iterator[str], begin: re.Pattern[str], cut: str, end: str) -> Iterator[str]:
    """Cut what stands between `begin` and `end` at each `cut`; the last segment is what remains. Raises NotPlain."""
    text = next(pieces, "")
    while (first := begin.search(text)) is None:
        _expect(len(text) < _LONGEST_PROLOGUE and (piece := next(pieces, "")))
        text += piece
    _expect(_UTF8.match(text) and "<!" not in text[: first.start()])
    text = text[first.end() :]
    while True:
        *segments, text = text.split(cut)
        yield from segments
        if end in text:
            yield text.partition(end)[0]
            return
        _expect(len(text) < _LONGEST_ROW)
        piece = next(pieces, "")
        _expect(piece)
        text += piece


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    """Decode UTF-8 and line ends as an XML parser would. Raises NotPlain for anything XML does not allow."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8-sig")(), translate=True)
    try:
        for piece in pieces:
            text = decoder.decode(piece)
            _expect(not _CONTROL.search(text))
            if text:
                yield text
    except UnicodeDecodeError as error:
        raise NotPlain from error


def _expect(understood: object) -> None:
    if not understood:
        raise NotPlain


@lru_cache(maxsize=1024)
def _kind_and_style(attributes: str) -> tuple[str | None, str | None]:
    kind, style = _KIND.search(attributes), _STYLE.search(attributes)
    return kind and kind[1], style and style[1]
