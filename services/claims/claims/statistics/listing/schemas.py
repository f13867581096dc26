"""Filters and rows of the list."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class ClaimQuery(BaseModel):
    """What the list is narrowed to: person's name and mobile, product, kind, state, days of the event (理赔时间)."""

    model_config = ConfigDict(extra="forbid")

    name: Short | None = None
    mobile: Short | None = None
    product_code: Short | None = None
    kind: Short | None = None
    status: Short | None = None
    first: date | None = None
    last: date | None = None


class ClaimRow(BaseModel):
    """A claim of the list; name and mobile are masked on screen. Yuan."""

    id: UUID
    number: str | None
    name: str
    mobile: str
    product: str
    kind: str
    event_on: date | None
    amount: Decimal | None
    submitted_at: datetime | None
    finished_on: date | None
    status: str
    status_title: str
    remark: str
    """What was written to the member; not for the handler of their unit"""
