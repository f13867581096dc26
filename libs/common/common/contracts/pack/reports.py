"""Reports: which figures, how often, how long they are kept (row P.07)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from .base import Code, LocalText, Part, broken

Figure = Literal[
    "summary", "enrolment_by_unit", "contributions", "claims", "time_to_payout", "backlog", "funds"
]


class ReportSchedule(Part):
    """When a report of the period that has just ended is made, in Asia/Shanghai.

    `every` day, week (of which `weekday`, 1 is Monday) or month (on which `day`).
    """

    every: Literal["day", "week", "month"]
    at: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    day: Annotated[int, Field(ge=1, le=28)] | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "ReportSchedule":
        if (self.weekday is not None) != (self.every == "week"):
            raise broken("weekday 用于且仅用于 every: week", "weekday belongs to every: week, and only there")
        if (self.day is not None) != (self.every == "month"):
            raise broken("day 用于且仅用于 every: month", "day belongs to every: month, and only there")
        return self


class Report(Part):
    """A report that staff subscribe to: its figures in their order, as a workbook and a PDF, kept for so many days.

    What stands as of its making (backlog, funds) says so; funds are for staff of the whole union only.
    """

    code: Code
    title: LocalText
    figures: Annotated[tuple[Figure, ...], Field(min_length=1)]
    schedule: ReportSchedule
    keep_days: Annotated[int, Field(ge=1, le=3660)] = 400

    @model_validator(mode="after")
    def _each_once(self) -> "Report":
        if len(set(self.figures)) != len(self.figures):
            raise broken("figures 有重复", "a figure is repeated")
        return self
