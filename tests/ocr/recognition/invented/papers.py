"""The kinds of invented papers, and how one is made from a seed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from . import receipts, records
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
    expected, made, (width, height) = KINDS[kind]
    sheet = Canvas(width, height, random, fonts or [], random.choice(PAPERS))
    return Invented(expected, made(sheet, facts(random)), sheet, b"")


def invent(
    kind: str, seed: int, *, hard: float = 0.5, fonts: list[str] | None = None, turn: int | None = None
) -> Invented:
    """One paper of a kind, photographed, lying as it may or in quarter turns; the same seed gives the same picture."""
    made = draw(kind, seed, fonts=fonts)
    lying = [0, 0, 1, 2, 3] if "card" in kind else [0] * 8 + [1, 2, 3]
    way = Random(seed).choice(lying) if turn is None else turn
    return replace(made, photo=take(made.sheet.image, seed, hard=hard, turn=way))
