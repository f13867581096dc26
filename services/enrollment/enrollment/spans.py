"""Spans of days in searches: the first day does not come after the last."""

from datetime import date

from common.errors import DomainError
from common.text import Text


class SpanReversed(DomainError):
    """A search from a day to an earlier one."""

    code = "search.span_reversed"
    text = Text(
        "起始日期 {since} 晚于截止日期 {until}，请修改日期后重新查询。",
        "The first day, {since}, comes after the last, {until}. Correct the days and search again.",
    )


def require_span(since: date | None, until: date | None) -> None:
    """Raise SpanReversed where the first day comes after the last; either may be open."""
    if since is not None and until is not None and since > until:
        raise SpanReversed(since=since.isoformat(), until=until.isoformat())
