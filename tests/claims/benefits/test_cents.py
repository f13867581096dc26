"""Lines of an explanation are shown in cents and add up to the amount, whatever fractions they have (N.03)."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.benefits.cents import CENT, in_cents

AMOUNTS = st.lists(
    st.decimals(min_value=-1000, max_value=100_000, places=4, allow_nan=False), min_size=1, max_size=6
)


@pytest.mark.feature("N.03")
def test_what_rounding_gives_within_a_cent_lies_in_the_line_before() -> None:
    """3,720.67 yuan at 10 %: the line says what is paid."""
    lines = [("percentage.tier", Decimal("372.067")), ("rounding", Decimal("0.003"))]
    assert in_cents(lines) == [Decimal("372.07"), None]
    down = [("percentage.tier", Decimal("372.067")), ("rounding", Decimal("-0.007"))]
    assert in_cents(down) == [Decimal("372.06"), None]


@pytest.mark.feature("N.03")
def test_rounding_to_whole_yuan_stays_a_line() -> None:
    lines = [("percentage.tier", Decimal("372.067")), ("rounding", Decimal("-0.067"))]
    assert in_cents(lines) == [Decimal("372.07"), Decimal("-0.07")]


@given(AMOUNTS)
def test_lines_add_up_to_the_amount(amounts: list[Decimal]) -> None:
    total = sum(amounts, Decimal(0))
    paid = total.quantize(CENT, ROUND_HALF_UP)
    lines = [("percentage.tier", amount) for amount in amounts] + [("rounding", paid - total)]
    shown = [amount for amount in in_cents(lines) if amount is not None]
    assert sum(shown, Decimal(0)) == paid and all(amount == amount.quantize(CENT) for amount in shown)
    for exact, said in zip(amounts, shown, strict=False):
        assert abs(exact - said) <= 2 * CENT
