"""Invented papers of every kind, in varied wordings and layouts: text layers of all of them, photographs of a few.

`python -m tests.ocr.recognition.invented FOLDER` and `evaluate.py FOLDER` measure many more, in other fonts too.
"""

import pytest

from ocr.recognition import Recognition, Recognizer

from . import files
from .evaluate import same
from .invented.papers import KINDS, Invented, draw, invent


def mistakes(found: Recognition, made: Invented) -> dict[str, tuple[str | None, str]]:
    return {
        name: (found.fields[name].value if name in found.fields else None, value)
        for name, value in made.truth.items()
        if name not in found.fields or not same(name, found.fields[name].value, value)
    }


def wrongly_accepted(found: Recognition, made: Invented) -> set[str]:
    return {name for name in mistakes(found, made) if name in found.fields and found.fields[name].verified}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_text_layers_are_read_without_a_mistake(recognizer: Recognizer, kind: str) -> None:
    for seed in range(8):
        made = draw(kind, 500 + seed)
        width = made.sheet.image.width
        cells = tuple((x * 1000 / width, y * 1000 / width, text) for x, y, text in made.sheet.said)
        for data in (files.pdf(cells, size=13), files.ofd(cells, extra={"Doc_0/Res/code.png": b""})):
            found = recognizer.recognize(data)
            assert (found.type, mistakes(found, made)) == (made.type, {}), f"{kind} {seed}"


PHOTOGRAPHED = ("outpatient", "invoice", "digital_invoice", "settlement", "id_card", "pathology", "foreign")


@pytest.mark.feature("B.03")
@pytest.mark.feature("B.06")
@pytest.mark.parametrize("kind", PHOTOGRAPHED)
def test_a_photograph(recognizer: Recognizer, kind: str) -> None:
    made = invent(kind, 42, hard=0.5)
    found = recognizer.recognize(made.photo)
    assert found.type == made.type
    assert wrongly_accepted(found, made) == set()
    assert len(mistakes(found, made)) <= 1, mistakes(found, made)


@pytest.mark.feature("B.03")
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_an_identity_card_lying_any_way(recognizer: Recognizer, turn: int) -> None:
    made = invent("id_card", 7, hard=0.3, turn=turn)
    found = recognizer.recognize(made.photo)
    assert found.type == "id_card" and mistakes(found, made) == {}
    number = found.fields["公民身份号码"]
    assert (
        number.verified and number.box is not None and number.box.top > 0.5
    )  # at the foot of the upright card


@pytest.mark.parametrize("seed", range(4))
def test_a_paper_of_no_known_kind_is_never_accepted(recognizer: Recognizer, seed: int) -> None:
    found = recognizer.recognize(invent("foreign", 900 + seed, hard=0.2).photo)
    assert found.type == "other" or not any(field.verified for field in found.fields.values())
