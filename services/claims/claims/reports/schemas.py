"""What reports answer."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class ReportRead(BaseModel):
    """A report of the union's pack; `schedule` says in words when it is made."""

    code: str
    title: str
    figures: list[str]
    every: Literal["day", "week", "month"]
    schedule: str
    keep_days: int
    subscribed: bool


class ReportFileRead(BaseModel):
    """A file of a report: xlsx or pdf, and its size in bytes."""

    format: str
    size: int


class ReportRunRead(BaseModel):
    """A report that was made, is being made, or could not be."""

    id: UUID
    report: str
    title: str
    first_day: date
    last_day: date
    state: Literal["making", "ready", "failed"]
    made_at: datetime | None
    expires_on: date
    files: list[ReportFileRead]


class ReportOrder(BaseModel):
    """A day of the period that a report is wanted of; the period must have ended."""

    day: date
