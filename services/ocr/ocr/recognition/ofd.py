"""Reads ofd files (GB/T 33190-2016): a zip of XML whose text objects say what is written and where.

No entity is expanded and no more is unpacked than allowed. Pictures inside are kept for their QR codes.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

from ocr.recognition.errors import MEBI, UnreadableDocument
from ocr.recognition.model import Line, Page, Source
from ocr.recognition.settings import RecognitionSettings

_MOST_PARTS = 2000
_MOST_PICTURES = 20


@dataclass(frozen=True, slots=True)
class OfdContents:
    """The pages with their text, in millimetres, and the pictures (jpg or png bytes) of the whole file."""

    pages: tuple[Page, ...]
    pictures: tuple[bytes, ...]


def read_ofd(data: bytes, settings: RecognitionSettings) -> OfdContents:
    """The text and pictures; raises `UnreadableDocument` for a zip that is no ofd, is broken or unpacks too large."""
    parts = _unpack(data, settings.max_ofd_bytes)
    if "OFD.xml" not in parts:
        raise UnreadableDocument("document.unsupported", "a zip that is no ofd")
    pages = []
    for root in _elements(_xml(parts, "OFD.xml"), "DocRoot"):
        pages += _document(parts, (root.text or "").strip().lstrip("/"), settings.max_pages)
    if not pages:
        raise UnreadableDocument("ofd.broken", "no pages")
    if len(pages) > settings.max_pages:
        raise UnreadableDocument(
            "document.too_many_pages", f"{len(pages)} > {settings.max_pages}", settings.max_pages
        )
    pictures = [part for part in parts.values() if part.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n"))]
    return OfdContents(tuple(pages), tuple(pictures[:_MOST_PICTURES]))


def _unpack(data: bytes, most: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_PARTS:
                raise UnreadableDocument("document.unpacks_too_large", "too many parts", most // MEBI)
            for entry in entries:
                with archive.open(entry) as stream:  # what the header promises is not believed
                    part = stream.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise UnreadableDocument(
                        "document.unpacks_too_large", f"more than {most} bytes", most // MEBI
                    )
                parts[entry.filename.lstrip("/")] = part
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as broken:
        raise UnreadableDocument("ofd.broken", type(broken).__name__) from broken
    return parts


def _xml(parts: dict[str, bytes], name: str) -> ElementTree.Element:
    """Parses a part; any document type declaration is refused, so that no entity exists."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_: object) -> None:
        raise UnreadableDocument("ofd.broken", "a document type declaration")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag.rpartition("}")[2], attributes)
    parser.EndElementHandler = lambda tag: builder.end(tag.rpartition("}")[2])
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(parts[name], True)
        return builder.close()
    except (KeyError, expat.ExpatError, AssertionError, ValueError, LookupError) as broken:
        raise UnreadableDocument("ofd.broken", name) from broken


def _elements(root: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    return root.iter(tag)


def _document(parts: dict[str, bytes], path: str, most_pages: int) -> list[Page]:
    root = _xml(parts, path)
    folder = posixpath.dirname(path)
    default = _box(next((e.text for e in _elements(root, "PhysicalBox")), None)) or (0.0, 0.0, 210.0, 297.0)
    templates = {e.get("ID"): e.get("BaseLoc") for e in _elements(root, "TemplatePage")}
    entries = [e for e in _elements(root, "Page") if e.get("BaseLoc")]
    if len(entries) > most_pages:
        raise UnreadableDocument("document.too_many_pages", f"{len(entries)} > {most_pages}", most_pages)
    return [_page(parts, folder, entry.get("BaseLoc") or "", templates, default) for entry in entries]


def _page(
    parts: dict[str, bytes],
    folder: str,
    place: str,
    templates: dict[str | None, str | None],
    default: tuple[float, float, float, float],
) -> Page:
    root = _xml(parts, _path(folder, place))
    size = _box(next((e.text for e in _elements(root, "PhysicalBox")), None)) or default
    sheets = [root]
    for used in _elements(root, "Template"):
        location = templates.get(used.get("TemplateID"))
        if (
            location and _path(folder, location) in parts
        ):  # a form that is missing takes nothing from what is written
            sheets.append(_xml(parts, _path(folder, location)))
    lines = [line for sheet in sheets for text in _elements(sheet, "TextObject") for line in _lines(text)]
    return Page(tuple(lines), size[2], size[3], Source.TEXT)


def _path(folder: str, place: str) -> str:
    return place.lstrip("/") if place.startswith("/") else posixpath.normpath(posixpath.join(folder, place))


def _lines(text: ElementTree.Element) -> Iterator[Line]:
    """One line for each row of characters; its place is that of the object's boundary and of the steps between them."""
    box = _box(text.get("Boundary"))
    if box is None:
        return
    matrix = _numbers(text.get("CTM") or "1 0 0 1 0 0")
    across, down, right, low = (
        (matrix[0], matrix[3], *matrix[4:]) if len(matrix) == 6 else (1.0, 1.0, 0.0, 0.0)
    )
    across, down = abs(across) or 1.0, abs(down) or 1.0
    height = float(text.get("Size") or 3.5)
    x = y = 0.0
    for code in text.iter("TextCode"):
        x, y = float(code.get("X") or x), float(code.get("Y") or y or height)
        for words, begin, end, row in _rows(code, x, y, height):
            if words.strip():
                left, bottom = box[0] + right + begin * across, box[1] + low + row * down
                edge = box[0] + right + end * across if end > begin else box[0] + box[2]
                top = bottom - height * down
                yield Line(words, 1.0, ((left, top), (edge, top), (edge, bottom), (left, bottom)))


def _rows(
    code: ElementTree.Element, x: float, y: float, size: float
) -> Iterator[tuple[str, float, float, float]]:
    """The characters row by row: text, left edge, right edge (the left one where it is not told) and foot."""
    words = code.text or ""
    across, down = _steps(code.get("DeltaX") or ""), _steps(code.get("DeltaY") or "")
    begin, row, at = x, "", x
    for place, letter in enumerate(words):
        row += letter
        last = place == len(words) - 1
        fall = 0.0 if last or place >= len(down) else down[place]
        if last or abs(fall) > 0.3 * size:
            yield row, begin, at + size * (0.5 if letter.isascii() else 1.0) if across else begin, y
            row = ""
        at += across[place] if place < len(across) else 0.0
        y += fall
        begin = begin if row else at


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split()]
    except ValueError as broken:
        raise UnreadableDocument("ofd.broken", "a number") from broken


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    numbers = _numbers(text) if text else []
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _steps(text: str) -> list[float]:
    """`g 3 2.5` stands for three steps of 2.5; a repeat count is bounded by the length of any sane line."""
    grown = re.sub(
        r"g\s+(\d{1,4})\s+(\S+)", lambda found: " ".join([found[2]] * min(int(found[1]), 2000)), text[:20_000]
    )
    return _numbers(grown)
