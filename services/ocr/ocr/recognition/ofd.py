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

from ocr.recognition.errors import UnreadableDocument
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
        raise UnreadableDocument("document.too_many_pages", f"{len(pages)} > {settings.max_pages}")
    pictures = [part for part in parts.values() if part.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n"))]
    return OfdContents(tuple(pages), tuple(pictures[:_MOST_PICTURES]))


def _unpack(data: bytes, most: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_PARTS:
                raise UnreadableDocument("document.too_large", "too many parts")
            for entry in entries:
                with archive.open(entry) as stream:  # what the header promises is not believed
                    part = stream.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise UnreadableDocument("document.too_large", f"more than {most} bytes unpacked")
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
        raise UnreadableDocument("document.too_many_pages", f"{len(entries)} > {most_pages}")
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
    """One line for each run of characters; the shape is that of its boundary box and of the steps between them."""
    box = _box(text.get("Boundary"))
    if box is None:
        return
    scale = _numbers(text.get("CTM") or "1 0 0 1 0 0")
    size = float(text.get("Size") or 3.5) * (abs(scale[3]) if len(scale) == 6 and scale[3] else 1.0)
    across = abs(scale[0]) if len(scale) == 6 and scale[0] else 1.0
    for code in text.iter("TextCode"):
        words = code.text or ""
        if not words.strip():
            continue
        steps = _steps(code.get("DeltaX") or "")
        left = box[0] + float(code.get("X") or 0) * across
        width = across * (sum(steps[: len(words) - 1]) if steps else 0.0)
        right = left + width + size * (0.5 if words[-1].isascii() else 1.0) if steps else box[0] + box[2]
        bottom = box[1] + float(code.get("Y") or size) * (size / float(text.get("Size") or 3.5))
        top = bottom - size
        yield Line(words, 1.0, ((left, top), (right, top), (right, bottom), (left, bottom)))


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
