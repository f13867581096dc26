"""The days of a month's list and the moment of its messages (row C.08)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import BUSINESS_ZONE
from common.contracts.pack.products import RenewalWindow
from enrollment.records.rules import month_days, years_before
from enrollment.renewals.rules import messages_due, month_of, noon_of, on_list, window_of

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
WINDOWS = st.builds(RenewalWindow, before_days=st.integers(0, 90), after_days=st.integers(0, 60))
MANUAL = RenewalWindow(before_days=30, after_days=10)


@given(DAYS, DAYS, WINDOWS)
def test_a_list_has_those_whose_own_window_holds_its_first_day(
    ends_on: date, day: date, window: RenewalWindow
) -> None:
    first, last = window_of(day, window)
    assert (first <= ends_on <= last) is on_list(ends_on, first=month_of(day), renewal=window)


@given(DAYS)
def test_with_the_manuals_window_nobody_is_left_out_of_every_list(ends_on: date) -> None:
    months = {month_of(ends_on + timedelta(days=shift)) for shift in range(-31, 32)}
    assert any(on_list(ends_on, first=first, renewal=MANUAL) for first in months)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (date(2024, 3, 1), date(2024, 2, 20), date(2024, 3, 31)),
        (date(2023, 3, 1), date(2023, 2, 19), date(2023, 3, 31)),
        (date(2026, 1, 1), date(2025, 12, 22), date(2026, 1, 31)),
        (date(2024, 2, 1), date(2024, 1, 22), date(2024, 3, 2)),
    ],
)
def test_leap_days_and_ends_of_months(month: date, first: date, last: date) -> None:
    assert window_of(month, MANUAL) == (first, last)


def test_noon_is_noon_in_china() -> None:
    assert noon_of(date(2026, 12, 9), BUSINESS_ZONE) == datetime(2026, 12, 1, 4, 0, tzinfo=UTC)


@given(DAYS, st.timedeltas(min_value=timedelta(days=-40), max_value=timedelta(days=40)))
def test_messages_are_due_from_noon_for_a_week(month: date, shift: timedelta) -> None:
    at = noon_of(month, BUSINESS_ZONE) + shift
    assert messages_due(at, month, BUSINESS_ZONE) is (timedelta(0) <= shift < timedelta(days=7))


@given(DAYS)
def test_a_month_is_all_of_its_days(day: date) -> None:
    first, last = month_days(f"{day:%Y-%m}")
    assert first <= day <= last and first.day == 1 and (last + timedelta(days=1)).day == 1


@given(DAYS, st.integers(1, 50))
def test_years_before(day: date, years: int) -> None:
    before = years_before(day, years)
    assert before.year == day.year - years
    assert before.replace(year=2000) == day.replace(year=2000) or (day.month, day.day) == (2, 29)
