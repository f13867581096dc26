"""Properties of the pure rules."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from activities.campaigns.rules import Standing, closing, day_out_of_order, next_place, opening, standing
from activities.stock.rules import LONGEST, ending, read_codes
from common.clock import BUSINESS_ZONE

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
codes = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=LONGEST)


hours = st.none() | st.times().map(lambda at: at.replace(microsecond=0))
instants = st.integers(0, 5_000_000).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(instants, days, days, hours, hours)
def test_a_campaign_is_open_from_its_first_instant_to_its_closing(
    at: datetime, one: date, other: date, begins: time | None, ends: time | None
) -> None:
    first, last = sorted((one, other))
    opens, closes = opening(first, begins), closing(last, ends)
    found = standing(at, opens_at=opens, closes_at=closes)
    assert (found is Standing.OPEN) == (opens <= at < closes)
    assert standing(opens - timedelta(seconds=1), opens_at=opens, closes_at=closes) is Standing.NOT_BEGUN
    if opens < closes:
        assert standing(opens, opens_at=opens, closes_at=closes) is Standing.OPEN
        assert standing(closes, opens_at=opens, closes_at=closes) is Standing.ENDED


@given(days)
def test_without_hours_it_has_all_of_its_days_in_shanghai(day: date) -> None:
    opens, closes = opening(day, None), closing(day, None)
    assert closes - opens == timedelta(days=1)
    assert opens.astimezone(BUSINESS_ZONE) == datetime.combine(day, time.min, BUSINESS_ZONE)
    assert opens.astimezone(UTC).hour == 16


@given(days, days, days)
def test_days_are_in_order_exactly_if_sorted(opens: date, closes: date, valid: date) -> None:
    fault = day_out_of_order(opens_on=opens, closes_on=closes, valid_until=valid)
    assert (fault is None) == ([opens, closes, valid] == sorted([opens, closes, valid]))


@given(st.sets(st.integers(1, 10)), st.integers(1, 10))
def test_nobody_has_more_places_than_the_quota(taken: set[int], quota: int) -> None:
    place = next_place(taken, per_person=quota)
    assert (place is None) == (set(range(1, quota + 1)) <= taken)
    assert place is None or (1 <= place <= quota and place not in taken)


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
    found = read_codes("GOOD\n" + "x" * (LONGEST + 1) + "\nbad\x07code\nA B\nA\u3000B")
    assert found.faults == {2: "code.too_long", 3: "code.characters", 4: "code.blank", 5: "code.blank"}


@given(codes)
def test_an_ending_never_shows_more_than_a_quarter(code: str) -> None:
    shown = ending(code).removeprefix("…")
    assert code.endswith(shown)
    assert len(shown) <= min(4, len(code) / 4)
