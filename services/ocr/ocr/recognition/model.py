"""What a recognition is made of: lines of text, fields, checks and the whole result. Plain frozen data."""

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentType(StrEnum):
    """Kinds of papers that are told apart; `other` is a paper of no known kind and has no fields."""

    E_RECEIPT = "e_receipt"
    OUTPATIENT_RECEIPT = "outpatient_receipt"
    PRINTED_RECEIPT = "printed_receipt"
    VAT_INVOICE = "vat_invoice"
    SETTLEMENT = "settlement"
    DISCHARGE_RECORD = "discharge_record"
    ID_CARD = "id_card"
    BANK_CARD = "bank_card"
    SOCIAL_SECURITY_CARD = "social_security_card"
    DIAGNOSIS = "diagnosis"
    PATHOLOGY = "pathology"
    OTHER = "other"


class Source(StrEnum):
    """Where a value was read."""

    PRINT = "print"
    """read from the picture's pixels"""
    TEXT = "text"
    """read from the text layer of a pdf or ofd"""
    QR = "qr"
    """stands in the QR code only, or the code decided against a misread print"""
    BOTH = "both"
    """QR code and print agree"""
    WORDS = "words"
    """an amount whose digits were not read, taken from the amount in capitals; never verified"""


Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Line:
    """One run of text; `quad` is top left, top right, bottom right, bottom left in units of the upright page."""

    text: str
    score: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one upright page, its size in the same units and where they come from."""

    lines: tuple[Line, ...]
    width: float
    height: float
    source: Source = Source.PRINT


@dataclass(frozen=True, slots=True)
class Box:
    """A place on an upright page (pages count from 0); edges and corners are shares (0 to 1) of the page.

    `polygon` goes round the text itself, which may lie askew: top left, top right, bottom right, bottom left.
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float
    polygon: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A value in its canonical form (dates ISO, amounts `1573.51`).

    `verified` says that an independent check confirms the value, so that it would be accepted without asking.
    """

    value: str
    confidence: float
    source: Source
    verified: bool = False
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One cross-check that could be made, its outcome and, where it failed, what stood against what."""

    code: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a document is and says; `seconds` is wall time, `pages` the number of pages read.

    `seconds_again` is the part of the time that second looks took.
    """

    type: DocumentType
    fields: dict[str, Field] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    seconds: float = 0.0
    pages: int = 1
    seconds_again: float = 0.0
