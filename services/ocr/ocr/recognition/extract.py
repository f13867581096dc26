"""From a page to the readings of its fields, labelled or known by their own shape, and the choice among them. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from ocr.recognition.labels import FIELD_KINDS
from ocr.recognition.model import DocumentType, Page
from ocr.recognition.pairing import Reading, pair, same_row
from ocr.recognition.segments import Piece, cut
from ocr.recognition.sums import net_and_tax
from ocr.recognition.values import Kind, find_institution, read_amount, read_capitals

_T = DocumentType
_PARTS = ("医保统筹基金支付", "其他支付", "个人账户支付", "个人现金支付", "个人自付", "个人自费")
_TOTAL = ("金额合计大写", "金额合计小写")
_STAY = ("住院号", "医疗机构", "入院日期", "出院日期")
_PERSON = ("交款人", "住院号", "医疗机构")

FIELDS: dict[DocumentType, tuple[str, ...]] = {
    _T.E_RECEIPT: ("票据代码", "票据号码", "校验码", "交款人", "开票日期", *_TOTAL, *_PARTS, *_STAY),
    _T.OUTPATIENT_RECEIPT: (
        "票据代码",
        "票据号码",
        "校验码",
        "交款人",
        "开票日期",
        *_TOTAL,
        *_PARTS,
        "医疗机构",
    ),
    _T.PRINTED_RECEIPT: ("票据号码", "交款人", "开票日期", *_TOTAL, *_PARTS, *_STAY),
    _T.SETTLEMENT: ("交款人", *_TOTAL, *_PARTS, *_STAY),
    _T.DISCHARGE_RECORD: ("交款人", *_STAY),
    _T.VAT_INVOICE: ("发票代码", "发票号码", "开票日期", "校验码", *_TOTAL, "金额", "税额"),
    _T.ID_CARD: ("交款人", "性别", "民族", "出生", "住址", "公民身份号码"),
    _T.BANK_CARD: ("卡号",),
    _T.SOCIAL_SECURITY_CARD: ("交款人", "公民身份号码", "卡号"),
    _T.DIAGNOSIS: (*_PERSON, "诊断"),
    _T.PATHOLOGY: (*_PERSON, "诊断", "病理号"),
    _T.OTHER: (),
}
"""The fields of each type, by the label they stand behind."""

EXPECTED: dict[DocumentType, tuple[str, ...]] = {
    _T.E_RECEIPT: FIELDS[_T.E_RECEIPT],
    _T.PRINTED_RECEIPT: tuple(n for n in FIELDS[_T.PRINTED_RECEIPT] if n not in ("个人自付", "个人自费")),
    _T.SETTLEMENT: tuple(n for n in FIELDS[_T.SETTLEMENT] if n != "个人自付"),
    _T.DISCHARGE_RECORD: FIELDS[_T.DISCHARGE_RECORD],
    _T.OUTPATIENT_RECEIPT: (
        "票据代码",
        "票据号码",
        "校验码",
        "交款人",
        "开票日期",
        *_TOTAL,
        *_PARTS[:4],
        "医疗机构",
    ),
    _T.VAT_INVOICE: ("发票号码", "开票日期", *_TOTAL),
    _T.ID_CARD: ("交款人", "性别", "出生", "公民身份号码"),
    _T.BANK_CARD: ("卡号",),
    _T.SOCIAL_SECURITY_CARD: ("交款人", "公民身份号码"),
    _T.DIAGNOSIS: ("交款人", "诊断"),
    _T.PATHOLOGY: ("交款人", "诊断"),
}
"""Fields whose absence is worth a second look."""

_INVOICE_NAMES = {"金额合计大写": "价税合计大写", "金额合计小写": "价税合计小写"}
_CARD_NAMES = {"交款人": "姓名"}
NAMES: dict[DocumentType, dict[str, str]] = {
    _T.VAT_INVOICE: _INVOICE_NAMES,
    _T.ID_CARD: _CARD_NAMES,
    _T.SOCIAL_SECURITY_CARD: {"交款人": "姓名", "公民身份号码": "社会保障号码"},
}
"""Canonical names that differ from the label's on some papers."""

