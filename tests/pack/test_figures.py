"""Each figure of a text that comes with a pack is one of its rules: an article never promises another amount."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from .packs import pack_of

NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
GENERAL = {
    "wuxi": {
        "1",
        "8",
        "6",
        "15",
        "18",
        "12",
        "2023",
        "3",
        "28",
        "2",
        "0510",
        "82710015",
        "17",
        "9",
        "00",
        "30",
    },
    "zhejiang": {"0571", "12351", "8", "17", "30", "100", "180", "2", "3", "TNM"},
    "bit": {"24", "010", "68913014"},
    "beijing": {"010", "83570000", "9", "17", "00", "18", "1", "4"},
}
"""What is no rule of a product: telephones, hours, the form of an ID number, days that the platform itself keeps."""
ARTICLES = [
    ("wuxi", "three-in-one"), ("wuxi", "claim-guide"), ("wuxi", "handler-guide"), ("zhejiang", "how-to-join"),
    ("zhejiang", "critical-guide"), ("zhejiang", "criteria"), ("zhejiang", "hospital-guide"),
    ("zhejiang", "notice-renewal"), ("bit", "about-critical-illness"), ("bit", "about-women-special"),
    ("bit", "condolence-guide"), ("bit", "faq-dues"), ("beijing", "about-inpatient"),
    ("beijing", "about-critical-illness"), ("beijing", "about-women-special"), ("beijing", "about-public-accident"),
    ("beijing", "help-claim"), ("beijing", "loan-guide"), ("beijing", "handler-enrolment"),
    ("beijing", "handler-refusals"),
]  # fmt: skip


def figures(value: Any) -> Iterator[Decimal]:
    """Every number of a part of a pack; shares also as percents, months also as years."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from figures(item)
            if name == "term_months":
                yield Decimal(item) / 12
    elif isinstance(value, list | tuple):
        for item in value:
            yield from figures(item)
    elif isinstance(value, str):
        if re.fullmatch(r"\d+(\.\d+)?", value):
            yield from figures(Decimal(value))
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value))
        yield number
        if 0 < number < 1:
            yield number * 100


def known(code: str, article: str) -> set[Decimal]:
    """The figures of the product that an article is about, of its benefits and claims; of all where it names none."""
    pack = pack_of(code)
    data = pack.to_dict()
    about = next(item.product for item in pack.content if item.code == article)
    products = [one for one in data["products"] if about in (None, one["code"])]
    codes = {one["code"] for one in products}
    benefits = {name for one in products for name in one["benefits"]}
    claims = [one for one in data["claims"] if not one.get("products") or codes & set(one["products"])]
    benefits |= {name for one in claims if not one.get("products") for name in one["benefits"]}
    parts = [products, claims, [one for one in data["benefits"] if one["code"] in benefits], data.get("dues")]
    return {number.normalize() for number in figures(parts)}


@pytest.mark.feature("B.11", "C.13", "E.08")
@pytest.mark.parametrize(("code", "article"), ARTICLES)
def test_no_text_promises_what_the_rules_do_not_give(code: str, article: str) -> None:
    text = next(item.body.zh for item in pack_of(code).content if item.code == article)
    text = re.sub(r"^\s*\d+\. ", "", text, flags=re.M)  # numbers of a list
    rules = known(code, article)
    wrong = []
    for digits, percent in NUMBER.findall(text):
        if digits not in GENERAL[code] and Decimal(digits).normalize() not in rules:
            wrong.append(digits + percent)
    assert not wrong, f"{code}/{article}: {wrong} stand in no rule of the product"


def test_a_wrong_figure_is_seen() -> None:
    rules = known("zhejiang", "critical-guide")
    assert Decimal("20000").normalize() in rules and Decimal("20001") not in rules
    assert Decimal("30") in known("wuxi", "three-in-one") and Decimal("33") not in known(
        "wuxi", "three-in-one"
    )
