"""The kinds of invented papers, and how one is made from a seed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from . import cards, hospital, invoices, receipts, records, specimens
from .camera import take
from .canvas import Canvas
from .facts import Facts, facts

Draw = Callable[[Canvas, Facts], dict[str, str]]
KINDS: dict[str, tuple[str, Draw, tuple[int, int]]] = {
    "inpatient": ("e_receipt", partial(receipts.e_receipt, stay=True), (1600, 1120)),
    "outpatient": ("outpatient_receipt", partial(receipts.e_receipt, stay=False), (1600, 1120)),
    "invoice": ("vat_invoice", partial(receipts.vat_invoice, digital=False), (1600, 1040)),
    "digital_invoice": ("vat_invoice", partial(receipts.vat_invoice, digital=True), (1600, 1040)),
    "settlement": ("settlement", receipts.settlement, (1600, 820)),
    "discharge": ("discharge_record", records.discharge, (1600, 1000)),
    "diagnosis": ("diagnosis", records.diagnosis, (1600, 800)),
    "pathology": ("pathology", records.pathology, (1600, 900)),
    "id_card": ("id_card", records.id_card, (1200, 760)),
    "bank_card": ("bank_card", records.bank_card, (1200, 760)),
    "social_card": ("social_security_card", records.social_card, (1200, 760)),
    "foreign": ("other", records.foreign, (1600, 900)),
}
SPECIMENS: dict[str, tuple[str, Draw, tuple[int, int]]] = {
    "national_inpatient": ("e_receipt", partial(specimens.national_receipt, stay=True), (1600, 1120)),
    "national_outpatient": (
        "outpatient_receipt",
        partial(specimens.national_receipt, stay=False),
        (1600, 1120),
    ),
    "printed": ("printed_receipt", specimens.printed_receipt, (1600, 1120)),
    "settlement_sheet": ("settlement", specimens.settlement_sheet, (1600, 1100)),
    "discharge_summary": ("discharge_record", hospital.discharge_summary, (1600, 1120)),
    "certificate": ("diagnosis", hospital.certificate, (1600, 900)),
    "pathology_report": ("pathology", hospital.report_of_pathology, (1600, 900)),
    "digital": ("vat_invoice", partial(invoices.invoice, way="digital"), (1600, 1040)),
    "electronic": ("vat_invoice", partial(invoices.invoice, way="electronic"), (1600, 1040)),
    "paper": ("vat_invoice", partial(invoices.invoice, way="paper"), (1600, 1040)),
    "identity": ("id_card", cards.identity, (1200, 760)),
    "identity_back": ("id_card", cards.identity_back, (1200, 760)),
    "bank": ("bank_card", cards.bank, (1200, 760)),
    "social": ("social_security_card", cards.social, (1200, 760)),
    "hospital_paper": ("other", hospital.hospital_paper, (1600, 900)),
}
"""The same after real ones: every sheet in another layout, wording and font, with figures that are none of ours."""
"""Name, the type that it should be recognised as, its drawing and its size."""
PAPERS = ("#fdfdfa", "#f3f0e4", "#eef5ee", "#f8eef0")


@dataclass(frozen=True)
class Invented:
    """An invented paper: its type, what stands on it, its drawing and its photograph."""

    type: str
    truth: dict[str, str]
    sheet: Canvas
    photo: bytes


def draw(kind: str, seed: int, *, fonts: list[str] | None = None) -> Invented:
    """One paper of a kind, not photographed; the same seed gives the same paper."""
    random = Random(seed)
    expected, made, (width, height) = (KINDS | SPECIMENS)[kind]
    sheet = Canvas(width, height, random, fonts or [], random.choice(PAPERS))
    if kind in SPECIMENS and fonts:
        sheet.hand = random.choice(fonts)
    return Invented(expected, made(sheet, facts(random)), sheet, b"")


def invent(
    kind: str, seed: int, *, hard: float = 0.5, fonts: list[str] | None = None, turn: int | None = None
) -> Invented:
    """One paper of a kind, photographed, lying as it may or in quarter turns; the same seed gives the same picture."""
    made = draw(kind, seed, fonts=fonts)
    card = made.type.endswith("card")
    way = Random(seed).choice([0, 0, 1, 2, 3] if card else [0] * 8 + [1, 2, 3]) if turn is None else turn
    lean = Random(seed + 1).choice([0] * 6 + [20, -14, 35]) if kind in SPECIMENS and turn is None else 0
    return replace(made, photo=take(made.sheet.image, seed, hard=hard, turn=way, lean=lean))
