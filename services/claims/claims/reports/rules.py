"""Which periods a schedule has, and when each is due. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.clock import BUSINESS_ZONE
from common.contracts.pack.reports import ReportSchedule

MOST_PERIODS = 31
"""How many missed periods are made up for after the platform stood still."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A day, week (Monday to Sunday) or month; both days included."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """The period as it stands in titles."""
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()} 至 {self.last.isoformat()}"


def period_of(every: str, day: date) -> Period:
    """Return the period of a kind that holds a day."""
    if every == "day":
        return Period(day, day)
    if every == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def due_at(schedule: ReportSchedule, period: Period) -> datetime:
    """Return the instant at which the report of a period is made: after it has ended, at the schedule's time."""
    after = {"day": 1, "week": schedule.weekday or 1, "month": schedule.day or 1}[schedule.every]
    hour, minute = (int(part) for part in schedule.at.split(":"))
    return datetime.combine(period.last + timedelta(days=after), time(hour, minute), BUSINESS_ZONE)


def due_periods(schedule: ReportSchedule, *, since: datetime, moment: datetime) -> list[Period]:
    """Return the periods that became due after `since` and until `moment`, oldest first, the latest 31 at most."""
    found: list[Period] = []
    for period in _backwards(schedule.every, moment.astimezone(BUSINESS_ZONE).date()):
        due = due_at(schedule, period)
        if due <= since or len(found) == MOST_PERIODS:
            break
        if due <= moment:
            found.append(period)
    return found[::-1]


def _backwards(every: str, day: date) -> Iterator[Period]:
    period = period_of(every, day)
    while True:
        yield period
        period = period_of(every, period.first - timedelta(days=1))
