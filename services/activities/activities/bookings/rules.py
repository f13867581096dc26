"""Pure rules of slots and bookings."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from common.text import Text

ZONE = ZoneInfo("Asia/Shanghai")
MOST_SLOTS = 1000
_END = Text("结束时间须晚于开始时间，且在同一天。", "It ends after it begins, on the same day.")
_HALF = Text("开始和结束时间要么都填，要么都不填。", "Give both times, or neither.")
_OUTSIDE = Text(
    "时段须在活动开始之后、最后领取日之前。", "It lies between the campaign's begin and its last day."
)
_TIMELESS = Text("不分时段的名额只能有一项，且不能与时段混用。", "Places without a time stand alone.")

Times = tuple[datetime | None, datetime | None]


def day_of(at: datetime) -> date:
    """Return the day in Asia/Shanghai."""
    return at.astimezone(ZONE).date()


def slot_faults(slots: Sequence[Times], *, opens_on: date, valid_until: date) -> list[tuple[int, str, Text]]:
    """Return what is wrong with the times of a campaign's slots, as (place, code, sentence)."""
    found = []
    for place, (start, end) in enumerate(slots):
        if start is None or end is None:
            if (start is None) != (end is None):
                found.append((place, "slot.half", _HALF))
            elif len(slots) > 1:
                found.append((place, "slot.timeless", _TIMELESS))
            continue
        if end <= start or day_of(end - timedelta(microseconds=1)) != day_of(start):
            found.append((place, "slot.times", _END))
        elif not opens_on <= day_of(start) <= valid_until:
            found.append((place, "slot.outside", _OUTSIDE))
    return found


def is_past(starts_at: datetime | None, *, at: datetime) -> bool:
    """Whether a slot can no longer be booked, moved or cancelled: it has begun."""
    return starts_at is not None and at >= starts_at
