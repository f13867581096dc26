"""The rows of one sheet, in a stream: a few hundred rows are in memory at any time, whatever the sheet claims.

Two ways with the same result: the short one for sheets as Excel, WPS and the usual libraries write them (five times
as fast), the XML parser for everything else.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from .cells import date_text, number_text, unescape
from .errors import TooManyColumns, WorkbookDamaged
from .limits import Limits
from .package import Package, local_name
from .parts import Attributes, new_parser

_LAST_ROW = 1_048_576


class SheetRow(NamedTuple):
    """A row that has content: the number the sheet shows beside it, and its cells from column A on."""

    number: int
    cells: list[str]


class Values(NamedTuple):
    """What is needed to turn what stands in the file into what the cell shows."""

    texts: list[str]
    date_styles: frozenset[str]
    since_1904: bool

    def text(self, raw: str, kind: str | None, style: str | None) -> str:
        """Return the text of a cell that is no shared text. Raises ValueError where it is not what it says."""
        if kind is None or kind == "n":
            if style in self.date_styles:
                return date_text(raw, since_1904=self.since_1904)
            return number_text(raw)
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        return unescape(raw)


class RowBuilder:
    """One row being put together. Raises TooManyColumns, and ValueError where the file contradicts itself."""

    def __init__(self, values: Values, limits: Limits) -> None:
        self._values, self._limits = values, limits
        self.number = 0
        self.cells: list[str] = []

    def begin(self, number: str | None) -> None:
        """Begin the row of this number; one without a number follows the row before."""
        following = int(number) if number else self.number + 1
        if not self.number < following <= _LAST_ROW:
            raise ValueError(following)
        self.number, self.cells = following, []

    def put(self, index: int, raw: str, kind: str | None, style: str | None) -> None:
        """Put a cell into its column (0 is A)."""
        if kind == "s":
            text = self._values.texts[int(raw)]
        elif kind == "inlineStr" and "_x" not in raw and len(raw) <= self._limits.cell_characters:
            text = raw
        else:
            text = self._values.text(raw, kind, style)
            if len(text) > self._limits.cell_characters:
                text = text[
                    : self._limits.cell_characters
                ]  # only then: a slice of a StoredNumber is none any more
        if index == len(self.cells) < self._limits.columns:
            self.cells.append(text)
        else:
            self._put_apart(index, text)

    def _put_apart(self, index: int, text: str) -> None:
        """Put a cell that does not follow the last one."""
        if index >= self._limits.columns:
            raise TooManyColumns(row=self.number, limit=self._limits.columns)
        self.cells += [""] * (index + 1 - len(self.cells))
        self.cells[index] = text

    def done(self) -> SheetRow | None:
        """Return the row, or None where it has nothing but blanks."""
        return SheetRow(self.number, self.cells) if any(map(str.strip, self.cells)) else None


def parse_rows(package: Package, part: str, builder: RowBuilder) -> Iterator[SheetRow]:
    """Yield the rows that have content, read by an XML parser. Raises what the builder and the package raise."""
    collector = _Collector(builder)
    try:
        for _ in package.parse(part, collector.parser):
            yield from collector.ready
            collector.ready.clear()
    except (ValueError, IndexError) as error:
        raise WorkbookDamaged from error


class _Collector:
    """Handlers of the XML parser: a row is `ready` when its element ends."""

    def __init__(self, builder: RowBuilder) -> None:
        self.ready: list[SheetRow] = []
        self.parser: expat.XMLParserType = new_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._builder = builder
        self._pieces: list[str] = []
        self._cell: Attributes = {}
        self._index = -1
        self._phonetic = False

    def _start(self, name: str, attributes: Attributes) -> None:
        match local_name(name):
            case "row":
                self._builder.begin(attributes.get("r"))
                self._index = -1
            case "c":
                self._cell = attributes
                reference = attributes.get("r", "").rstrip("0123456789")
                self._index = column_index(reference) if reference else self._index + 1
            case "rPh":
                self._phonetic = True
            case "v" | "t" if not self._phonetic:
                self.parser.CharacterDataHandler = self._pieces.append

    def _end(self, name: str) -> None:
        match local_name(name):
            case "v" | "t":
                self.parser.CharacterDataHandler = None
            case "rPh":
                self._phonetic = False
            case "c" if self._pieces:
                self._builder.put(
                    self._index, "".join(self._pieces), self._cell.get("t"), self._cell.get("s")
                )
                self._pieces.clear()
            case "row" if row := self._builder.done():
                self.ready.append(row)


@lru_cache(maxsize=1024)
def column_index(letters: str) -> int:
    """Return 0 for A, 25 for Z, 26 for AA. Raises ValueError."""
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isalpha()):
        raise ValueError(letters[:10])
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1
