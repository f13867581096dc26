"""Cross-checks of dates, lengths of stay and numbers with a check digit. Pure."""

from stdnum import luhn
from stdnum.cn import ric

from ocr.recognition.case import SURE, Case
from ocr.recognition.pairing import Reading


def dates(case: Case) -> None:
    """Admission, discharge and issue follow each other and none lies in the future; verifies nothing."""
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


def days(case: Case, days: Reading | None) -> None:
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
    elif printed == count and days.strength >= 2 and days.confidence >= SURE and case.usable(*names):
        case.confirmed.update(names)


def identity(case: Case) -> None:
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


def card(case: Case) -> None:
    """A check digit alone finds nine misreadings of ten: it does not verify."""
    card = case.chosen.get("卡号")
    if card is not None and card.value.isdigit():
        case.add("card.luhn", bool(luhn.is_valid(card.value)), "check digit is wrong")
