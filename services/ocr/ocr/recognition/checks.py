"""Cross-checks between independently read values, and what they verify. Pure.

A value is verified only where a second, independent reading confirms it: the QR code, the amount in capitals, a sum of
amounts that were each read by themselves, a count of days, a check digit together with a printed copy of what the
number contains. Nothing is derived by subtraction and no place on the paper confirms itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from stdnum import luhn
from stdnum.cn import ric

from ocr.recognition.capitals import parse_capitals
from ocr.recognition.extract import choose, disputed
from ocr.recognition.model import Check, DocumentType, Source
from ocr.recognition.pairing import Reading
from ocr.recognition.qr import QrFacts

_PAYERS = ("医保统筹基金支付", "其他支付", "个人账户支付", "个人现金支付")
_SURE = 0.9
_BOUND = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """A field's value as judged; `reading` is the place it was read from, None when only the QR code says it."""

    value: str
    confidence: float
    source: Source
    verified: bool
    reading: Reading | None


@dataclass(slots=True)
class _Case:
    """What the checks share: the chosen readings, what is confirmed so far, what is contradicted."""

    chosen: dict[str, Reading]
    untrusted: set[str]
    checks: list[Check] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    contradicted: set[str] = field(default_factory=set)
    today: date = date.max

    def add(self, code: str, passed: bool, detail: str = "") -> None:
        """Notes an outcome."""
        self.checks.append(Check(code, passed, "" if passed else detail))

    def amount(self, name: str) -> Decimal | None:
        """An amount that was read."""
        reading = self.chosen.get(name)
        return Decimal(reading.value) if reading else None

    def day(self, name: str) -> date | None:
        """A date that was read."""
        reading = self.chosen.get(name)
        return date.fromisoformat(reading.value) if reading else None

    def usable(self, *names: str) -> bool:
        """Whether all were read by their own label, beyond dispute and each from a place of its own."""
        readings = [self.chosen.get(name) for name in names]
        places = [(p.line, p.rect) for r in readings if r for p in r.pieces]
        return (
            all(r is not None and r.strength >= 2 and r.exact and r.confidence >= _SURE for r in readings)
            and len(set(places)) == len(places)
            and not self.untrusted.intersection(names)
        )


def judge(
    readings: Iterable[Reading], kind: DocumentType, qr: QrFacts | None, *, source: Source, today: date
) -> tuple[dict[str, Verdict], list[Check]]:
    """The fields of a paper of this kind, each verified or not, and the checks that could be made."""
    readings = list(readings)
    words = choose(readings, kind).get("金额合计大写")
    value = parse_capitals(words.value) if words else None
    chosen = choose(readings, kind, words_amount=f"{value:.2f}" if value is not None else None)
    case = _Case(chosen, disputed(readings, chosen), today=today)
    sources = _against_qr(case, kind, qr)
    for check in (_words, _sum_of_payers, _sum_of_own_share, _tax, _dates, _identity, _card):
        check(case)
    days = next((r for r in sorted(readings, key=lambda r: r.order) if r.name == "住院天数"), None)
    _days(case, days)
    verdicts = {name: _verdict(case, name, r, sources.get(name, source)) for name, r in case.chosen.items()}
    if kind is not DocumentType.OTHER:
        _from_qr(verdicts, case, kind, qr)
        _from_words(verdicts)
    return verdicts, case.checks


def _verdict(case: _Case, name: str, reading: Reading, source: Source) -> Verdict:
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


def _against_qr(case: _Case, kind: DocumentType, qr: QrFacts | None) -> dict[str, Source]:
    """Agreement verifies; a lone disagreement on a paper that the code otherwise matches is a misreading to look at."""
    said = _qr_values(kind, qr)
    both = [n for n in said if n in case.chosen]
    agree = [n for n in both if case.chosen[n].value.upper() == said[n].upper()]
    differ = [n for n in both if n not in agree]
    for name in both:
        detail = f"{name}: QR {said[name]}, print {case.chosen[name].value}"
        case.add(f"qr.{_QR_CODES[name]}_matches", name in agree, detail)
    case.contradicted.update(differ)
    case.confirmed.update(agree)
    if len(agree) >= _BOUND:
        for name in differ:
            case.chosen[name] = replace(case.chosen[name], value=said[name])
        for name in agree:
            case.chosen[name] = replace(case.chosen[name], value=said[name])
        return {**dict.fromkeys(agree, Source.BOTH), **dict.fromkeys(differ, Source.QR)}
    return dict.fromkeys(agree, Source.BOTH)


_QR_CODES = {
    "票据代码": "code", "票据号码": "number", "校验码": "check_code", "开票日期": "date", "金额合计小写": "amount",
    "发票代码": "code", "发票号码": "number", "金额": "net_amount",
}


def _words(case: _Case) -> None:
    words, total = case.chosen.get("金额合计大写"), case.amount("金额合计小写")
    value = parse_capitals(words.value) if words else None
    if words is None or value is None or total is None:
        return
    pair = ("金额合计大写", "金额合计小写")
    case.add("amount.words_match", value == total, f"capitals {value}, digits {total}")
    if value == total:
        case.confirmed.update(pair)
    else:
        case.contradicted.update(pair)


