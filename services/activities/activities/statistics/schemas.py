"""Answers about statistics."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field


class Counts(BaseModel):
    """What was counted."""

    joined: int = Field(description="参与人数")
    passed: int = Field(description="答题通过")
    failed: int = Field(description="答题未通过（次）")
    issued: int = Field(description="发放电子码")
    booked: int = Field(description="预定")
    collected: int = Field(description="已领取")
    cancelled: int = Field(description="取消预定")
    revoked: int = Field(description="收回")


class DayCounts(Counts):
    """The counts of a day in Asia/Shanghai."""

    day: date


class UnitCounts(Counts):
    """The counts of a unit's people; without an id: people whose unit was not known."""

    unit_id: UUID | None
    unit_name: str


class StatisticsRead(BaseModel):
    """A campaign's counts in all, by day, and by unit (most participants first)."""

    campaign_id: UUID
    title: str
    total: Counts
    days: list[DayCounts]
    units: list[UnitCounts]
