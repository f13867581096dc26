"""Judges a paper: chooses its readings, makes the cross-checks and says what they verify. Pure.

A value is verified only where a second, independent reading confirms it: the QR code, the amount in capitals, a sum of
amounts that were each read by themselves, a count of days, a check digit together with a printed copy of what the
number contains. Nothing is derived by subtraction, and no place on the paper confirms itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ocr.recognition import amount_checks, one_paper, other_checks
from ocr.recognition.capitals import agrees, format_capitals, parse_capitals
from ocr.recognition.case import Case
from ocr.recognition.extract import FIELDS, PRINTED, SMUDGED, choose, disputed
from ocr.recognition.model import Check, DocumentType, Source
from ocr.recognition.pairing import Reading
from ocr.recognition.qr import QrFacts

_BOUND = 2
"""Agreements with the print that make a QR code this paper's own, if they are more than the disagreements.

Two receipts of one hospital and day share 票据代码 and date; a misread print of the code's own paper disagrees once.
"""
_CHECKS = (
    amount_checks.words,
    amount_checks.sum_of_payers,
    amount_checks.sum_of_own_share,
    amount_checks.tax,
    other_checks.dates,
    other_checks.identity,
    other_checks.card,
)
_DISTINCT = ("code", "number", "check_code")
"""What a code and a paper say by chance only if they belong together, wherever it is printed."""
_QR_CODES = {
    "票据代码": "code",
    "票据号码": "number",
    "校验码": "check_code",
    "开票日期": "date",
    "金额合计小写": "amount",
    "发票代码": "code",
    "发票号码": "number",
    "金额": "net_amount",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A field's value as judged; `reading` is the place it was read from, None when only the QR code says it."""

    value: str
    confidence: float
    source: Source
    verified: bool
    reading: Reading | None


def judge(
    readings: Iterable[Reading],
    kind: DocumentType,
    qr: QrFacts | None,
    *,
    source: Source,
    today: date,
    others: Iterable[Reading] = (),
    listed: Iterable[Decimal] = (),
) -> tuple[dict[str, Verdict], list[Check]]:
    """The fields of a paper of this kind, each verified or not, and the checks that could be made.

    `others` are readings of other looks at the same page, `listed` the charges of its list.
    """
    readings = list(readings)
    offered = sorted((*readings, *others), key=lambda r: r.order)
    chosen = choose(readings, kind, words_amount=_in_words(readings, offered, kind))
    case = Case(chosen, disputed(readings, chosen), today=today)
    for reading in offered:
        case.others.setdefault(reading.name, []).append(reading)
    chosen.update({name: r for name, r in choose(offered, kind).items() if name not in chosen})
    sources = _against_qr(case, kind, qr)
    amount_checks.items(case, list(listed))
    for check in _CHECKS:
        check(case)
    days = next((r for r in sorted(readings, key=lambda r: r.order) if r.name == "住院天数"), None)
    other_checks.days(case, days)
    one_paper.on_one_page(case, readings)
    verdicts = {name: _verdict(case, name, r, sources.get(name, source)) for name, r in case.chosen.items()}
    if kind is not DocumentType.OTHER:
        _from_qr(verdicts, case, kind, qr)
        _from_words(verdicts)
        _from_smudged(verdicts, case, kind)
    return verdicts, case.checks


def _in_words(readings: list[Reading], offered: list[Reading], kind: DocumentType) -> str | None:
    """The total that the capitals say; of smudged capitals, the total among those read that agrees with them."""
    words = choose(readings, kind).get("金额合计大写")
    value = parse_capitals(words.value) if words else None
    if value is not None:
        return f"{value:.2f}"
    smudged = [r.value for r in offered if r.name == SMUDGED]
    totals = {r.value for r in offered if r.name == "金额合计小写"}
    fitting = {total for total in totals if any(agrees(text, Decimal(total)) for text in smudged)}
    return fitting.pop() if len(fitting) == 1 else None


