"""Templates made into PDF by Typst: compiled in this process, no program started, nothing fetched."""

import asyncio
import importlib.util
import re
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import structlog
import typst

from ..clock import now

FONT_PACKAGE = "manimgx_fonts_cjk"
"""A wheel that holds Noto Sans CJK (all weights in one variable font, GB 18030's characters and more)."""
ARCHIVAL: "typst.PDFStandards" = ["a-2u"]
"""PDF/A-2u: everything embedded, every character readable as text."""
PRELUDE = Path(__file__).with_name("prelude.typ")
UNDISPLAYABLE = "could not be displayed with font"
LINE = re.compile(r"\.typ:(\d+):\d+")
log = structlog.get_logger()
_one_at_a_time = threading.Lock()


class TemplateFault(RuntimeError):
    """A template does not compile or wants data that is not there: a defect of ours, named by template and line."""


def render_pdf(
    template: Path, data: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the PDF of a template file with data; blocks for some tens of milliseconds.

    Data are JSON values, Decimal and dates included; texts in them are shown as they are, whatever they hold.
    `images` are files that the template may show by their names (PNG, JPEG, SVG).
    """
    encoded = orjson.dumps(dict(data), default=str).decode()
    if not images:
        return _compile(template, template.parent, encoded)
    with tempfile.TemporaryDirectory(prefix="huzhu-print-") as folder:
        for name, content in images.items():
            if Path(name).name != name:
                raise ValueError("an image has a plain file name")
            Path(folder, name).write_bytes(content)
        return _compile(template, Path(folder), encoded)


async def print_pdf(
    template: Path, data: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None
) -> bytes:
    """`render_pdf` in a thread of its own; the compiler leaves the event loop free meanwhile."""
    return await asyncio.to_thread(render_pdf, template, data, images=images)


def _compile(template: Path, root: Path, data: str) -> bytes:
    with _one_at_a_time:
        try:
            try:
                made = _compiled(template, root, data, ARCHIVAL)
            except typst.TypstError as error:
                if UNDISPLAYABLE not in error.message:
                    raise
                # A character that no font here has forbids the archival form, not the document.
                log.warning("print.character_without_shape", template=template.name)
                made = _compiled(template, root, data, [])
        except typst.TypstError as error:
            raise TemplateFault(_place(template, error.diagnostic)) from None
    if not isinstance(made, bytes):
        raise TemplateFault(f"{template.name}: nothing was made")
    return made


def _compiled(template: Path, root: Path, data: str, standards: "typst.PDFStandards") -> object:
    return _compiler(root).compile(
        input=_prelude() + template.read_bytes(),
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=standards,
        timestamp=int(now().timestamp()),
    )


def _place(template: Path, diagnostic: str) -> str:
    """Name file and line of a fault; the compiler's own sentence is left out, because it may quote the data."""
    found = LINE.search(diagnostic)
    line = int(found.group(1)) - _prelude().count(b"\n") if found else 0
    return f"{template.name}:{line}" if line > 0 else f"{template.name}: in {PRELUDE.name}"


@cache
def _prelude() -> bytes:
    return PRELUDE.read_bytes() + b"\n"


@cache
def _fonts() -> typst.Fonts:
    found = importlib.util.find_spec(FONT_PACKAGE)
    if found is None or found.origin is None:
        raise TemplateFault(f"the font package {FONT_PACKAGE} is not installed")
    folder = str(Path(found.origin).parent)
    # The compiler brings some Latin fonts along, for letters that the Chinese one lacks.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


@cache
def _cached_compiler(root: Path) -> typst.Compiler:
    return typst.Compiler(root=root, font_paths=_fonts(), ignore_system_fonts=True)


def _compiler(root: Path) -> typst.Compiler:
    """One for each folder of templates; folders of images are gone afterwards."""
    if root.name.startswith("huzhu-print-"):
        return typst.Compiler(root=root, font_paths=_fonts(), ignore_system_fonts=True)
    return _cached_compiler(root)
