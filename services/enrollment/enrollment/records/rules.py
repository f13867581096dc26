"""Pure rules of the records: the days of a month."""

from datetime import date, timedelta


def month_days(month: str) -> tuple[date, date]:
    """Return the first and last day of a month written 2026-02; ValueError if it is none."""
    year, _, number = month.partition("-")
    first = date(int(year), int(number), 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def years_before(day: date, years: int) -> date:
    """Return the same day so many years before; for 29 February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
