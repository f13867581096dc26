"""Money of terminations: never above what was paid, monotone in the days, nothing where the rule says so."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.contracts.pack import TenantPack
from common.contracts.pack.money import Rounding
from common.contracts.pack.products import RefundRule
from enrollment.orders.rules import last_day
from enrollment.refunds.rules import refund_of
from enrollment.terminations.rules import Cover, last_day_of, refund_for

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 12, 31))
MONEY = st.decimals(min_value="0.01", max_value="99999.99", places=2)
RULES = st.builds(
    RefundRule,
    rule=st.sampled_from(["none", "full_before_start", "pro_rata_months", "pro_rata_days"]),
    fee=st.sampled_from([Decimal(0), Decimal("10.00")]),
    not_after_claim=st.booleans(),
)


def back(
    paid: Decimal, starts: date, months: int, ended: date, rule: RefundRule, claimed: bool = False
) -> Decimal:
    return refund_of(
        contribution=paid, starts_on=starts, ends_on=last_day(starts, months), ended_on=ended, rule=rule,
        rounding=Rounding(), benefit_paid=claimed,
    ).amount  # fmt: skip


@given(MONEY, DAYS, st.integers(1, 36), st.integers(-40, 1200), RULES, st.booleans())
def test_never_above_what_was_paid_and_never_below_nothing(
    paid: Decimal, starts: date, months: int, shift: int, rule: RefundRule, claimed: bool
) -> None:
    amount = back(paid, starts, months, starts + timedelta(days=shift), rule, claimed)
    assert Decimal(0) <= amount <= paid
    assert amount == amount.quantize(Decimal("0.01"))


@given(MONEY, DAYS, st.integers(1, 36), st.integers(-40, 1200), st.integers(0, 200), RULES)
def test_who_leaves_later_gets_no_more(
    paid: Decimal, starts: date, months: int, shift: int, later: int, rule: RefundRule
) -> None:
    first = starts + timedelta(days=shift)
    assert back(paid, starts, months, first, rule) >= back(
        paid, starts, months, first + timedelta(later), rule
    )


@given(MONEY, DAYS, st.integers(1, 36), st.integers(1, 900), RULES)
def test_after_a_benefit_nothing_where_the_rule_says_so(
    paid: Decimal, starts: date, months: int, shift: int, rule: RefundRule
) -> None:
    amount = back(paid, starts, months, starts + timedelta(days=shift), rule, claimed=True)
    assert not (rule.not_after_claim and amount)


@given(DAYS, st.one_of(st.none(), DAYS))
def test_the_last_day_is_today_or_later(today: date, wanted: date | None) -> None:
    found = last_day_of(wanted, today=today)
    assert found is None or found >= today
    assert (found is None) is (wanted is not None and wanted < today)


def test_what_the_union_paid_does_not_come_back(wuxi_pack: TenantPack) -> None:
    product: Any = wuxi_pack.products[0]
    free = product.model_copy(
        update={"contribution": product.contribution.model_copy(update={"payer": "union"})}
    )
    cover = Cover(Decimal("120.00"), date(2026, 1, 1), date(2026, 12, 31))
    assert refund_for(cover, free, Rounding(), last_day=date(2025, 12, 1)).amount == 0
    assert refund_for(cover, product, Rounding(), last_day=date(2025, 12, 1)).amount == Decimal("120.00")
