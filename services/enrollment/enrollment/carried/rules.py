"""Pure rules of cover that is carried over."""

from datetime import date, timedelta

from ..orders.rules import last_day


def first_possible(today: date, months: int) -> date:
    """Return the earliest first day of a term of so many months that still runs today."""
    day = today
    while last_day(day - timedelta(days=1), months) >= today:
        day -= timedelta(days=1)
    return day
