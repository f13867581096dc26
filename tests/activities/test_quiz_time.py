"""A question's time is the server's: an answer that comes later than the way from the phone takes is too late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.quizzes.rules import GRACE, deadline, is_over

OPENED = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.mark.feature("E.04")
@given(st.integers(5, 600), st.integers(0, 2_000_000))
def test_an_answer_counts_within_its_time_and_never_later(seconds: int, milliseconds: int) -> None:
    at = OPENED + timedelta(milliseconds=milliseconds)
    allowed = timedelta(seconds=seconds) + GRACE
    assert deadline(OPENED, seconds) == OPENED + timedelta(seconds=seconds)
    assert is_over(OPENED, seconds, at=at) is (timedelta(milliseconds=milliseconds) > allowed)


@pytest.mark.feature("E.04")
def test_what_is_allowed_for_the_way_is_short() -> None:
    assert timedelta(0) < GRACE <= timedelta(seconds=5)
    assert is_over(OPENED, 15, at=OPENED + timedelta(seconds=30))
