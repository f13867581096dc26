"""Whether papers of one stay say the same: days as days, costs as amounts, numbers without marks (N.04)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.intake.rules.agreement import comparable, differing
from claims.intake.rules.documents import Document, Reading, day_on_paper
from claims.intake.rules.filling import fill
from common.contracts.pack import TenantPack

WAYS = (
    "{0:%Y-%m-%d}", "{0:%Y%m%d}", "{0:%Y}/{0.month}/{0.day}", "{0:%Y}.{0:%m}.{0:%d}", "{0:%Y}年{0.month}月{0.day}日",
    " {0:%Y}年 {0.month} 月 {0.day} 日 09:30", "{0:%Y-%m-%d} 09:30:00", "{0:%Y-%m-%d}T09:30",
)  # fmt: skip


def papers(name: str, *values: str) -> list[Document]:
    kinds = ("e_receipt", "discharge_record")
    return [
        Document(kind, kind, 1, kind, "recognized", kind, {name: Reading(value, 0.99, True)})
        for kind, value in zip(kinds, values, strict=True)
    ]


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.sampled_from(WAYS), st.sampled_from(WAYS))
def test_one_day_written_two_ways_is_no_contradiction(day: date, one: str, other: str) -> None:
    assert day_on_paper(one.format(day)) == day
    assert list(differing(papers("入院日期", one.format(day), other.format(day)))) == []


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_two_days_are_one(one: date, other: date) -> None:
    told = list(differing(papers("出院日期", f"{one:%Y%m%d}", f"{other:%Y-%m-%d}")))
    assert bool(told) == (one != other)


@pytest.mark.parametrize("text", ["2026-02-30", "20261301", "2026-01", "12", "", "长期", "202601011"])
def test_what_names_no_day_is_compared_as_it_stands(text: str) -> None:
    assert day_on_paper(text) is None and comparable("入院日期", f" {text}") == text


@pytest.mark.feature("N.04", "B.05")
def test_a_discharge_on_the_day_of_two_papers_is_filled_in_once_as_verified(wuxi_pack: TenantPack) -> None:
    kind = wuxi_pack.claim_kind("hospital")
    form = fill(kind, {}, papers("出院日期", "2026年1月31日", "2026-01-31"), pack=wuxi_pack)
    value = form["discharge_date", 1]
    assert (value.value, value.verified) == ("2026-01-31", True)


def test_amounts_and_numbers() -> None:
    assert list(differing(papers("个人自付", "100", "100.00"))) == []
    assert list(differing(papers("住院号", "ZY-00123", "zy00123"))) == []
    assert len(list(differing(papers("住院号", "00123", "124")))) == 1
