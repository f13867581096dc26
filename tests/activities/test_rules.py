"""Properties of the pure rules."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from activities.campaigns.rules import Standing, day_out_of_order, next_place, standing
from activities.stock.rules import LONGEST, ending, read_codes

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
codes = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=LONGEST)


@given(days, days, days)
def test_a_campaign_is_open_from_its_first_day_to_its_last(on: date, one: date, other: date) -> None:
    opens, closes = sorted((one, other))
    found = standing(on, opens_on=opens, closes_on=closes)
    assert (found is Standing.OPEN) == (opens <= on <= closes)
    assert standing(opens, opens_on=opens, closes_on=closes) is Standing.OPEN
    assert standing(closes + timedelta(days=1), opens_on=opens, closes_on=closes) is Standing.ENDED


@given(days, days, days)
def test_days_are_in_order_exactly_if_sorted(opens: date, closes: date, valid: date) -> None:
    fault = day_out_of_order(opens_on=opens, closes_on=closes, valid_until=valid)
    assert (fault is None) == ([opens, closes, valid] == sorted([opens, closes, valid]))


@given(st.integers(0, 20), st.integers(1, 10))
def test_nobody_has_more_places_than_the_quota(taken: int, quota: int) -> None:
    place = next_place(taken, per_person=quota)
    assert (place is None) == (taken >= quota)
    assert place is None or place == taken + 1


@given(st.lists(codes, max_size=40))
def test_every_line_is_a_code_or_a_repeat_of_one(lines: list[str]) -> None:
    found = read_codes("\ufeff" + "\r\n".join(f" {line} \n" for line in lines))
    assert list(found.codes) == list(dict.fromkeys(lines))
    assert len(found.codes) + len(found.repeats) == len(lines)
    assert all(
        repeat.first_line in found.codes.values() and repeat.first_line < repeat.line
        for repeat in found.repeats
    )
    assert not found.faults


def test_lines_that_are_no_codes_are_named() -> None:
    found = read_codes("GOOD\n" + "x" * (LONGEST + 1) + "\nbad\x07code")
    assert found.faults == {2: "code.too_long", 3: "code.characters"}


@given(codes)
def test_an_ending_never_shows_more_than_a_quarter(code: str) -> None:
    shown = ending(code).removeprefix("…")
    assert code.endswith(shown)
    assert len(shown) <= min(4, len(code) / 4)
