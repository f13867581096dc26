"""Cross-checks of dates, lengths of stay and numbers with a check digit. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from common.identifiers import id_number_faults, luhn_digit
from ocr.recognition.case import SURE, Case
from ocr.recognition.extract import SMUDGED_DATE
from ocr.recognition.pairing import Reading

_LONGEST_STAY = timedelta(days=200)
_DATES = ("入院日期", "出院日期", "开票日期")


def dates(case: Case) -> None:
    """Admission, discharge and issue follow each other and none lies in the future; verifies nothing.

    Where they do not, and just one choice among other readings does, that is taken.
    """
    if not _in_order(case, [case.chosen[name] for name in _DATES if name in case.chosen]):
        _choose(case, [name for name in _DATES if name in case.chosen])
    _repair(case)
    order = [(name, day) for name in _DATES if (day := case.day(name))]
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


def days(case: Case, days: Reading | None) -> None:
    """The stay's printed length; one more than the difference counts both ends and verifies nothing."""
    if days is None or "入院日期" not in case.chosen or "出院日期" not in case.chosen:
        return
    printed, names = int(days.value), ("入院日期", "出院日期")
    if _length(case) not in (printed, printed - 1):
        _choose(case, list(names), length=printed)
    count = _length(case)
    first, last = (case.chosen[name].value for name in names)
    case.add("date.days_match", printed in (count, count + 1), f"{first} to {last}, printed {printed} days")
    if printed not in (count, count + 1):
        case.contradicted.update(names)
    elif printed == count and days.strength >= 2 and days.confidence >= SURE and case.usable(*names):
        case.confirmed.update(names)


def _repair(case: Case) -> None:
    """A date of the stay that cannot be, and is one digit away from just one that can; offered, never verified."""
    last = case.day("出院日期") or case.day("开票日期")
    first = case.chosen.get("入院日期")
    if first is not None and last is not None and date.fromisoformat(first.value) > last:
        day = _one_digit_away(first.value.replace("-", ""), last - _LONGEST_STAY, last)
        if day is not None:
            case.chosen["入院日期"] = replace(
                first, value=day, exact=False, confidence=0.6 * first.confidence
            )
    smudged = next(iter(case.others.get(SMUDGED_DATE, ())), None)
    begin, end = case.day("入院日期"), case.day("开票日期") or case.today
    if "出院日期" not in case.chosen and smudged is not None and begin is not None:
        day = _one_digit_away(smudged.value, begin, min(end, begin + _LONGEST_STAY))
        if day is not None:
            weaker = replace(smudged, name="出院日期", value=day, confidence=0.6 * smudged.confidence)
            case.chosen["出院日期"] = weaker


def _one_digit_away(digits: str, first: date, last: date) -> str | None:
    found = set()
    for at, digit in product(range(8), "0123456789"):
        changed = digits[:at] + digit + digits[at + 1 :]
        try:
            day = date.fromisoformat(changed)
        except ValueError:
            continue
        if changed != digits and first <= day <= last:
            found.add(day.isoformat())
    return found.pop() if len(found) == 1 else None


def _length(case: Case) -> int:
    first, last = case.day("入院日期"), case.day("出院日期")
    return (last - first).days if first and last else -1


def _in_order(case: Case, readings: Sequence[Reading]) -> bool:
    days = [date.fromisoformat(reading.value) for reading in readings]
    return days == sorted(days) and all(day <= case.today for day in days)


def _choose(case: Case, names: list[str], *, length: int | None = None) -> None:
    """Takes the one choice among the readings that is in order (and of the printed length), if there is just one."""
    fitting = []
    for choice in product(*(case.options(name) for name in names)):
        days = [date.fromisoformat(reading.value) for reading in choice]
        if _in_order(case, choice) and (length is None or (days[1] - days[0]).days == length):
            fitting.append(choice)
    if len(fitting) == 1 and names:
        case.chosen.update(zip(names, fitting[0], strict=True))


def identity(case: Case) -> None:
    """The check digit, and the birthday and sex that the number itself contains."""
    number = case.chosen.get("公民身份号码")
    if number is None:
        return
    faults = id_number_faults(number.value.upper(), today=case.today)
    case.add("id.checksum", not faults, "、".join(fault.code for fault in faults))
    if faults:
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


def card(case: Case) -> None:
    """A check digit alone finds nine misreadings of ten: it does not verify."""
    card = case.chosen.get("卡号")
    if card is not None and card.value.isdigit():
        right = luhn_digit(card.value[:-1]) == card.value[-1]
        case.add("card.luhn", right, "check digit is wrong")