def _sum_of_payers(case: _Case) -> None:
    """统筹 + 其他 + 账户 + 现金 = 合计; small deviations occur in real papers, so a failure only withholds."""
    total, parts = case.amount("金额合计小写"), [case.amount(name) for name in _PAYERS]
    if total is None or any(part is None for part in parts):
        return
    paid = sum((part for part in parts if part is not None), Decimal(0))
    case.add("amount.parts_sum", paid == total, f"parts {paid}, total {total}")
    if paid == total and total > 0 and case.usable("金额合计小写", *_PAYERS):
        case.confirmed.update(_PAYERS)
        case.confirmed.add("金额合计小写")


def _sum_of_own_share(case: _Case) -> None:
    """自付 + 自费 = 账户 + 现金, where the paper keeps it and the right side is verified already."""
    left, right = ("个人自付", "个人自费"), ("个人账户支付", "个人现金支付")
    amounts = [case.amount(name) for name in (*left, *right)]
    if any(amount is None for amount in amounts):
        return
    a, b, c, d = (amount or Decimal(0) for amount in amounts)
    case.add("amount.own_share_sum", a + b == c + d, f"{a} + {b}, {c} + {d}")
    if a + b == c + d and a + b > 0 and case.usable(*left, *right) and case.confirmed.issuperset(right):
        case.confirmed.update(left)


def _tax(case: _Case) -> None:
    net, tax, total = case.amount("金额"), case.amount("税额"), case.amount("金额合计小写")
    if net is None or tax is None or total is None:
        return
    case.add("amount.tax_sum", net + tax == total, f"{net} + {tax}, {total}")
    if net + tax == total and tax > 0 and case.usable("金额", "税额", "金额合计小写"):
        case.confirmed.update(("金额", "税额", "金额合计小写"))


def _dates(case: _Case) -> None:
    order = [(name, day) for name in ("入院日期", "出院日期", "开票日期") if (day := case.day(name))]
    if len(order) > 1:
        days = [day for _, day in order]
        passed = days == sorted(days)
        case.add("date.order", passed, ", ".join(f"{name} {day}" for name, day in order))
        if not passed:
            case.contradicted.update(name for name, _ in order if name not in case.confirmed)
    for name, day in order:
        if day > case.today:
            case.add("date.not_future", False, f"{name} {day}")
            case.contradicted.add(name)


def _days(case: _Case, days: Reading | None) -> None:
    """The stay's printed length; one more than the difference counts both ends and verifies nothing."""
    first, last = case.day("入院日期"), case.day("出院日期")
    if first is None or last is None or days is None:
        return
    count = (last - first).days
    printed = int(days.value)
    case.add("date.days_match", printed in (count, count + 1), f"{first} to {last}, printed {printed} days")
    names = ("入院日期", "出院日期")
    if printed not in (count, count + 1):
        case.contradicted.update(names)
    elif printed == count and days.strength >= 2 and days.confidence >= _SURE and case.usable(*names):
        case.confirmed.update(names)


def _identity(case: _Case) -> None:
    """The check digit, and the birthday and sex that the number itself contains."""
    number = case.chosen.get("公民身份号码")
    if number is None:
        return
    valid = bool(ric.is_valid(number.value))
    case.add("id.checksum", valid, "check digit or date is wrong")
    if not valid:
        case.contradicted.add("公民身份号码")
        return
    birth, sex = case.chosen.get("出生"), case.chosen.get("性别")
    if birth is not None:
        same = birth.value.replace("-", "") == number.value[6:14]
        case.add("id.birthdate_matches", same, "the number contains another birthday")
        (case.confirmed if same else case.contradicted).update(("公民身份号码", "出生"))
    if sex is not None:
        same = sex.value == ("男" if int(number.value[16]) % 2 else "女")
        case.add("id.sex_matches", same, "the number contains another sex")
        if same and "公民身份号码" in case.confirmed:
            case.confirmed.add("性别")
        elif not same:
            case.contradicted.add("性别")


def _card(case: _Case) -> None:
    """A check digit alone finds nine misreadings of ten: it does not verify."""
    card = case.chosen.get("卡号")
    if card is not None and card.value.isdigit():
        case.add("card.luhn", bool(luhn.is_valid(card.value)), "check digit is wrong")


def _from_qr(verdicts: dict[str, Verdict], case: _Case, kind: DocumentType, qr: QrFacts | None) -> None:
    """What only the code says is given, not verified: it may belong to another paper."""
    for name, value in _qr_values(kind, qr).items():
        if name not in verdicts:
            bound = sum(check.passed for check in case.checks if check.code.startswith("qr.")) >= _BOUND
            verdicts[name] = Verdict(value, 0.95 if bound else 0.7, Source.QR, False, None)


def _from_words(verdicts: dict[str, Verdict]) -> None:
    words = verdicts.get("金额合计大写")
    if words is None or "金额合计小写" in verdicts:
        return
    value = parse_capitals(words.value)
    if value is not None:
        verdicts["金额合计小写"] = Verdict(f"{value:.2f}", 0.8 * words.confidence, Source.WORDS, False, words.reading)
