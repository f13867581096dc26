"""Requests and answers about campaigns."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]


class CampaignCreate(BaseModel):
    """A new campaign. Days are days in Asia/Shanghai; the first and the last belong to it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Body = ""
    opens_on: date
    closes_on: date
    valid_until: date | None = Field(None, description="领取后最晚使用日期；不填为结束日期")
    per_person: Annotated[int, Field(ge=1, le=10, description="每人限领份数")] = 1


class CampaignRead(BaseModel):
    """A campaign as staff sees it, with its stock."""

    id: UUID
    version: int
    title: str
    body: str
    opens_on: date
    closes_on: date
    valid_until: date
    per_person: int
    state: str
    published_at: datetime | None
    codes: int
    codes_left: int


class CampaignOffer(BaseModel):
    """A campaign as a member sees it."""

    id: UUID
    title: str
    body: str
    opens_on: date
    closes_on: date
    valid_until: date
    per_person: int
    received: int
    available: bool