# "Nº 12345678" in its many misreadings, by itself or at the end of the heading.
_NUMBER = re.compile(
    r"^(?:.{2,30}(?:票据|收据))?(?:[NM][^\d]{0,4}|(?<=[票收]据)[^\dA-Z]{0,3})([A-Z]{0,2}\d{7,12})$"
)
_CENTS = re.compile(r"[.:,]\s?\d{1,2}(?!\d)")
_CAPITALS = re.compile("[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正]")
HEADING_SHARE = 0.4
_TOP_SHARE = 0.2
_NUMBERED = r"\d{7,12}"
SMUDGED = "大写残缺"
"""Name of a reading that is an amount in capitals with foreign characters in it; no field of any paper."""
SMUDGED_DATE = "出院日期残缺"
"""Name of a reading of eight digits that are no date, where the discharge's stands."""
PRINTED = "印出"
"""Name of a reading of letters and figures that no readable label announces; a QR code may say what they are."""
ANONYMOUS = "无名金额"
"""Name of a reading that is an amount whose label could not be read; no field of any paper."""


def readings_of(page: Page) -> list[Reading]:
    """Every reading that the page offers, periods already parted into their two dates."""
    pieces = cut(page)
    labelled = [part for reading in pair(pieces) for part in _parted(reading)]
    found = [
        *_pointed(labelled),
        *_shaped(pieces),
        *_headings(page, pieces),
        *_numbers(page, pieces),
        *_codes(page, pieces),
    ]
    return [*found, *net_and_tax(pieces), *_anonymous(pieces, found), *_printed(pieces)]


def listed_amounts(page: Page) -> list[Decimal]:
    """The charges listed above the total: amounts by themselves in a box, announced by no label of their own."""
    pieces = cut(page)
    totals = [p.rect.middle for p in pieces if {"金额合计大写", "金额合计小写"} & set(p.fields or ())]
    taken = {piece for reading in pair(pieces) for piece in reading.pieces}
    return [
        Decimal(value)
        for piece in pieces
        if totals
        and not piece.is_label
        and piece not in taken
        and piece.rect.bottom < min(totals)
        and re.fullmatch(r"[¥\s]*[\d,]+\.\d{2}", piece.text.strip())
        and (value := read_amount(piece.text))
    ]


def choose(
    readings: Iterable[Reading], kind: DocumentType, *, words_amount: str | None = None
) -> dict[str, Reading]:
    """The best reading of each field of the type; among totals the one that the capitals confirm."""
    chosen: dict[str, Reading] = {}
    ordered = sorted(readings, key=lambda r: (r.name == "金额合计小写" and r.value != words_amount, *r.order))
    for reading in ordered:
        if reading.name in FIELDS[kind] and reading.name not in chosen:
            chosen[reading.name] = reading
    return chosen


def disputed(readings: Iterable[Reading], chosen: dict[str, Reading]) -> set[str]:
    """Fields for which an equally good label says something else: such a value is never verified."""
    return {
        r.name
        for r in readings
        if r.name in chosen
        and r.value != chosen[r.name].value
        and r.exact
        and r.strength >= 2
        and (r.rank == chosen[r.name].rank or r.name not in ("金额合计小写", "金额合计大写"))
    }


def _pointed(readings: list[Reading]) -> list[Reading]:
    """On a paper that prints cents, an amount without them has lost its point; a bare 0 has not."""
    whole = {
        r
        for r in readings
        if FIELD_KINDS.get(r.name) is Kind.AMOUNT
        and r.value != "0.00"
        and not _CENTS.search(r.pieces[0].text)
    }
    cents = sum(FIELD_KINDS.get(r.name) is Kind.AMOUNT for r in readings) - len(whole)
    return [r for r in readings if r not in whole] if cents > len(whole) else readings


def _numbers(page: Page, pieces: Sequence[Piece]) -> list[Reading]:
    """Digits behind 号码 or a label that nobody could read, in the head of a paper: likely its number, never sure."""
    return [
        Reading("票据号码", text, 0.6 * piece.score, 1, 30, (piece,), exact=False)
        for label, piece in pairwise(pieces)
        if label.fields == ()
        and not label.exact
        and label.line == piece.line
        and re.fullmatch(
            _NUMBERED if re.search(r"^[(\s]*(?:号码|编号)", label.text) else r"\d{10}",
            text := re.sub(r"\s", "", piece.text),
        )
        and page.lines[piece.line].quad[0][1] < HEADING_SHARE * page.height
    ]


def _codes(page: Page, pieces: Sequence[Piece]) -> list[Reading]:
    """Ten or twelve digits by themselves in the head of an invoice on paper: likely its code, never sure."""
    labelled = {piece.line for piece in pieces if piece.is_label}
    return [
        Reading("发票代码", text, 0.7 * piece.score, 1, 30, (piece,), exact=False)
        for piece in pieces
        if piece.line not in labelled
        and re.fullmatch(r"\d{10}|\d{12}", text := re.sub(r"\s", "", piece.text))
        and page.lines[piece.line].quad[0][1] < _TOP_SHARE * page.height
    ]