def _from_smudged(verdicts: dict[str, Verdict], case: Case, kind: DocumentType) -> None:
    """Capitals with a foreign character here and there, as the digits say they are; a copy, so never verified."""
    total = verdicts.get("金额合计小写")
    if "金额合计大写" in verdicts or total is None or "金额合计大写" not in FIELDS[kind]:
        return
    amount = Decimal(total.value)
    for reading in case.others.get(SMUDGED, ()):
        if agrees(reading.value, amount):
            value = format_capitals(amount)
            verdicts["金额合计大写"] = Verdict(value, 0.7 * reading.confidence, Source.PRINT, False, reading)
            return


def _verdict(case: Case, name: str, reading: Reading, source: Source) -> Verdict:
    verified = name in case.confirmed and name not in case.contradicted
    weight = 1.0 if reading.strength >= 2 else 0.8
    confidence = max(reading.confidence, 0.98) if verified else min(reading.confidence * weight, 0.97)
    if name in case.contradicted:
        confidence *= 0.5
    return Verdict(reading.value, round(confidence, 3), source, verified, reading)


def _qr_values(kind: DocumentType, qr: QrFacts | None) -> dict[str, str]:
    if qr is None or (qr.scheme == "invoice") != (kind is DocumentType.VAT_INVOICE):
        return {}
    return {"金额合计小写" if n == "价税合计小写" else n: v for n, v in qr.fields.items()}


def _against_qr(case: Case, kind: DocumentType, qr: QrFacts | None) -> dict[str, Source]:
    """Agreement verifies; a lone disagreement on a paper that the code otherwise matches is a misreading to look at."""
    said = _qr_values(kind, qr)
    printed = {r.value.upper(): r for r in case.others.get(PRINTED, ())}
    for name, value in said.items():
        if name not in case.chosen and _QR_CODES[name] in _DISTINCT and value.upper() in printed:
            case.chosen[name] = replace(printed[value.upper()], name=name, value=value)
    for name, value in said.items():
        # Looks that differ: the one that the code confirms.
        again = [r for r in case.others.get(name, ()) if r.exact and r.value.upper() == value.upper()]
        if name in case.chosen and again:
            case.chosen[name] = again[0]
    both = [n for n in said if n in case.chosen]
    agree = [n for n in both if case.chosen[n].value.upper() == said[n].upper()]
    differ = [n for n in both if n not in agree]
    for name in both:
        detail = f"{name}: QR {said[name]}, print {case.chosen[name].value}"
        case.add(f"qr.{_QR_CODES[name]}_matches", name in agree, detail)
    case.contradicted.update(differ)
    case.confirmed.update(agree)
    if _bound(agree, differ):
        for name in differ:
            case.chosen[name] = replace(case.chosen[name], value=said[name])
        for name in agree:
            case.chosen[name] = replace(case.chosen[name], value=said[name])
        return {**dict.fromkeys(agree, Source.BOTH), **dict.fromkeys(differ, Source.QR)}
    return dict.fromkeys(agree, Source.BOTH)


def _from_qr(verdicts: dict[str, Verdict], case: Case, kind: DocumentType, qr: QrFacts | None) -> None:
    """What only the code says is given, not verified: the code may belong to another paper."""
    made = [check for check in case.checks if check.code.startswith("qr.")]
    bound = _bound([c for c in made if c.passed], [c for c in made if not c.passed])
    if not bound and not all(check.passed for check in made):
        return  # another paper's
    for name, value in _qr_values(kind, qr).items():
        if name not in verdicts:
            verdicts[name] = Verdict(value, 0.95 if bound else 0.7, Source.QR, False, None)


def _bound(agree: Sequence[object], differ: Sequence[object]) -> bool:
    """Whether a code belongs to the paper that it stands on."""
    return len(agree) >= _BOUND and len(agree) > len(differ)


def _from_words(verdicts: dict[str, Verdict]) -> None:
    words = verdicts.get("金额合计大写")
    if words is None or "金额合计小写" in verdicts:
        return
    value = parse_capitals(words.value)
    if value is not None:
        verdicts["金额合计小写"] = Verdict(
            f"{value:.2f}", 0.8 * words.confidence, Source.WORDS, False, words.reading
        )
