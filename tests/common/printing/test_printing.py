"""PDF documents: the text in them is the text that went in, rare characters too, and nothing else."""

import asyncio
import ctypes
import io
import re
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from common.printing import TemplateFault, print_pdf, render_pdf
from common.processes import ProcessPool

HERE = Path(__file__).parent
LETTER = HERE / "letter.typ"
RARE = "燚彧𠮷王㛃䶮犇堃"


def letter(**changes: Any) -> dict[str, Any]:
    rows = [{"code": f"A{n}", "reason": "住院津贴", "amount": Decimal("460.00")} for n in range(3)]
    return {
        "issuer": "无锡市总工会", "number": "LP-2026-0001", "name": "张三", "amount": Decimal("1234567.80"),
        "on": date(2026, 1, 31), "unit": "第一纺织厂", "note": "", "rows": rows,
    } | changes  # fmt: skip


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    found = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s", "", found)  # the reader sees a space where Chinese and other letters meet


def test_the_text_reads_back() -> None:
    pdf = render_pdf(LETTER, letter(name=RARE))
    assert pdf.startswith(b"%PDF")
    text = text_of(pdf)
    for expected in (
        RARE,
        "1,234,567.80",
        "2026年1月31日",
        "无锡市总工会",
        "编号LP-2026-0001",
        "第1页共1页",
    ):
        assert expected in text, expected
    assert text.count("住院津贴") == 3


def test_every_rare_character_has_a_shape_of_its_own() -> None:
    """No box in place of a character: each is drawn, and each differently."""
    seen = set()
    for character in RARE + "囗":
        page = pypdfium2.PdfDocument(render_pdf(HERE / "one.typ", {"name": character}))[0]
        picture = page.render(scale=2).to_pil().convert("L")
        assert picture.getextrema()[0] < 128, character
        seen.add(picture.tobytes())
    assert len(seen) == len(RARE) + 1


@pytest.mark.parametrize(
    "nasty",
    [
        '#eval("1+1")',
        '#import "@preview/x:1.0.0": *',
        '#read("/etc/passwd")',
        "*bold* _it_ `raw` $x^2$ = h",
        "[x] \\ ] } \" ' #",
        "<label> @ref // comment /* more",
        "\u202e反\u0000".replace("\u0000", ""),
    ],
)
def test_untrusted_text_stays_text(nasty: str) -> None:
    text = text_of(render_pdf(LETTER, letter(note=nasty, name=nasty)))
    assert text.count(re.sub(r"[\s\u202e]", "", nasty)) >= 2


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=st.characters(codec="gb18030", categories=("L", "N", "P", "S")), max_size=40))
def test_any_text_prints(value: str) -> None:
    assert render_pdf(LETTER, letter(note=value)).startswith(b"%PDF")


def test_the_font_is_embedded_and_only_what_is_used() -> None:
    pdf = render_pdf(LETTER, letter())
    fonts = set()
    for thing in pypdfium2.PdfDocument(pdf)[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(thing)
        name = ctypes.create_string_buffer(200)
        raw.FPDFFont_GetBaseFontName(font, name, 200)
        fonts.add((name.value.decode().split("+")[-1], raw.FPDFFont_GetIsEmbedded(font)))
    assert fonts and all("NotoSansCJKsc" in name and embedded for name, embedded in fonts)
    assert len(pdf) < 200_000, "of a font of 30 MB only the characters used"
    assert b"pdfaid:part>2<" in pdf


def test_long_tables_go_on_over_pages_with_their_heading() -> None:
    rows = [{"code": f"A{n}", "reason": "住院津贴", "amount": "1.00"} for n in range(120)]
    text = text_of(render_pdf(LETTER, letter(rows=rows)))
    pages = int(re.findall(r"共(\d+)页", text)[0])
    assert pages >= 3 and text.count("金额（元）") == pages


def test_images_by_name() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(buffer, "PNG")
    pdf = render_pdf(LETTER, letter(seal="seal.png"), images={"seal.png": buffer.getvalue()})
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("RGB")
    colours = picture.getcolors(maxcolors=1 << 20) or []
    assert any(r > 200 and g < 60 and b < 60 for _, (r, g, b) in colours)
    with pytest.raises(ValueError, match="plain"):
        render_pdf(LETTER, letter(), images={"../x.png": b""})


def test_a_template_reads_nothing_outside(tmp_path: Path) -> None:
    template = tmp_path / "bad.typ"
    template.write_text('#read("/etc/passwd")\n#read("../../etc/passwd")')
    with pytest.raises(TemplateFault):
        render_pdf(template, {})


def test_a_fault_names_the_template_and_not_the_data(tmp_path: Path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text("\n#data.nothing")
    with pytest.raises(TemplateFault, match=r"^broken.typ:2$"):
        render_pdf(template, {"name": "张三"})
    template.write_text("#panic(data.name)")
    with pytest.raises(TemplateFault, match=r"^broken.typ:1$"):
        render_pdf(template, {"name": "张三"})


def test_a_character_that_the_font_lacks_does_not_stop_the_document() -> None:
    assert "Ĭ张" in text_of(render_pdf(LETTER, letter(name="Ĭ张")))
    pdf = render_pdf(LETTER, letter(name="\U0010fffd张"))
    assert "张同志" in text_of(pdf) and b"pdfaid" not in pdf


def test_templates_evaluate_no_text() -> None:
    """What would let data become code is used in no template of the repository."""
    root = HERE.parents[2]
    templates = [
        path
        for folder in ("libs", "services", "deploy", "tests")
        for path in (root / folder).rglob("*.typ")
        if ".venv" not in path.parts
    ]
    assert len(templates) >= 2
    for path in templates:
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"\beval\b|\bplugin\b|@preview|\bmode:\s*\"markup\"", code), path


async def test_the_event_loop_stays_free_and_many_print_at_once() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.002)
            ticks += 1

    ticking = asyncio.create_task(tick())
    began = time.monotonic()
    made = await asyncio.gather(*(print_pdf(LETTER, letter(name=f"第{n}人")) for n in range(12)))
    took = time.monotonic() - began
    ticking.cancel()
    for n, pdf in enumerate(made):
        assert f"第{n}人" in text_of(pdf)
    assert ticks > took / 0.002 / 20


async def test_many_in_a_process(environment: dict[str, str]) -> None:
    pool = ProcessPool(processes=1, master_keys=environment["HUZHU_MASTER_KEYS"])
    try:
        assert "张三" in text_of(await pool.run(render_pdf, LETTER, letter()))
    finally:
        pool.close()