def _parted(reading: Reading) -> list[Reading]:
    if reading.name != "住院期间":
        return [reading]
    first, last = reading.value.split("/")
    parts = [replace(reading, name="入院日期", value=first)]
    if last:
        parts.append(replace(reading, name="出院日期", value=last))
    elif smudged := re.search(r"\D((?:19|20)\d\d[-./年]?\d\d[-./月]?\d\d)(?!\d)", reading.pieces[0].text[4:]):
        digits = re.sub(r"\D", "", smudged[1])
        parts.append(replace(reading, name=SMUDGED_DATE, value=digits, exact=False))
    return parts


def _shaped(pieces: Sequence[Piece]) -> list[Reading]:
    """Values that their own shape gives away when their label was not read."""
    found: list[Reading] = []
    for piece in pieces:
        if "金额合计大写" in (piece.fields or ()):
            found += _beside_capitals(piece, pieces)
        if piece.is_label:
            continue
        text = re.sub(r"\s", "", piece.text)
        if (words := read_capitals(piece.text)) and len(words) >= 3 and re.search("[元角分]", words):
            found.append(Reading("金额合计大写", words, piece.score, 1, 9, (piece,)))
            found += _beside_capitals(piece, pieces)
        elif len(text) >= 6 and 2 * len(_CAPITALS.findall(text)) > len(text):
            found.append(Reading(SMUDGED, text, piece.score, 1, 9, (piece,), exact=False))
        elif number := _NUMBER.search(text):
            found.append(Reading("票据号码", number[1], piece.score, 2, 5, (piece,)))
            found.append(Reading("发票号码", number[1], piece.score, 2, 5, (piece,)))
        elif re.fullmatch(r"[3-6]\d{15,18}", text):
            found.append(Reading("卡号", text, piece.score, 1, 5, (piece,)))
        elif re.fullmatch(r"\d{17}[\dXx]", text):
            found.append(Reading("公民身份号码", text, piece.score, 1, 5, (piece,)))
    return found


def _anonymous(pieces: Sequence[Piece], found: Iterable[Reading]) -> list[Reading]:
    """Amounts that no readable label announces: what a sum lacks may be among them."""
    taken = {piece for reading in found if reading.exact for piece in reading.pieces}
    announced = {id(b) for a, b in pairwise(pieces) if a.is_label and a.exact and a.line == b.line}
    return [
        Reading(ANONYMOUS, value, piece.score, 1, 40, (piece,), exact=False)
        for piece in pieces
        if not piece.is_label
        and piece not in taken
        and id(piece) not in announced
        and (tail := re.search(r"(?<![\d.,:])[\d,]*\d[.:]\d{2}$", piece.text.strip()))
        and (value := read_amount(tail[0]))
    ]


def _printed(pieces: Sequence[Piece]) -> list[Reading]:
    return [
        Reading(PRINTED, tail[0], piece.score, 1, 40, (piece,), exact=False)
        for piece in pieces
        if not piece.is_label
        and (tail := re.search(r"(?<![0-9A-Za-z])[0-9A-Za-z]{6,20}$", piece.text.strip()))
    ]


def _beside_capitals(piece: Piece, pieces: Sequence[Piece]) -> list[Reading]:
    """Digits without a label on the row of the capitals."""
    labelled = {p.line for p in pieces if p.is_label}
    return [
        Reading("金额合计小写", value, other.score, 1, 9, (other,))
        for other in pieces
        if not other.is_label
        and other.line not in labelled
        and same_row(piece, other)
        and re.search(r"\.\d{2}$", other.text)
        and (value := read_amount(other.text))
    ]


def _headings(page: Page, pieces: Sequence[Piece]) -> list[Reading]:
    """The institution in the heading of a paper that names it there."""
    found = []
    for piece in pieces:
        top = min(page.lines[piece.line].quad, key=lambda point: point[1])[1]
        if piece.is_label or top > HEADING_SHARE * page.height:
            continue
        if (name := find_institution(piece.text)) and not re.search("监制|专用章", piece.text):
            rest = re.sub(r"\s", "", piece.text)[len(name) :]
            found.append(Reading("医疗机构", name, piece.score, 2 if not rest else 1, 20, (piece,)))
    return found
