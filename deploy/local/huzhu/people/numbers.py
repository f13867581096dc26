"""Numbers of invented people and units: right in form and check digit, given to nobody on purpose."""

from datetime import date, timedelta
from random import Random
from typing import Literal

from common.identifiers import credit_code_check_digit, id_check_digit, luhn_digit
from common.identifiers.credit_code import ALPHABET

Sex = Literal["female", "male"]

# Wuxi's districts first, then places people move from; 110103, 512223 and 320204 were abolished, numbers live on.
REGIONS = (
    "320205", "320206", "320211", "320213", "320214", "320281", "320282", "320204", "320102", "320506", "320402",
    "110105", "110103", "310115", "330106", "340104", "370102", "410105", "420106", "430104", "440305", "510107",
    "512223", "610113",
)  # fmt: skip
_REGISTRATION = ("9132", "8132", "5232")  # enterprises, unions, private non-enterprise units in Jiangsu


def id_number(random: Random, *, born: date, sex: Sex, region: str | None = None) -> str:
    """Return an ID number with the right check digit."""
    serial = random.randrange(0, 500) * 2 + (sex == "male")
    first17 = f"{region or random.choice(REGIONS)}{born:%Y%m%d}{serial:03d}"
    return first17 + id_check_digit(first17)


def bank_card(random: Random) -> str:
    """Return a card number of 16 or 19 digits that begins with 6228 and passes Luhn."""
    digits = "6228" + "".join(random.choices("0123456789", k=random.choice((11, 14))))
    return digits + luhn_digit(digits)


def mobile(random: Random) -> str:
    """Return a mobile number of 11 digits."""
    return f"1{random.randrange(3, 10)}{random.randrange(10**9):09d}"


def credit_code(random: Random) -> str:
    """Return a unified social credit code with the right check character."""
    organisation = "".join(random.choices(ALPHABET, k=9))
    first17 = (
        random.choice(_REGISTRATION) + random.choice(("0205", "0206", "0211", "0213", "0281")) + organisation
    )
    return first17 + credit_code_check_digit(first17)


def birth_day(random: Random, *, youngest: int, oldest: int, today: date) -> date:
    """Return a birth date of somebody who is at least `youngest` and not yet `oldest` years old on `today`."""
    earliest = _years_before(today, oldest) + timedelta(days=1)
    return earliest + timedelta(days=random.randrange((_years_before(today, youngest) - earliest).days + 1))


def _years_before(day: date, years: int) -> date:
    # 28 February stands in for 29: one day early never makes anybody too young or too old here.
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)
