"""Papers after real ones, each laid out anew: types told, values exact, and never a wrong one accepted.

`python -m tests.ocr.recognition.invented FOLDER --specimens` and `evaluate.py FOLDER` measure photographs of many more.
"""

import math
from random import Random

import pytest

from ocr.recognition import Recognizer
from ocr.recognition.model import Quad
from ocr.recognition.turning import leaning

from . import files
from .invented.camera import take
from .invented.papers import SPECIMENS, draw
from .test_invented import mistakes, wrongly_accepted

SEEDS = range(700, 704)
SPOILT_BY_DRAWING = {"住址"}
"""What the text layers here do not show as it is printed: lines too far apart for their letters."""


@pytest.mark.feature("B.03")
@pytest.mark.parametrize("kind", sorted(SPECIMENS))
def test_any_layout_is_read_from_its_text(recognizer: Recognizer, kind: str) -> None:
    missed: list[object] = []
    for seed in SEEDS:
        made = draw(kind, seed)
        width = made.sheet.image.width
        cells = tuple((x * 1000 / width, y * 1000 / width, text) for x, y, text in made.sheet.said)
        found = recognizer.recognize(files.ofd(cells, extra={"Doc_0/Res/code.png": b""}))
        assert found.type == made.type, f"{kind} {seed}"
        assert wrongly_accepted(found, made) == set(), f"{kind} {seed}"
        missed += [m for m in mistakes(found, made).items() if m[0] not in SPOILT_BY_DRAWING]
    assert len(missed) <= len(SEEDS), missed


@pytest.mark.parametrize("degrees", [-80, -35, -12, 0, 7, 20, 44, 75])
def test_how_a_page_leans_is_told_by_its_lines(degrees: int) -> None:
    random, turn = Random(degrees), math.radians(degrees)
    quads: list[Quad] = []
    for _ in range(30):
        x, y, width, height = random.uniform(0, 900), random.uniform(0, 900), random.uniform(20, 300), 20
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        a, b, c, d = (
            (p * math.cos(turn) - q * math.sin(turn), p * math.sin(turn) + q * math.cos(turn))
            for p, q in corners
        )
        quads.append((a, b, c, d))
    assert leaning(quads) == pytest.approx(degrees, abs=1)
    assert leaning([]) == 0


@pytest.mark.feature("B.03")
def test_a_page_that_leans_far_is_read(recognizer: Recognizer) -> None:
    made = draw("digital", 41)
    found = recognizer.recognize(take(made.sheet.image, 41, hard=0.3, lean=33))
    assert found.type == "vat_invoice" and wrongly_accepted(found, made) == set()
    assert len(mistakes(found, made)) <= 1, mistakes(found, made)


def test_a_code_of_another_receipt_of_the_day_decides_nothing(recognizer: Recognizer) -> None:
    """票据代码 and date agree by chance, number, check code and amount do not: the print is offered, unverified."""
    other = files.code_png("CZ-EI-33,1.0.0,33061424,7734120985,9k2d7f,20241120,999.00")
    dated = (*files.RECEIPT, (700, 130, "开票日期：2024-11-20"))
    found = recognizer.recognize(files.ofd(dated, extra={"Doc_0/Res/code.png": other}))
    assert found.fields["票据号码"].value == "0060687851" and not found.fields["票据号码"].verified
    assert found.fields["金额合计小写"].value == "3487.51" and not found.fields["金额合计小写"].verified
    assert "qr.number_matches" in {check.code for check in found.checks if not check.passed}
