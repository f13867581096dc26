"""The small parts of a workbook: which sheets it has, its shared texts, which cell formats are dates."""

import re
from collections.abc import Iterator
from posixpath import join, normpath
from typing import NamedTuple
from xml.parsers import expat

from .cells import unescape
from .errors import WorkbookDamaged
from .package import Package, local_name

_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_MOST_ELEMENTS = 200_000  # Excel allows 65,490 cell formats
Attributes = dict[str, str]


class SheetPart(NamedTuple):
    """A sheet of the workbook: the name on its tab, whether it is shown, where its rows are."""

    name: str
    visible: bool
    part: str


class Contents(NamedTuple):
    """What the workbook's own part says."""

    sheets: list[SheetPart]
    texts_part: str | None
    styles_part: str | None
    since_1904: bool


def read_contents(package: Package) -> Contents:
    """Read which sheets there are and where. Raises NotAWorkbook where the archive has no workbook part."""
    book = _target(_relations(package, "_rels/.rels", ""), "officeDocument")
    if book is None or not book.endswith(".xml") or book not in package.names:
        raise package.kind_refusal()
    folder, _, name = book.rpartition("/")
    relations = _relations(package, f"{folder}/_rels/{name}.rels", folder)
    elements = _elements(package, book, {"sheet", "workbookPr"})
    sheets = [
        SheetPart(
            attributes.get("name", ""), attributes.get("state", "visible") == "visible", relations[key][1]
        )
        for element, attributes in elements
        if element == "sheet" and (key := _relation_id(attributes)) in relations
        if relations[key][0] == "worksheet"
    ]
    since_1904 = any(e == "workbookPr" and a.get("date1904") in ("1", "true") for e, a in elements)
    return Contents(sheets, _target(relations, "sharedStrings"), _target(relations, "styles"), since_1904)


def read_texts(package: Package, part: str) -> Iterator[str]:
    """Yield the shared texts, read by an XML parser; readings in the margin (phonetic) are left out."""
    texts: list[str] = []
    pieces: list[str] = []
    parser = new_parser()
    phonetic = False

    def start(name: str, _: Attributes) -> None:
        nonlocal phonetic
        name = local_name(name)
        if name == "rPh":
            phonetic = True
        elif name == "t" and not phonetic:
            parser.CharacterDataHandler = pieces.append

    def end(name: str) -> None:
        nonlocal phonetic
        name = local_name(name)
        if name == "t":
            parser.CharacterDataHandler = None
        elif name == "rPh":
            phonetic = False
        elif name == "si":
            texts.append(unescape("".join(pieces)))
            pieces.clear()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    for _ in package.parse(part, parser):
        yield from texts
        texts.clear()


def read_date_styles(package: Package, part: str | None) -> frozenset[str]:
    """Return the cell formats (as the sheet names them: their index as text) that show a number as a date."""
    if part is None or part not in package.names:
        return frozenset()
    dates, formats = set(_DATE_FORMATS), []
    inside = False
    for element, attributes in _elements(package, part, {"numFmt", "cellXfs", "/cellXfs", "xf"}):
        if element == "numFmt":
            pattern = _NOT_DATE_LETTERS.sub("", attributes.get("formatCode", "").lower())
            number = attributes.get("numFmtId", "")
            if number.isdigit() and any(letter in pattern for letter in "ymdhs") and "general" not in pattern:
                dates.add(int(number))
        elif element in ("cellXfs", "/cellXfs"):
            inside = element == "cellXfs"
        elif element == "xf" and inside:
            formats.append(attributes.get("numFmtId", ""))
    return frozenset(str(i) for i, number in enumerate(formats) if number.isdigit() and int(number) in dates)


def new_parser() -> expat.XMLParserType:
    """Return a parser that hands over each text in one piece."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    return parser


def _elements(package: Package, part: str, wanted: set[str]) -> list[tuple[str, Attributes]]:
    """Return the wanted elements of a small part in order; `/name` where one ends."""
    found: list[tuple[str, Attributes]] = []

    def keep(name: str, attributes: Attributes) -> None:
        if name in wanted:
            found.append((name, attributes))
        if len(found) > _MOST_ELEMENTS:
            raise WorkbookDamaged

    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: keep(local_name(name), attributes)
    parser.EndElementHandler = lambda name: keep("/" + local_name(name), {})
    package.parse_whole(part, parser)
    return found


def _relations(package: Package, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Return id -> (kind, part) of a relationships part; targets outside the archive are left out."""
    if part not in package.names:
        return {}
    return {
        a.get("Id", ""): (
            a.get("Type", "").rpartition("/")[2],
            normpath(join("/", folder, a["Target"])).lstrip("/"),
        )
        for _, a in _elements(package, part, {"Relationship"})
        if "Target" in a and a.get("TargetMode") != "External"
    }


def _target(relations: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((part for found, part in relations.values() if found == kind), None)


def _relation_id(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")
